/** Real Spark, started by our reconciler in pods that our webhook changed. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SparkSite, sparkMilliseconds } from './spark-site.js';

const image = process.env['SPARK_IMAGE'] ?? '';
/** Small enough for two cores. */
const small = { memory: '512m', coreRequest: '200m' };

const greetingJob = `
import os
from pyspark.sql import SparkSession

def greeting(where):
    with open("/etc/greeting/greeting.txt") as file:
        return f"{where}: {file.read().strip()} {os.environ['GREETED']}"

spark = SparkSession.builder.appName("greeting").getOrCreate()
print(greeting("driver"))
partitions = spark.sparkContext.parallelize(range(2), 2)
for line in partitions.mapPartitions(lambda _: [greeting("executor")]).collect():
    print(line)
spark.stop()
`;

const failingJob = `
import sys
print("the table is gone", file=sys.stderr)
sys.exit(3)
`;

describe('real Spark', () => {
  let spark: SparkSite;
  before(async () => {
    spark = await SparkSite.open('spark');
    await spark.createConfigMap('jobs', { 'greeting.py': greetingJob, 'failing.py': failingJob });
    await spark.createConfigMap('greeting', { 'greeting.txt': 'good morning' });
  });
  after(() => spark.close());

  const submit = (name: string, spec: object) =>
    spark.site.submit(name, { image, imagePullPolicy: 'IfNotPresent', sparkVersion: '4.1.4', ...spec });
  const untilState = (name: string, state: string) => spark.site.untilState(name, state, sparkMilliseconds);

  it('runs the smallest example to the end', async () => {
    const name = await spark.submitExample('examples/minimal.yaml');
    await untilState(name, 'COMPLETED');
    assert.match(await spark.driverLog(name), /Pi is roughly 3\.1/u);
  });

  it('computes pi on two executors, each admitted by the webhook', async () => {
    await submit('pi', {
      mainApplicationFile: 'local:///opt/spark/examples/jars/spark-examples.jar',
      arguments: ['10'],
      driver: { ...small, serviceAccount: 'spark' },
      executor: { ...small, instances: 2 },
    });
    await untilState('pi', 'COMPLETED');
    assert.match(await spark.driverLog('pi'), /Pi is roughly 3\.1/u);
    const executors = spark.site.pods.of('pi', 'executor');
    assert.equal(executors.length, 2);
    for (const { annotations, started } of executors) {
      assert.equal(started, true);
      assert.match(annotations['pod.sparkoperator.k8s.io/applied'] ?? '', /^[0-9a-f]{64}$/u);
    }
  });

  describe('a Python job that reads a mounted file and a variable in driver and executor', () => {
    const job = { name: 'jobs', path: '/opt/jobs' };
    const greeting = { name: 'greeting', path: '/etc/greeting' };
    const env = [{ name: 'GREETED', value: 'world' }];
    const driver = { ...small, serviceAccount: 'spark', configMaps: [job, greeting], env };
    const executor = { ...small, instances: 1, configMaps: [greeting], env };
    const python = {
      type: 'Python',
      mainClass: undefined,
      mainApplicationFile: 'local:///opt/jobs/greeting.py',
      driver,
      executor,
    };

    it('completes when both have them', async () => {
      await submit('greeting', python);
      await untilState('greeting', 'COMPLETED');
      const log = await spark.driverLog('greeting');
      assert.match(log, /^driver: good morning world$/mu);
      assert.equal(log.match(/^executor: good morning world$/gmu)?.length, 2);
    });

    const lacks: [what: string, name: string, spec: object, complaint: RegExp][] = [
      ['the file in the driver', 'driver-no-file', { driver: { ...driver, configMaps: [job] } }, /greeting\.txt/u],
      ['the file in the executor', 'executor-no-file', { executor: { ...executor, configMaps: [] } }, /greeting\.txt/u],
      ['the variable in the driver', 'driver-no-env', { driver: { ...driver, env: [] } }, /GREETED/u],
      ['the variable in the executor', 'executor-no-env', { executor: { ...executor, env: [] } }, /GREETED/u],
    ];
    for (const [what, name, spec, complaint] of lacks) {
      it(`fails without ${what}`, async () => {
        await submit(name, { ...python, ...spec });
        await untilState(name, 'FAILED');
        assert.match(await spark.driverLog(name), complaint);
      });
    }
  });

  describe('tells what went wrong:', () => {
    const driver = { ...small, serviceAccount: 'spark' };
    const messageOf = async (name: string) => (await spark.site.application(name)).status.applicationState.errorMessage;

    it('the exit code and the last words of a job that exits with 3', async () => {
      await submit('exit-three', {
        type: 'Python',
        mainClass: undefined,
        mainApplicationFile: 'local:///opt/jobs/failing.py',
        driver: { ...driver, configMaps: [{ name: 'jobs', path: '/opt/jobs' }] },
      });
      await untilState('exit-three', 'FAILED');
      const message = await messageOf('exit-three');
      assert.match(message, /ExitCode: 3\b/u);
      assert.match(message, /the table is gone/u);
    });

    it('an image that can not be pulled', async () => {
      await submit('no-image', { image: 'spark:no-such-tag', driver });
      const { status } = await spark.site.untilMessage('no-image', /ErrImagePull|ImagePullBackOff/u);
      assert.match(status.applicationState.errorMessage, /spark:no-such-tag/u);
      assert.equal(status.applicationState.state, 'SUBMITTED');
    });

    const missing: [what: string, name: string, spec: object, words: RegExp][] = [
      [
        'a main class that is in no jar',
        'no-class',
        {
          mainClass: 'org.example.Missing',
          mainApplicationFile: 'local:///opt/spark/examples/jars/spark-examples.jar',
        },
        /org\.example\.Missing/u,
      ],
      [
        'a script that is not there',
        'no-script',
        { type: 'Python', mainClass: undefined, mainApplicationFile: 'local:///opt/jobs/nothing.py' },
        /nothing\.py/u,
      ],
    ];
    for (const [what, name, spec, words] of missing) {
      it(what, async () => {
        await submit(name, { ...spec, driver });
        await untilState(name, 'FAILED');
        assert.match(await messageOf(name), words);
      });
    }
  });
});
