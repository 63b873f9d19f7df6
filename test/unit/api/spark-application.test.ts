import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { notSupportedYet } from '../../../src/api/not-supported-yet.js';
import { readSparkApplication } from '../../../src/api/spark-application.js';
import { validManifests } from '../../manifests/valid-manifests.js';
import { application, manifest, problemsOf } from './manifests.js';

const repository = new URL('../../../../', import.meta.url);

describe('a manifest that the peer takes', () => {
  for (const { what, spec, metadata } of validManifests) {
    it(`is accepted, but for what does not work yet: ${what}`, () => {
      const problems = problemsOf(manifest(spec, metadata));
      assert.deepEqual(
        problems.filter(({ message }) => !message.endsWith(notSupportedYet)),
        [],
      );
    });
  }

  it('is accepted with what an API server and other tools write into its metadata', () => {
    const metadata = {
      creationTimestamp: null,
      generation: 3,
      labels: { 'kueue.x-k8s.io/queue-name': 'q', app: 'x' },
      managedFields: [{ manager: 'kubectl', fieldsV1: { 'f:spec': { '.': {} } } }],
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
    };
    assert.deepEqual(problemsOf({ ...manifest({}, metadata), status: { applicationState: { state: '' } } }), []);
  });
});

describe('the examples', () => {
  for (const file of readdirSync(new URL('examples/', repository))) {
    it(`hold no application that is refused: ${file}`, () => {
      const documents = parseAllDocuments(readFileSync(new URL(`examples/${file}`, repository), 'utf8'));
      const objects = [...documents].map((document): unknown => document.toJS());
      const applications = objects.filter((object) => Object(object).kind === 'SparkApplication');
      for (const object of applications) assert.deepEqual(problemsOf(object), []);
    });
  }
});

describe('what was read', () => {
  it('has the identity and the labels of the object', () => {
    const read = application({}, { name: 'a', namespace: 'b', uid: 'c', labels: { d: 'e' } });
    assert.deepEqual([read.name, read.namespace, read.uid, read.labels], ['a', 'b', 'c', { d: 'e' }]);
  });

  it('has a namespace and no uid where a file names none', () => {
    const object = manifest({}, { namespace: undefined, uid: undefined, labels: null });
    const reading = readSparkApplication(object, 'team');
    assert.ok(reading.ok);
    assert.deepEqual([reading.application.namespace, reading.application.uid], ['team', '']);
    assert.deepEqual(reading.application.labels, {});
  });

  it('has no texts that are empty, which the peer reads as left out', () => {
    const { spec } = application({ proxyUser: '', driver: { serviceAccount: '', javaOptions: '' }, arguments: [''] });
    assert.equal(Object.hasOwn(spec, 'proxyUser'), false);
    assert.deepEqual([spec.driver, spec.arguments], [{}, ['']]);
  });

  it('has no nulls', () => {
    const { spec } = application({ driver: null, sparkConf: { a: null, b: 'c' } });
    assert.deepEqual([Object.hasOwn(spec, 'driver'), spec.sparkConf], [false, { b: 'c' }]);
  });
});

const prototypeKeys = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  'valueOf',
  'size',
] as const;
const fieldNames = [
  'driver',
  'executor',
  'sparkConf',
  'volumes',
  'name',
  'env',
  'labels',
  'mountPath',
  'volumeMounts',
  'path',
];

/** JSON as an attacker would write it: hostile keys, halves of surrogate pairs, any nesting. */
const anyJson = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 1e300, 2 ** 53, '', 'a', '{{', '\ud800', '\udfff\ud800'),
    fc.string({ unit: 'binary', maxLength: 5 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(
        fc.tuple(fc.oneof(fc.constantFrom(...prototypeKeys, ...fieldNames), fc.string({ maxLength: 3 })), tie('value')),
        { maxLength: 4 },
      )
      // JSON.parse makes own properties of all keys, as it does for what comes over the wire.
      .map((entries): unknown =>
        JSON.parse(
          `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value ?? null)}`).join()}}`,
        ),
      ),
  ),
})).value;

const specFields = Object.keys(Object(application({}).spec)).concat(fieldNames, 'deps', 'hadoopConf', 'restartPolicy');

const anyManifest = fc.oneof(
  anyJson,
  fc.dictionary(fc.constantFrom(...specFields), anyJson).map((spec) => manifest(spec)),
  fc.record({ driver: anyJson, executor: anyJson, volumes: fc.array(anyJson) }).map((spec) => manifest(spec)),
  anyJson.map((metadata) => ({ ...manifest(), metadata })),
  anyJson.map((name) => manifest({}, { name })),
);

describe('whatever is read', () => {
  it('gives an application or problems with a message each, and never an exception', () => {
    fc.assert(
      fc.property(anyManifest, (object) => {
        const reading = readSparkApplication(object);
        if (reading.ok) return;
        assert.ok(reading.problems.length > 0);
        for (const { path, message } of reading.problems) assert.ok(typeof path === 'string' && message !== '');
      }),
      { numRuns: 2_000 },
    );
  });

  it('pollutes no prototype', () => {
    const before = [Object.prototype, Array.prototype, Function.prototype].map(
      (prototype) => Reflect.ownKeys(prototype).length,
    );
    fc.assert(
      fc.property(anyManifest, (object) => {
        const reading = readSparkApplication(object);
        if (reading.ok) assert.equal(Object.getPrototypeOf(reading.application.spec), Object.prototype);
        const after = [Object.prototype, Array.prototype, Function.prototype].map(
          (prototype) => Reflect.ownKeys(prototype).length,
        );
        assert.deepEqual(after, before);
      }),
      { numRuns: 500 },
    );
  });

  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const) {
    it(`is refused where it is nested without end: ${open}`, () => {
      const deep: unknown = JSON.parse(`${open.repeat(20_000)}1${close.repeat(20_000)}`);
      for (const affinity of [deep, { nodeAffinity: deep }]) {
        const object = { ...manifest(), spec: { ...Object(manifest())['spec'], driver: { affinity } } };
        const [problem] = problemsOf(object);
        assert.match(problem?.path ?? '', /^spec\.driver\.affinity/);
        assert.match(problem?.message ?? '', /nested too deeply|expected object|unknown field/);
      }
    });
  }

  for (const [what, driver, path] of [
    [
      'a list',
      { sidecars: [{ name: 'a', args: Array(125_000).fill(1) }] },
      /^spec\.driver\.sidecars\[0\]\.args\[\d+\]$/,
    ],
    ['many lists', { sidecars: Array(40).fill({ args: Array(5_000).fill(1) }) }, /^spec\.driver\.sidecars\[\d+\]/],
    ['items that lack fields', { configMaps: Array(125_000).fill({}) }, /^spec\.driver\.configMaps\[\d+\]$/],
    [
      'a map',
      { labels: Object.fromEntries(Array.from({ length: 125_000 }, (_, index) => [`l${index}`, 1])) },
      /^spec\.driver\.labels\.l\d+$/,
    ],
  ] as const) {
    it(`is refused where ${what} is longer than a reader has stack for`, () => {
      const problems = problemsOf(manifest({ driver }));
      assert.equal(problems.length, 1);
      assert.match(problems[0]?.path ?? '', path);
      assert.match(problems[0]?.message ?? '', /too many values/);
    });
  }

  it('is told in full where the wrong members are just as many as are taken', () => {
    const mounts = Array(14_000).fill({});
    assert.ok(
      problemsOf(manifest({ driver: { volumeMounts: mounts }, executor: { volumeMounts: mounts } })).length >
        56_000 - 1,
    );
  });
});
