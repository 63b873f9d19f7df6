/** Manifests of SparkApplications for tests: a small one that is right, and changes to it. */
import assert from 'node:assert/strict';
import { type Problem, problemAt } from '../../../src/api/problem.js';
import { readSparkApplication, type SparkApplication } from '../../../src/api/spark-application.js';

const smallest = {
  type: 'Scala',
  image: 'spark:4.1.4',
  mainClass: 'org.apache.spark.examples.SparkPi',
  mainApplicationFile: 'local:///opt/spark/examples/jars/spark-examples.jar',
};

/** A field that is undefined in `spec` is left out of the manifest. */
export function manifest(spec: object = {}, metadata: object = {}): object {
  return {
    apiVersion: 'sparkoperator.k8s.io/v1beta2',
    kind: 'SparkApplication',
    metadata: { name: 'pi', namespace: 'jobs', uid: '11111111-2222-4333-8444-555555555555', ...metadata },
    spec: JSON.parse(JSON.stringify({ ...smallest, ...spec })),
  };
}

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
