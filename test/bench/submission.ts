/**
 * What a submission costs: in this process, from a resource in memory to its objects as JSON; and as a command, one
 * `firesteel spark-submit` beside one real `spark-submit` of SPARK_HOME against the same API server.
 */
import { strict as assert } from 'node:assert';
import { randomUUID } from 'node:crypto';
import { renderDriver } from '../../reconciler/driver-rendering.js';
import { readSparkApplication } from '../../src/api/spark-application.js';
import type { Results } from './run.js';
import { measureCommands } from './submission-commands.js';

const settings = { master: 'k8s://https://10.0.0.1:443', podMutation: 'webhook' } as const;
const submitTime = Date.UTC(2026, 0, 1);

/** An application of the size that users write, each with a name of its own. */
function resource(index: number): object {
  return {
    apiVersion: 'sparkoperator.k8s.io/v1beta2',
    kind: 'SparkApplication',
    metadata: { name: `etl-${index}`, namespace: 'jobs', uid: randomUUID(), labels: { team: 'data' } },
    spec: {
      type: 'Scala',
      sparkVersion: '4.1.4',
      image: 'registry.example.com/spark:4.1.4',
      mainClass: 'com.example.Etl',
      mainApplicationFile: 'local:///opt/spark/jars/etl.jar',
      arguments: ['--date', '2026-01-01'],
      sparkConf: Object.fromEntries(Array.from({ length: 20 }, (_, key) => [`spark.sql.option${key}`, `value ${key}`])),
      driver: { cores: 1, memory: '2g', serviceAccount: 'spark', env: [{ name: 'STAGE', value: 'test' }] },
      executor: { cores: 2, instances: 4, memory: '4g', labels: { tier: 'batch' } },
    },
  };
}

/** @returns bytes of JSON */
function submit(object: object): number {
  const reading = readSparkApplication(object);
  assert.ok(reading.ok);
  const { pod, resources } = renderDriver(reading.application, { id: randomUUID(), submitTime }, settings);
  const objects = [pod, ...resources].map((one) => JSON.stringify(one));
  assert.equal(objects.length, 3);
  return objects.reduce((total, text) => total + text.length, 0);
}

const batch = 200;
const batches = 20;

export async function submission(): Promise<Results> {
  const resources = Array.from({ length: batch }, (_, index) => resource(index));
  const round = () => resources.reduce((total, object) => total + submit(object), 0);
  const bytes = round() / batch;
  for (let warmUp = 0; warmUp < 5; warmUp += 1) round();
  const microseconds = Array.from({ length: batches }, () => {
    const start = process.hrtime.bigint();
    round();
    return Number(process.hrtime.bigint() - start) / 1_000 / batch;
  }).sort((a, b) => a - b);
  return {
    microsecondsPerApplication: rounded(microseconds[batches / 2]),
    microsecondsPerApplicationWorstBatch: rounded(microseconds.at(-1)),
    jsonBytesPerApplication: rounded(bytes),
    allocatedBytesPerApplication: allocatedPer(round),
    ...(await measureCommands()),
  };
}

/** Exact as long as nothing is collected meanwhile, which `npm run bench` sees to with a large young generation. */
function allocatedPer(round: () => number): number | string {
  if (globalThis.gc === undefined) return 'unknown: run by npm run bench';
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  round();
  return rounded((process.memoryUsage().heapUsed - before) / batch);
}

function rounded(value: number | undefined): number {
  return Math.round((value ?? Number.NaN) * 10) / 10;
}
