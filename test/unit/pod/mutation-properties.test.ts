import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import jsonpatch from 'fast-json-patch';
import { annotationPrefix, appliedAnnotation } from '../../../src/api/labels.js';
import { FiresteelError } from '../../../src/errors.js';
import type { Concern } from '../../../src/pod/concern.js';
import { concerns } from '../../../src/pod/concerns.js';
import { canonicalJson, isSameJson, type JsonObject } from '../../../src/pod/json.js';
import { type Mutation, mutatePod } from '../../../src/pod/mutation.js';
import { type TaggedPod, taggedPod } from './arbitrary-pods.js';
import { at } from './json-at.js';
import { podWith } from './pods.js';

const numRuns = 10_000;

function applied(pod: JsonObject, { patch }: Mutation): unknown {
  const operations: jsonpatch.Operation[] = JSON.parse(JSON.stringify(patch));
  return jsonpatch.applyPatch(JSON.parse(JSON.stringify(pod)), operations, true).newDocument;
}

/** As JSON, whatever the order of keys; the texts, which say where they differ, are made only where they do. */
function assertSame(actual: unknown, expected: unknown): void {
  if (!isSameJson(actual, expected)) assert.equal(canonicalJson(actual), canonicalJson(expected));
}

type Property = (drawn: TaggedPod, mutation: Mutation, seed: number) => void;

/** What holds for the mutation of any pod whose annotations can be done. */
const properties: Readonly<Record<string, Property>> = {
  'is what its JSON patch makes of the pod': ({ pod }, mutation) => assertSame(applied(pod, mutation), mutation.pod),

  'changes nothing the second time, and then has an empty patch': (_, mutation) => {
    const twice = mutatePod(mutation.pod);
    assert.deepEqual(twice.patch, []);
    assertSame(twice.pod, mutation.pod);
  },

  'leaves everything alone that no annotation names': ({ pod, wanted, sparkContainer }, mutation) =>
    assertSame(without(mutation.pod, wanted, sparkContainer), without(pod, wanted, sparkContainer)),

  'keeps the items of lists that no annotation names, in their order': ({ pod, sparkContainer }, { pod: mutated }) => {
    for (const { path, key } of lists(sparkContainer)) {
      const before = items(at(pod, ...path)).map((item) => JSON.stringify(item));
      const after = items(at(mutated, ...path));
      const kept = after.map((item) => JSON.stringify(item)).filter((item) => before.includes(item));
      assertSame(
        kept,
        before.filter((item) => kept.includes(item)),
      );
      const keys = after.map(key);
      for (const item of items(at(pod, ...path))) assert.ok(keys.includes(key(item)), `${path}: ${key(item)}`);
    }
  },

  'has every volume, mount, port, container and owner once': ({ sparkContainer }, { pod }) => {
    for (const { path, key } of lists(sparkContainer).filter(
      ({ field }) => field !== 'env' && field !== 'tolerations',
    )) {
      const keys = items(at(pod, ...path)).map(key);
      assert.equal(new Set(keys).size, keys.length, `${path}: ${keys}`);
    }
  },

  'lets the annotation win: its last value of a variable is the one that counts': (
    { wanted, sparkContainer },
    { pod },
  ) => {
    if (wanted['config-maps'] !== undefined) return;
    const last = (list: unknown, name: unknown) => items(list).findLast((item) => at(item, 'name') === name);
    for (const variable of items(wanted['env'])) {
      const name = at(variable, 'name');
      const counts = last(at(pod, 'spec', 'containers', sparkContainer, 'env'), name);
      assert.equal(canonicalJson(counts), canonicalJson(last(wanted['env'], name)));
    }
  },

  'does not depend on the order of the annotations, nor on that of the rows but where the table says so': (
    { pod },
    mutation,
    seed,
  ) => {
    const turned = Object.fromEntries(Object.entries(Object(at(pod, 'metadata', 'annotations'))).reverse());
    const other = { ...pod, metadata: { ...Object(pod['metadata']), annotations: turned } };
    assertSame(mutatePod(other, inAnotherOrder(seed)).pod, mutation.pod);
  },
};

describe('the mutation of any pod', () => {
  const names = Object.keys(properties);
  it(`${names.join('; ')}; and leaves the pod that it was given as it was`, () => {
    fc.assert(
      fc.property(taggedPod, fc.nat({ max: 65_520 }), (drawn, seed) => {
        const before = JSON.stringify(drawn.pod);
        const mutation = mutatePod(drawn.pod);
        for (const property of Object.values(properties)) property(drawn, mutation, seed);
        assert.equal(JSON.stringify(drawn.pod), before);
      }),
      { numRuns },
    );
  });

  it('does depend on the order where the table says so', () => {
    const pairs = concerns.flatMap(({ name, after }) => after.map((before) => `${before}, ${name}`));
    const examples: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
      'env, config-maps': {
        env: [{ name: 'D', value: 'x' }],
        'config-maps': [{ name: 'd', path: '/d', env: 'D' }],
      },
      'config-maps, volumes': { 'config-maps': [{ name: 'd', path: '/d' }], volumes: [{ name: 'v' }] },
      'config-maps, volume-mounts': {
        'config-maps': [{ name: 'd', path: '/d' }],
        'volume-mounts': [{ name: 'd-vol', mountPath: '/e' }],
      },
    };
    assert.deepEqual(Object.keys(examples).sort(), pairs.sort());
    for (const annotations of Object.values(examples)) {
      const pod = podWith(annotations);
      assert.notDeepEqual(mutatePod(pod, [...concerns].reverse()).pod, mutatePod(pod).pod);
    }
  });
});

/** The rows of the table, shuffled, each after those that it must come after. */
function inAnotherOrder(seed: number): Concern[] {
  const weight = (name: string) =>
    [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0) + seed) % 65_521, 7);
  const waiting = [...concerns].sort((one, other) => weight(one.name) - weight(other.name));
  const placed: Concern[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ after }) => !waiting.some(({ name }) => after.includes(name)));
    placed.push(...waiting.splice(next, 1));
  }
  return placed;
}

interface List {
  readonly field: string;
  readonly path: readonly (string | number)[];
  readonly key: (item: unknown) => unknown;
}

const byItsName = (item: unknown) => at(item, 'name');

function lists(sparkContainer: number): readonly List[] {
  const inContainer = (field: string) => ['spec', 'containers', sparkContainer, field];
  return [
    { field: 'owners', path: ['metadata', 'ownerReferences'], key: (item) => at(item, 'uid') },
    { field: 'volumes', path: ['spec', 'volumes'], key: byItsName },
    {
      field: 'tolerations',
      path: ['spec', 'tolerations'],
      key: (item) => canonicalJson([at(item, 'key'), at(item, 'operator') ?? 'Equal']),
    },
    { field: 'env', path: inContainer('env'), key: byItsName },
    { field: 'mounts', path: inContainer('volumeMounts'), key: (item) => at(item, 'mountPath') },
    { field: 'ports', path: inContainer('ports'), key: (item) => at(item, 'name') ?? at(item, 'containerPort') },
    { field: 'containers', path: ['spec', 'containers'], key: byItsName },
    { field: 'init containers', path: ['spec', 'initContainers'], key: byItsName },
    { field: 'aliases', path: ['spec', 'hostAliases'], key: (item) => at(item, 'ip') },
  ];
}

function items(list: unknown): unknown[] {
  return Array.isArray(list) ? list : [];
}

/** Fields that each annotation names: of the pod's metadata and spec, and of the Spark container. */
const namedFields: Readonly<Record<string, { metadata?: string[]; spec?: string[]; container?: string[] }>> = {
  'owner-references': { metadata: ['ownerReferences'] },
  env: { container: ['env'] },
  'env-from': { container: ['envFrom'] },
  'config-maps': { spec: ['volumes'], container: ['env', 'volumeMounts'] },
  volumes: { spec: ['volumes'] },
  'volume-mounts': { container: ['volumeMounts'] },
  ports: { container: ['ports'] },
  'host-network': { spec: ['hostNetwork', 'dnsPolicy'] },
  'host-aliases': { spec: ['hostAliases'] },
  'init-containers': { spec: ['initContainers'] },
  sidecars: {},
  'dns-config': { spec: ['dnsConfig'] },
  'priority-class-name': { spec: ['priorityClassName', 'priority', 'preemptionPolicy'] },
  'scheduler-name': { spec: ['schedulerName'] },
  'node-selector': { spec: ['nodeSelector'] },
  affinity: { spec: ['affinity'] },
  tolerations: { spec: ['tolerations'] },
  'memory-limit': { container: ['resources'] },
  gpu: { container: ['resources'] },
  'security-context': { container: ['securityContext'] },
  'pod-security-context': { spec: ['securityContext'] },
  'termination-grace-period-seconds': { spec: ['terminationGracePeriodSeconds'] },
  lifecycle: { container: ['lifecycle'] },
  'share-process-namespace': { spec: ['shareProcessNamespace'] },
};

/** The pod without the fields that the annotations name. */
function without(pod: JsonObject, wanted: Readonly<Record<string, unknown>>, sparkContainer: number): unknown {
  const metadata = { ...Object(pod['metadata']) };
  const spec = { ...Object(pod['spec']) };
  const container = { ...spec.containers[sparkContainer] };
  const { [appliedAnnotation]: _, ...annotations } = metadata.annotations;
  for (const name of Object.keys(wanted)) {
    const named = namedFields[name];
    assert.ok(named !== undefined, name);
    for (const field of named.metadata ?? []) delete metadata[field];
    for (const field of named.spec ?? []) delete spec[field];
    for (const field of named.container ?? []) delete container[field];
  }
  const names = new Set(items(wanted['sidecars']).map(byItsName));
  const others = items(spec.containers).filter((item, at) => at !== sparkContainer && !names.has(byItsName(item)));
  return { ...pod, metadata: { ...metadata, annotations }, spec: { ...spec, containers: [container, ...others] } };
}

const keys = concerns.map(({ name }) => name);

/** Objects that pass for texts and lists where somebody asks for their length. */
const hostileJson = fc.oneof(
  fc.json(),
  fc.constantFrom(
    '{"length":{"toString":1}}',
    '{"length":{"valueOf":{}}}',
    '{"length":1,"0":"x"}',
    '{"size":{"toString":1}}',
  ),
);

/** Text near to what an annotation should hold, far from it, and hostile. */
const anyValue = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.json({ maxDepth: 4 }),
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify([value])),
  fc
    .array(
      fc.tuple(fc.constantFrom('name', 'mountPath', 'path', 'uid', 'env', '__proto__', 'constructor'), hostileJson),
    )
    .map((members) => `[{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join()}}]`),
  fc.constantFrom(
    'null',
    '""',
    '[null]',
    '[[]]',
    '[1e999]',
    '{"a":-0}',
    '[{"name":"x","mountPath":"/x"}]',
    '\ud800',
    '{',
  ),
  fc
    .nat({ max: 30_000 })
    .map((depth) => `[{"name":"x","mountPath":"/x","x":${'['.repeat(depth)}${']'.repeat(depth)}}]`),
);

const anyAnnotations = fc.dictionary(
  fc.oneof(
    { arbitrary: fc.constantFrom(...keys), weight: 9 },
    fc.constantFrom('', 'applied', 'unknown', '__proto__', 'constructor', 'Env'),
  ),
  anyValue,
  { maxKeys: 4 },
);

function answerOf(pod: unknown): Mutation | FiresteelError {
  try {
    return mutatePod(pod);
  } catch (error) {
    assert.ok(error instanceof FiresteelError, error instanceof Error ? error.stack : String(error));
    return error;
  }
}

describe('any bytes', () => {
  it('in annotations give a pod or an error of ours, and the pod is sound JSON', () => {
    fc.assert(
      fc.property(anyAnnotations, (values) => {
        const pod = podWith(values);
        const answer = answerOf(pod);
        if (answer instanceof FiresteelError) {
          assert.ok(['ANNOTATION_INVALID', 'MUTATION_CONFLICT'].includes(answer.code), answer.code);
        } else {
          assert.deepEqual(applied(JSON.parse(JSON.stringify(pod)), answer), JSON.parse(JSON.stringify(answer.pod)));
        }
      }),
      { numRuns },
    );
  });

  it('instead of a pod give an error of ours or a pod', () => {
    const anyPod = fc.oneof(
      fc.jsonValue(),
      fc.record({ metadata: fc.jsonValue(), spec: fc.record({ containers: fc.jsonValue() }) }),
      fc.record({
        metadata: fc.record({ labels: fc.jsonValue({ maxDepth: 1 }), annotations: fc.jsonValue({ maxDepth: 1 }) }),
        spec: fc.record({
          containers: fc.array(fc.record({ name: fc.jsonValue(), env: fc.jsonValue(), volumeMounts: fc.jsonValue() })),
          volumes: fc.jsonValue(),
        }),
      }),
    );
    fc.assert(
      fc.property(anyPod, fc.boolean(), (pod, isTagged) => {
        const { annotations } = podWith({ env: [{ name: 'A' }], volumes: [{ name: 'v' }], tolerations: [{}] }).metadata;
        if (isTagged && typeof at(pod, 'metadata') === 'object')
          Object.assign(Object(at(pod, 'metadata')), { annotations });
        answerOf(pod);
      }),
      { numRuns: 2_000 },
    );
  });

  it('pollute no prototype', () => {
    const before = Reflect.ownKeys(Object.prototype).length;
    fc.assert(
      fc.property(anyAnnotations, (values) => {
        answerOf(podWith(values));
        assert.equal(Reflect.ownKeys(Object.prototype).length, before);
        assert.equal(Object({})['name'], undefined);
      }),
    );
  });
});

const secret = 'hunter2-hunter2';

/** Values with a secret somewhere, most of them wrong. Names of volumes and paths of mounts are no secrets. */
const secretValue = fc.oneof(
  fc.constantFrom(secret, `"${secret}"`, `["${secret}"]`, `{"a":"${secret}"`, `[{"name":"A","value":"${secret}"},{}]`),
  fc.constantFrom(
    `[{"name":5,"value":"${secret}"}]`,
    `[{"uid":"${secret}"}]`,
    `[{"name":"a","b":"${secret}","path":1}]`,
  ),
  fc.jsonValue().map((value) => JSON.stringify([{ value: secret, other: value }])),
  fc.jsonValue().map((value) => JSON.stringify({ [String(Object(value)['length'] ?? 'a')]: secret, value })),
  fc.nat().map((cut) => JSON.stringify([{ name: 'A', value: secret }]).slice(0, 5 + (cut % 40))),
);

describe('the message of a denial', () => {
  it('names the annotation, and never what it holds', () => {
    const named = new RegExp(
      `^annotation ${annotationPrefix.replaceAll('.', '\\.')}[a-z-]+: (at .+: .+|not JSON .+)$`,
      's',
    );
    let denials = 0;
    fc.assert(
      fc.property(fc.constantFrom(...keys), secretValue, (key, value) => {
        const answer = answerOf(podWith({ [key]: value }));
        if (!(answer instanceof FiresteelError)) return;
        denials += 1;
        assert.ok(!`${answer.stack}${answer.cause}`.includes(secret), answer.message);
        assert.match(answer.message, named);
        assert.ok(answer.message.startsWith(`annotation ${annotationPrefix}${key}: `));
      }),
      { numRuns: 2_000 },
    );
    assert.ok(denials > 500, String(denials));
  });
});
