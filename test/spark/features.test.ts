/** Every feature that a process can see, seen by real Spark: in the driver and in an executor. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createObject } from '../../src/kube/api-client.js';
import type { Resource } from '../../src/kube/resources.js';
import { comparableExecutor } from '../e2e/comparable-pods.js';
import { SparkSite, sparkMilliseconds } from './spark-site.js';

const image = process.env['SPARK_IMAGE'] ?? '';
const secrets: Resource = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', namespaced: true };

/** One line for each thing seen, with where it was seen. */
const witness = `
import os, time
from pyspark.sql import SparkSession

def text(path):
    for _ in range(60):
        if os.path.exists(path): break
        time.sleep(1)
    with open(path) as file: return file.read().strip()

def root_is_read_only():
    try: open("/written", "w")
    except OSError as error: return error.errno == 30
    return False

def seen(where):
    yield f"{where}: config map {text('/etc/greeting/greeting.txt')}"
    yield f"{where}: secret file {text('/etc/secret/PASSWORD')}"
    yield f"{where}: secret variable {os.environ['PASSWORD']}"
    yield f"{where}: all variables {os.environ['FROM_GREETING']}"
    yield f"{where}: init container {text('/shared/init')}"
    yield f"{where}: sidecar {text('/shared/sidecar')}"
    yield f"{where}: life cycle {text('/shared/started')}"
    yield f"{where}: user {os.getuid()}"
    yield f"{where}: groups {185 in os.getgroups()}"
    yield f"{where}: read-only {root_is_read_only()}"
    yield f"{where}: address {'10.1.2.3' in open('/etc/hosts').read()}"

spark = SparkSession.builder.appName("witness").getOrCreate()
for line in seen("driver"): print(line)
for line in spark.sparkContext.parallelize(range(1), 1).mapPartitions(lambda _: list(seen("executor"))).collect():
    print(line)
spark.stop()
`;

const expected = [
  'config map good morning',
  'secret file s3cret',
  'secret variable s3cret',
  'all variables hello',
  'init container initialised',
  'sidecar running',
  'life cycle started',
  'user 185',
  'groups True',
  'read-only True',
  'address True',
];

const shell = (command: string) => ({ command: ['sh', '-c', command] });
const shared = [{ name: 'shared', mountPath: '/shared' }];
const helper = (name: string, command: string) => ({
  name,
  image,
  imagePullPolicy: 'IfNotPresent',
  ...shell(command),
  volumeMounts: shared,
});

const features = {
  memory: '512m',
  coreRequest: '200m',
  configMaps: [
    { name: 'witness', path: '/opt/jobs' },
    { name: 'greeting', path: '/etc/greeting' },
  ],
  env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'secret', key: 'PASSWORD' } } }],
  envFrom: [{ prefix: 'FROM_', configMapRef: { name: 'greeting' } }],
  volumeMounts: [
    ...shared,
    { name: 'secret', mountPath: '/etc/secret', readOnly: true },
    { name: 'tmp', mountPath: '/tmp' },
    { name: 'work', mountPath: '/opt/spark/work-dir' },
  ],
  initContainers: [helper('init', 'echo initialised > /shared/init')],
  sidecars: [helper('sidecar', 'echo running > /shared/sidecar; sleep 3600')],
  lifecycle: { postStart: { exec: shell('echo started > /shared/started') } },
  hostAliases: [{ ip: '10.1.2.3', hostnames: ['namenode'] }],
  securityContext: { runAsNonRoot: true, runAsUser: 185, readOnlyRootFilesystem: true },
  podSecurityContext: { fsGroup: 185 },
  terminationGracePeriodSeconds: 2,
};

const ways = ['webhook', 'template'] as const;

/** As each of them was admitted. */
const executors = new Map<(typeof ways)[number], unknown>();

for (const podMutation of ways) {
  describe(`a job that looks at all that its pods were given (${podMutation})`, () => {
    let spark: SparkSite;
    before(async () => {
      spark = await SparkSite.open(`spark-${podMutation}`, podMutation);
      await spark.createConfigMap('witness', { 'witness.py': witness });
      await spark.createConfigMap('greeting', { 'greeting.txt': 'good morning', GREETING: 'hello' });
      await createObject(spark.site.client, secrets, spark.site.namespace, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'secret' },
        stringData: { PASSWORD: 's3cret' },
      });
    });
    after(() => spark.close());

    it('completes, with each of them seen in driver and executor', async () => {
      await spark.site.submit('witness', {
        type: 'Python',
        image,
        imagePullPolicy: 'IfNotPresent',
        sparkVersion: '4.1.4',
        mainClass: undefined,
        mainApplicationFile: 'local:///opt/jobs/witness.py',
        volumes: [
          { name: 'shared', emptyDir: {} },
          { name: 'tmp', emptyDir: {} },
          { name: 'work', emptyDir: {} },
          { name: 'secret', secret: { secretName: 'secret' } },
        ],
        driver: { ...features, serviceAccount: 'spark' },
        executor: { ...features, instances: 1 },
      });
      await spark.site.untilState('witness', 'COMPLETED', sparkMilliseconds);
      const log = (await spark.driverLog('witness', 'spark-kubernetes-driver')).split('\n');
      for (const where of ['driver', 'executor']) {
        const seen = log.filter((line) => line.startsWith(`${where}: `)).map((line) => line.slice(where.length + 2));
        assert.deepEqual(seen, expected);
      }
      const [executor] = spark.site.pods.of('witness', 'executor');
      assert.ok(executor !== undefined);
      executors.set(podMutation, comparableExecutor(executor.pod));
    });
  });
}

describe('the executors that Spark made of that job', () => {
  it('are the same with a webhook and without one, but for the documented differences', () => {
    assert.equal(executors.size, 2);
    assert.deepEqual(executors.get('template'), executors.get('webhook'));
  });
});
