/** What the submission makes, held to real Spark: of the newest and of the oldest release that there are images for. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { pods } from '../../src/kube/resources.js';
import { firesteel } from '../unit/commands/run-command.js';
import { SparkSite, sparkMilliseconds } from './spark-site.js';

const images = [process.env['SPARK_IMAGE'], process.env['SPARK_IMAGE_OLDEST']].filter((image) => image !== undefined);
/** Small enough for two cores. */
const small = { memory: '512m', coreRequest: '200m' };
const driver = { ...small, serviceAccount: 'spark' };
const jobs = { name: 'jobs', path: '/opt/jobs' };

const session = `
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
sc = spark.sparkContext
`;

/** In another folder than the script, so that nobody finds it without being told. */
const libraryJob = `
import lib
${session}
print(lib.greeting(sc.parallelize(range(3), 1).count()))
spark.stop()
`;

const environmentJob = `
import os
${session}
def told(where):
    return f"{where}: {os.environ.get('FROM_TEMPLATE')} {os.environ.get('SPARK_LOCAL_DIRS')}"
print(told("driver"))
print(sc.parallelize(range(1), 1).mapPartitions(lambda _: [told("executor")]).collect()[0])
print("groups:", sc.parallelize(range(100), 2).map(lambda n: (n % 7, n)).groupByKey().count())
spark.stop()
`;

const elasticJob = `
import time
${session}
def executors():
    return sc._jsc.sc().getExecutorMemoryStatus().size() - 1
def until(condition):
    for _ in range(240):
        if condition(executors()):
            return executors()
        time.sleep(0.5)
    raise Exception(f"there are {executors()} executors")
print("starts with", until(lambda n: n == 1))
from threading import Thread
work = Thread(target=lambda: sc.parallelize(range(40), 40).foreach(lambda _: time.sleep(1)))
work.start()
print("grows to", until(lambda n: n == 2))
work.join()
print("shrinks to", until(lambda n: n == 1))
spark.stop()
`;

for (const image of images) {
  describe(`a submission of ${image}`, () => {
    let spark: SparkSite;
    before(async () => {
      spark = await SparkSite.open('spark-submission');
      await spark.createConfigMap('jobs', {
        'library.py': libraryJob,
        'environment.py': environmentJob,
        'elastic.py': elasticJob,
      });
      await spark.createConfigMap('library', { 'lib.py': 'def greeting(count):\n    return f"hello {count}"\n' });
    });
    after(() => spark.close());

    const submit = (name: string, spec: object) =>
      spark.site.submit(name, {
        image,
        imagePullPolicy: 'IfNotPresent',
        sparkVersion: image.replace(/^.*:/, ''),
        driver,
        executor: { ...small, instances: 1 },
        ...spec,
      });
    const python = (script: string, roles: { driver?: object; executor?: object } = {}) => ({
      type: 'Python',
      mainClass: undefined,
      mainApplicationFile: `local:///opt/jobs/${script}`,
      driver: { ...driver, configMaps: [jobs], ...roles.driver },
      executor: { ...small, instances: 1, configMaps: [jobs], ...roles.executor },
    });
    const untilState = (name: string, state: string) => spark.site.untilState(name, state, sparkMilliseconds);

    it('runs a jar', async () => {
      await submit('jar', { mainApplicationFile: 'local:///opt/spark/examples/jars/spark-examples.jar' });
      await untilState('jar', 'COMPLETED');
      assert.match(await spark.driverLog('jar'), /Pi is roughly 3\.1/);
    });

    it('runs Python with py-files', async () => {
      const configMaps = [jobs, { name: 'library', path: '/opt/library' }];
      await submit('library', {
        ...python('library.py', { driver: { configMaps } }),
        deps: { pyFiles: ['local:///opt/library/lib.py'] },
      });
      await untilState('library', 'COMPLETED');
      assert.match(await spark.driverLog('library'), /^hello 3$/m);
    });

    it('starts both roles from templates, and spills where the application says', async () => {
      const mount = { volumeMounts: [{ name: 'spark-local-dir-1', mountPath: '/scratch' }] };
      const template = (name: string, value: string) => ({
        metadata: { labels: { 'from-template': value } },
        spec: { containers: [{ name, env: [{ name: 'FROM_TEMPLATE', value }] }] },
      });
      await submit('template', {
        ...python('environment.py', {
          driver: { ...mount, template: template('spark-kubernetes-driver', 'one') },
          executor: { ...mount, template: template('spark-kubernetes-executor', 'two') },
        }),
        volumes: [{ name: 'spark-local-dir-1', emptyDir: { sizeLimit: '1Gi' } }],
      });
      await untilState('template', 'COMPLETED');
      const log = await spark.driverLog('template');
      assert.match(log, /^driver: one \/scratch$/m);
      assert.match(log, /^executor: two \/scratch\//m);
      assert.match(log, /^groups: 7$/m);
      assert.deepEqual(
        spark.site.pods.of('template', 'executor').map(({ pod }) => pod.metadata?.labels?.['from-template']),
        ['two'],
      );
    });

    it('grows and shrinks by dynamic allocation with shuffle tracking', async () => {
      await submit('elastic', {
        ...python('elastic.py'),
        executor: { ...small, cores: 1, configMaps: [jobs] },
        dynamicAllocation: { enabled: true, initialExecutors: 1, minExecutors: 1, maxExecutors: 2 },
        sparkConf: { 'spark.dynamicAllocation.executorIdleTimeout': '5s' },
      });
      await untilState('elastic', 'COMPLETED');
      const log = await spark.driverLog('elastic');
      assert.match(log, /starts with 1\n[\s\S]*grows to 2\n[\s\S]*shrinks to 1\n/);
    });

    it('fails with the words of Ivy where packages can not be had', async () => {
      await submit('packages', {
        mainApplicationFile: 'local:///opt/spark/examples/jars/spark-examples.jar',
        deps: { packages: ['org.example:missing:1.0'], repositories: ['http://127.0.0.1:9/none'] },
        sparkConf: { 'spark.jars.ivy': '/tmp/ivy' },
      });
      const { status } = await untilState('packages', 'FAILED');
      assert.match(status.applicationState.errorMessage, /unresolved dependency: org\.example#missing;1\.0: not found/);
    });

    it('uploads local files to a shared volume in a submission pod, and leaves no such pod', async () => {
      const shared = { name: 'shared', mountPath: '/shared' };
      const configMaps = [jobs, { name: 'library', path: '/opt/library' }];
      await submit('upload', {
        ...python('library.py', { driver: { configMaps, volumeMounts: [shared] }, executor: { configMaps: [] } }),
        mainApplicationFile: 'file:///opt/jobs/library.py',
        deps: { pyFiles: ['/opt/library/lib.py'] },
        volumes: [{ name: 'shared', hostPath: { path: '/tmp', type: 'Directory' } }],
        sparkConf: { 'spark.kubernetes.file.upload.path': `file:///shared/${spark.site.namespace}` },
      });
      const { status } = await untilState('upload', 'COMPLETED');
      assert.match(await spark.driverLog('upload'), /^hello 3$/m);
      assert.equal(status.executionAttempts, 1);
      const names = (await spark.site.list(pods)).map(({ metadata }) => metadata.name);
      assert.ok(!names.includes('upload-submission'), names.join(' '));
    });

    it('tells the last words of spark-submit where it fails in its pod', async () => {
      await submit('upload-nowhere', {
        mainApplicationFile: 'file:///opt/nothing.jar',
        sparkConf: { 'spark.kubernetes.file.upload.path': 'file:///tmp/uploads' },
      });
      const { status } = await untilState('upload-nowhere', 'FAILED');
      assert.match(status.applicationState.errorMessage, /exit code 1[\s\S]*nothing\.jar/);
    });

    it('is made by firesteel spark-submit from a shell, which waits for its end', async () => {
      const { connection, kubeconfig, namespace } = spark.site;
      const conf = {
        'spark.kubernetes.namespace': namespace,
        'spark.kubernetes.container.image': image,
        'spark.kubernetes.authenticate.driver.serviceAccountName': 'spark',
        'spark.kubernetes.driver.pod.name': 'shell-driver',
        'spark.kubernetes.driver.request.cores': '200m',
        'spark.kubernetes.executor.request.cores': '200m',
      };
      const outcome = await firesteel(
        [
          'spark-submit',
          ...['--master', `k8s://${connection.server}`, '--deploy-mode', 'cluster', '--name', 'shell'],
          ...['--class', 'org.apache.spark.examples.SparkPi'],
          ...['--driver-memory', '512m', '--executor-memory', '512m', '--num-executors', '1'],
          ...Object.entries(conf).flatMap(([key, value]) => ['--conf', `${key}=${value}`]),
          'local:///opt/spark/examples/jars/spark-examples.jar',
        ],
        { KUBECONFIG: kubeconfig },
      );
      assert.equal(outcome.code, 0, outcome.err);
      assert.match(outcome.err, /exit code: 0/);
      assert.match(await spark.driverLog('shell'), /Pi is roughly 3\.1/);
    });
  });
}
