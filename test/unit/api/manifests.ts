/** Reading manifests of SparkApplications in tests. */
import assert from 'node:assert/strict';
import { type Problem, problemAt } from '../../../src/api/problem.js';
import { readSparkApplication, type SparkApplication } from '../../../src/api/spark-application.js';
import { manifest } from '../../manifests/spark-pi.js';

export { manifest };

/** An object in which `value` stands at `path`: `{ driver: { gpu: value } }`. */
export function nested(path: readonly string[], value: unknown): object {
  const [first = '', ...rest] = path;
  return { [first]: rest.length === 0 ? value : nested(rest, value) };
}

export function problemsOf(object: unknown): readonly Problem[] {
  const reading = readSparkApplication(object);
  return reading.ok ? [] : reading.problems;
}

export function pathsOf(object: unknown): string[] {
  return problemsOf(object).map(({ path }) => path);
}

/** The path as problems write it, of a field of the spec. */
export function specPath(...path: PropertyKey[]): string {
  return problemAt(['spec', ...path], '').path;
}

export function application(spec: object = {}, metadata: object = {}): SparkApplication {
  const reading = readSparkApplication(manifest(spec, metadata));
  assert.ok(reading.ok, JSON.stringify(reading));
  return reading.application;
}
