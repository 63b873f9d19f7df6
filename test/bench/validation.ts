/**
 * What checking a SparkApplication costs in this process: one of the size that users write, and objects of one megabyte, right
 * and hostile, beside the mere parsing of their JSON.
 */
import { strict as assert } from 'node:assert';
import { readSparkApplication } from '../../src/api/spark-application.js';
import { manifest } from '../manifests/spark-pi.js';
import type { Results } from './run.js';

const megabyte = 2 ** 20;

const entries = (entry: (index: number) => readonly [string, unknown], bytesEach: number) =>
  Object.fromEntries(Array.from({ length: Math.floor(megabyte / bytesEach) }, (_, index) => entry(index)));

const items = (item: (index: number) => unknown, bytesEach: number) =>
  Array.from({ length: Math.floor(megabyte / bytesEach) }, (_, index) => item(index));

/** Specs of one megabyte. */
const large: Readonly<Record<string, () => object>> = {
  properties: () => ({ sparkConf: entries((index) => [`spark.some.property.${index}`, `value ${index}`], 42) }),
  variables: () => ({ driver: { env: items((index) => ({ name: `VARIABLE_${index}`, value: 'x' }), 40) } }),
  sidecars: () => ({
    executor: { sidecars: items((index) => ({ name: `s${index}`, image: 'i:1', args: ['a', 'b', 'c'] }), 56) },
  }),
  wrongLabels: () => ({ driver: { labels: entries((index) => [`label ${index}`, 'two words'], 28) } }),
  unknownFields: () => entries((index) => [`unknownField${index}`, 0], 22),
  oneLongImage: () => ({ image: `registry/${'a.1-'.repeat(megabyte / 4)}` }),
  oneLongVersion: () => ({ sparkVersion: `4.1.4${'-a'.repeat(megabyte / 2)}!` }),
  oneLongSize: () => ({ driver: { memory: ' '.repeat(megabyte) } }),
};

/** The median of some runs, in milliseconds. */
function median(work: () => unknown, runs: number): number {
  const times = Array.from({ length: runs }, () => {
    const start = process.hrtime.bigint();
    work();
    return Number(process.hrtime.bigint() - start) / 1e6;
  });
  return times.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? 0;
}

const rounded = (value: number) => Math.round(value * 100) / 100;

export async function validation(): Promise<Results> {
  const usual = manifest({ driver: { cores: 1, env: [{ name: 'A', value: 'b' }] }, executor: { instances: 4 } });
  const check = () => assert.ok(readSparkApplication(usual).ok);
  median(check, 2_000);
  const measured = Object.entries(large).map(([what, specOf]) => {
    const object = manifest(specOf());
    const json = JSON.stringify(object);
    const milliseconds = median(() => readSparkApplication(object), 5);
    return [
      what,
      { milliseconds: rounded(milliseconds), timesParsing: rounded(milliseconds / median(() => JSON.parse(json), 5)) },
    ];
  });
  return { microsecondsPerApplication: rounded(median(check, 2_000) * 1_000), megabyte: Object.fromEntries(measured) };
}
