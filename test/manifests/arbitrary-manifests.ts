/**
 * Manifests that fast-check builds from the schema of the CRD: a small one that is right, with any of its fields set to values
 * that are mostly right, and now and then of a wrong type, out of bounds, misspelt or null.
 */
import fc from 'fast-check';
import { sparkApplicationCrd } from '../../src/api/crd.js';
import { operatorLabels } from '../../src/api/labels.js';
import { type Schema, schemaFields } from '../unit/api/crd-fields.js';
import { manifest } from './spark-pi.js';

const words = [
  'a',
  'b',
  'data',
  'scratch',
  '',
  'a.b',
  'Upper',
  'x y',
  'spark-local-dir-1',
  '-',
  'é',
  '1',
  'x'.repeat(64),
];
const sizes = ['512m', '1g', '1.5g', '2Gi', '500m', '.5', '1e3', '10 %', '2 g', '0', '-1'];
const versions = ['4.1.4', '3.5', '2.4.8', 'latest', '4.2.0-preview2', '3.5.'];
const images = [
  'spark:4.1.4',
  'spark',
  'r:5000/spark:v3.5.1-x@sha256:0',
  'spark:latest',
  'spark:1.2',
  'a/b:x-10.20.30',
];
const files = ['local:///a.jar', 'job.py', 's3a://b/job.R', 'a.PY'];
const texts = [...words, ...sizes, ...versions, ...images, ...files];
const keys = [...words, 'spark.master', 'spark.ui.port', 'cpu', 'spark.kubernetes.container.image', ...operatorLabels];
const numbers = [0, 1, 2, 5, 80, 8090, 65_535, 65_536, -1, 2 ** 31 - 1, 2 ** 31, 2 ** 40];

const anything = fc.constantFrom<unknown>({}, { a: 'b' }, { a: { b: [1, null, 'c'] } });
/** Of no field's type but by chance. */
const wrong = fc.constantFrom<unknown>('', 'x', 1, 1.5, true, [], {}, [[]], { a: 1 }, [null], [{}]);

/** One time in `times` something else. */
const rarely = (times: number, usual: fc.Arbitrary<unknown>, rare: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: times - 1, arbitrary: usual }, { weight: 1, arbitrary: rare });

/** What may stand in a field of that schema. */
export function anyValue(schema: Schema): fc.Arbitrary<unknown> {
  return rarely(60, rightType(schema), wrong);
}

function rightType(schema: Schema): fc.Arbitrary<unknown> {
  if (schema['x-kubernetes-int-or-string'] === true) return fc.constantFrom<unknown>(1, '1', '500m', '1Gi', 'lots', 0);
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return anything;
  switch (schema.type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.constantFrom(...numbers);
    case 'string':
      return textOf(schema);
    case 'array':
      return fc.array(anyValue(schema.items ?? {}), { maxLength: 2 });
    default:
      return schema.additionalProperties === undefined ? objectOf(schema) : mapOf(schema.additionalProperties);
  }
}

function textOf(schema: Schema): fc.Arbitrary<unknown> {
  const choices = schema['enum'];
  return Array.isArray(choices)
    ? rarely(20, fc.constantFrom<unknown>(...choices), fc.constantFrom(...words))
    : fc.constantFrom(...texts);
}

function mapOf(value: Schema): fc.Arbitrary<unknown> {
  return fc.dictionary(fc.constantFrom(...keys), rarely(30, anyValue(value), fc.constant(null)), { maxKeys: 2 });
}

function objectOf(schema: Schema): fc.Arbitrary<unknown> {
  const fields = schema.properties ?? {};
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  const optional = Object.keys(fields).filter((name) => !required.includes(name));
  const chosen = fc.tuple(
    fc.subarray(optional, { maxLength: Math.min(3, optional.length) }),
    rarely(30, fc.constant(required), fc.subarray(required)),
  );
  return chosen.chain(([some, needed]) => {
    const names = [...some, ...(Array.isArray(needed) ? needed.map(String) : [])];
    const members = Object.fromEntries(
      names.map((name) => [name, rarely(30, fc.constant(fields[name] ?? {}).chain(anyValue), fc.constant(null))]),
    );
    return rarely(60, fc.record(members), fc.record({ ...members, misspelt: fc.constant(1) }));
  });
}

const spec = schemaFields(sparkApplicationCrd()).find(({ path }) => path.join('.') === 'spec')?.schema ?? {};
const fields = Object.entries(spec.properties ?? {});

/** Without namespace and uid. */
export const arbitraryManifests: fc.Arbitrary<object> = fc
  .subarray(fields, { minLength: 1, maxLength: 4 })
  .chain((chosen) => fc.record(Object.fromEntries(chosen.map(([name, schema]) => [name, anyValue(schema)]))))
  .map((members) => manifest(members, { namespace: undefined, uid: undefined }));
