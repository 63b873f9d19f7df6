/** Bad days on a real node: every run ends as its spec says, and `errorMessage` names the thing that ended it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type TimeoutName, timeoutAnnotation } from '../../src/api/timeouts.js';
import { createObject, deleteObject } from '../../src/kube/api-client.js';
import { pods, sparkApplications } from '../../src/kube/resources.js';
import { eventually } from '../e2e/eventually.js';
import { findKubectl } from '../e2e/kubectl.js';
import { type Application, smallestSpec } from '../e2e/site.js';
import { SparkSite, sparkMilliseconds } from './spark-site.js';

const image = process.env['SPARK_IMAGE'] ?? '';
const jobs = { name: 'jobs', path: '/opt/jobs' };
/** Small enough for two cores. */
const driver = { memory: '512m', coreRequest: '100m', serviceAccount: 'spark', configMaps: [jobs] };
const executor = { memory: '512m', coreRequest: '100m', instances: 2, deleteOnTermination: false };

const waitingJob = `
import time
print("at work", flush=True)
time.sleep(3600)
`;

const greedyJob = `
hoard = []
while True:
    hoard.append(b"x" * 50_000_000)
`;

/** Long enough for somebody to delete pods of it. */
const workingJob = `
import time
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
print("counted", spark.sparkContext.parallelize(range(40), 40).map(lambda n: time.sleep(1) or 1).sum())
spark.stop()
`;

const python = (file: string) => ({
  type: 'Python',
  mainClass: undefined,
  mainApplicationFile: `local:///opt/jobs/${file}`,
  driver,
});
const retried = (retries: number) => ({
  restartPolicy: { type: 'OnFailure', onFailureRetries: retries, onFailureRetryInterval: 1 },
});

/** What starts, and is then ended by somebody. */
const victims = {
  killed: python('waiting.py'),
  'killed-twice': { ...python('waiting.py'), ...retried(1) },
  deleted: python('waiting.py'),
};

interface Hopeless {
  readonly spec: object;
  readonly timeout?: readonly [TimeoutName, string];
  /** In the message of the application, once it has FAILED. */
  readonly words: readonly string[];
}

/** What fails by itself. */
const hopeless: Readonly<Record<string, Hopeless>> = {
  greedy: {
    spec: python('greedy.py'),
    words: [
      'Reason: OOMKilled',
      'container spark-kubernetes-driver of pod greedy-driver on node ',
      'it used more than its memory limit of 896Mi',
      'raise spec.driver.memory',
    ],
  },
  'bad-image': {
    spec: { image: 'spark:no-such-tag' },
    timeout: ['image pull', '5s'],
    words: ['driver pod bad-image-driver on node ', 'image pull took more than 5s', 'spark:no-such-tag'],
  },
  'no-config-map': {
    spec: {
      volumes: [{ name: 'settings', configMap: { name: 'not-there' } }],
      driver: { ...driver, volumeMounts: [{ name: 'settings', mountPath: '/etc/settings' }] },
    },
    timeout: ['container creation', '40s'],
    words: [
      'driver pod no-config-map-driver on node ',
      'container creation took more than 40s',
      'FailedMount',
      'configmap "not-there" not found',
    ],
  },
  'too-big': {
    spec: { driver: { ...driver, memory: '900g' } },
    timeout: ['scheduling', '5s'],
    words: [
      'driver pod too-big-driver did not start',
      'scheduling took more than 5s',
      'Unschedulable',
      'Insufficient memory',
      'infrastructure failure',
    ],
  },
};

const kubectl = findKubectl();
const run = promisify(execFile);

describe('on a bad day, an application of real Spark', () => {
  let spark: SparkSite;
  before(async () => {
    spark = await SparkSite.open('spark-failures');
    await spark.createConfigMap('jobs', {
      'waiting.py': waitingJob,
      'greedy.py': greedyJob,
      'working.py': workingJob,
    });
    for (const [name, spec] of Object.entries(victims)) await submit(name, spec);
    for (const [name, { spec, timeout }] of Object.entries(hopeless)) {
      await submit(name, spec, timeout === undefined ? {} : { [timeoutAnnotation(timeout[0])]: timeout[1] });
    }
  });
  after(() => spark.close());

  async function submit(name: string, spec: object, annotations: Record<string, string> = {}): Promise<void> {
    const { client, namespace } = spark.site;
    await createObject(client, sparkApplications, namespace, {
      apiVersion: 'sparkoperator.k8s.io/v1beta2',
      kind: 'SparkApplication',
      metadata: { name, annotations },
      spec: {
        ...smallestSpec,
        mainApplicationFile: 'local:///opt/spark/examples/jars/spark-examples.jar',
        image,
        imagePullPolicy: 'IfNotPresent',
        sparkVersion: '4.1.4',
        driver,
        ...spec,
      },
    });
  }

  const untilState = (name: string, state: string) => spark.site.untilState(name, state, sparkMilliseconds);

  function assertWords(name: string, { status }: Application, words: readonly string[]): void {
    const { errorMessage } = status.applicationState;
    for (const word of words) assert.ok(errorMessage.includes(word), `${name}: ${word} is not in: ${errorMessage}`);
    process.stdout.write(`# ${name}: ${errorMessage}\n`);
  }

  /** The job is at work: before that its JVM may not be there. */
  async function untilAtWork(name: string, attempt: number): Promise<void> {
    await eventually(
      `run ${attempt} of ${name} to be at work`,
      async () => {
        const { status } = await spark.site.application(name);
        if (status.executionAttempts !== attempt || status.applicationState.state !== 'RUNNING') return false;
        return (await spark.driverLog(name)).includes('at work');
      },
      sparkMilliseconds,
    );
  }

  async function killJvm(name: string): Promise<void> {
    const { kubeconfig, namespace } = spark.site;
    const inPod = ['exec', `${name}-driver`, '-c', 'spark-kubernetes-driver', '--', 'pkill', '-9', 'java'];
    await run(kubectl ?? '', ['--kubeconfig', kubeconfig, '-n', namespace, ...inPod]);
  }

  const killed = ['ExitCode: 137', 'signal 9 (SIGKILL)', 'container spark-kubernetes-driver of pod killed'];
  const skip = kubectl === undefined ? 'no kubectl' : false;

  it('whose JVM gets kill -9 is FAILED, with exit code, signal, container and node', { skip }, async () => {
    await untilAtWork('killed', 1);
    await killJvm('killed');
    assertWords('killed', await untilState('killed', 'FAILED'), [...killed, 'pod killed-driver on node ']);
  });

  it('whose JVM gets kill -9 is run again as its policy says, and FAILED after that', { skip }, async () => {
    for (const attempt of [1, 2]) {
      await untilAtWork('killed-twice', attempt);
      await killJvm('killed-twice');
    }
    const failed = await untilState('killed-twice', 'FAILED');
    assertWords('killed-twice', failed, killed);
    assert.equal(failed.status.executionAttempts, 2);
  });

  it('whose driver pod is deleted is FAILED, and it is not its own fault', async () => {
    await untilAtWork('deleted', 1);
    await deleteObject(spark.site.client, pods, { namespace: spark.site.namespace, name: 'deleted-driver' });
    const failed = await untilState('deleted', 'FAILED');
    assertWords('deleted', failed, ['infrastructure failure', 'deleted-driver']);
    assert.equal(failed.status['infrastructureFailures'], 1);
  });

  for (const [name, { words }] of Object.entries(hopeless)) {
    it(`is FAILED with what is wrong: ${name}`, async () => {
      assertWords(name, await untilState(name, 'FAILED'), words);
    });
  }

  it('completes though its pods are deleted at random, with all its retries left', async () => {
    const { client, namespace } = spark.site;
    await submit('haunted', { ...python('working.py'), executor, ...retried(3) });
    const deleted = new Set<string>();
    // A driver among them, or nothing would be shown of runs.
    for (const [round, roles] of [['executor', 'driver'], ['driver'], ['executor', 'driver']].entries()) {
      const victim = await eventually(
        `a running pod for round ${round}`,
        async () => {
          const present = [...spark.site.pods.of('haunted', 'driver'), ...spark.site.pods.of('haunted', 'executor')];
          const alive = present.filter(({ uid, pod }) => pod.status?.phase === 'Running' && !deleted.has(uid));
          const executors = alive.filter(({ labels }) => labels['spark-role'] === 'executor');
          const candidates = alive.filter(({ labels }) => roles.includes(labels['spark-role'] ?? ''));
          return executors.length > 0 && candidates[Math.floor(Math.random() * candidates.length)];
        },
        sparkMilliseconds,
      );
      deleted.add(victim.uid);
      await deleteObject(client, pods, { namespace, name: victim.name });
      await eventually(
        `${victim.name} to be gone`,
        async () => !(await spark.site.list(pods)).some(({ metadata }) => metadata['uid'] === victim.uid),
        sparkMilliseconds,
      );
      process.stdout.write(`# haunted, round ${round}: ${victim.name}\n`);
    }
    const { status } = await untilState('haunted', 'COMPLETED');
    const disrupted = Number(status['infrastructureFailures'] ?? 0);
    const drivers = spark.site.pods.of('haunted', 'driver').filter(({ uid }) => deleted.has(uid));
    assert.equal(disrupted, drivers.length, 'only the deleted drivers count, and as the fault of the cluster');
    assert.equal(status.executionAttempts, disrupted + 1);
    assert.match(await spark.driverLog('haunted'), /^counted 40$/mu);
  });
});
