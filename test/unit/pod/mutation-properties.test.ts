import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import jsonpatch from 'fast-json-patch';
import { annotationPrefix, appliedAnnotation } from '../../../src/api/labels.js';
import { FiresteelError } from '../../../src/errors.js';
import { concerns } from '../../../src/pod/concerns.js';
import { canonicalJson, type JsonObject } from '../../../src/pod/json.js';
import { type Mutation, mutatePod } from '../../../src/pod/mutation.js';
import { type TaggedPod, taggedPod } from './arbitrary-pods.js';
import { at } from './json-at.js';
import { podWith } from './pods.js';

const numRuns = 2_000;

/** Fails for a pod whose annotations can not be done, so that no property holds for want of cases. */
function check(property: (drawn: TaggedPod, mutation: Mutation) => void, runs = numRuns): void {
  fc.assert(
    fc.property(taggedPod, (drawn) => property(drawn, mutatePod(drawn.pod))),
    { numRuns: runs },
  );
}

function applied(pod: JsonObject, { patch }: Mutation): unknown {
  const operations: jsonpatch.Operation[] = JSON.parse(JSON.stringify(patch));
  return jsonpatch.applyPatch(structuredClone(pod), operations, true).newDocument;
}

describe('the mutation of any pod', () => {
  it('is what its JSON patch makes of the pod', () => {
    check(({ pod }, mutation) => assert.deepEqual(applied(pod, mutation), mutation.pod));
  });

  it('leaves the pod that it was given as it was', () => {
    check(({ pod }) => {
      const before = canonicalJson(pod);
      mutatePod(pod);
      assert.equal(canonicalJson(pod), before);
    }, 500);
  });

  it('changes nothing the second time, and then has an empty patch', () => {
    check((_, mutation) => {
      const twice = mutatePod(mutation.pod);
      assert.deepEqual([twice.pod, twice.patch], [mutation.pod, []]);
      const sent: unknown = JSON.parse(JSON.stringify(mutation.pod));
      assert.deepEqual(mutatePod(sent).patch, []);
    });
  });

  it('does not depend on the order of the annotations', () => {
    check(({ pod }, mutation) => {
      const annotations = Object.entries(Object(at(pod, 'metadata', 'annotations'))).reverse();
      const turned = { ...pod, metadata: { ...Object(pod['metadata']), annotations: Object.fromEntries(annotations) } };
      assert.deepEqual(mutatePod(turned), mutation);
    });
  });

  it('leaves everything alone that no annotation names', () => {
    check(({ pod, wanted, sparkContainer }, mutation) => {
      assert.deepEqual(without(mutation.pod, wanted, sparkContainer), without(pod, wanted, sparkContainer));
    });
  });

  it('keeps the items of lists that no annotation names, in their order', () => {
    check(({ pod, sparkContainer }, { pod: mutated }) => {
      for (const { path, key } of lists(sparkContainer)) {
        const before = items(at(pod, ...path)).map((item) => canonicalJson(item));
        const after = items(at(mutated, ...path));
        const kept = after.map((item) => canonicalJson(item)).filter((item) => before.includes(item));
        assert.deepEqual(
          kept,
          before.filter((item) => kept.includes(item)),
        );
        const keys = after.map(key);
        for (const item of items(at(pod, ...path))) assert.ok(keys.includes(key(item)), `${path}: ${key(item)}`);
      }
    }, 500);
  });

  it('has every volume, mount and owner once', () => {
    check(({ sparkContainer }, { pod }) => {
      for (const { path, key } of lists(sparkContainer).filter(({ field }) => field !== 'env')) {
        const keys = items(at(pod, ...path)).map(key);
        if (path.at(-1) !== 'tolerations') assert.equal(new Set(keys).size, keys.length, `${path}: ${keys}`);
      }
    }, 500);
  });

  it('lets the annotation win: its last value of a variable is the one that counts', () => {
    check(({ wanted, sparkContainer }, { pod }) => {
      if (wanted['config-maps'] !== undefined) return;
      const last = (list: unknown, name: unknown) => items(list).findLast((item) => at(item, 'name') === name);
      for (const variable of items(wanted['env'])) {
        const name = at(variable, 'name');
        const counts = last(at(pod, 'spec', 'containers', sparkContainer, 'env'), name);
        assert.equal(canonicalJson(counts), canonicalJson(last(wanted['env'], name)));
      }
    }, 500);
  });
});

interface List {
  readonly field: string;
  readonly path: readonly (string | number)[];
  readonly key: (item: unknown) => unknown;
}

function lists(sparkContainer: number): readonly List[] {
  const inContainer = (field: string) => ['spec', 'containers', sparkContainer, field];
  return [
    { field: 'owners', path: ['metadata', 'ownerReferences'], key: (item) => at(item, 'uid') },
    { field: 'volumes', path: ['spec', 'volumes'], key: (item) => at(item, 'name') },
    {
      field: 'tolerations',
      path: ['spec', 'tolerations'],
      key: (item) => canonicalJson([at(item, 'key'), at(item, 'operator') ?? 'Equal']),
    },
    { field: 'env', path: inContainer('env'), key: (item) => at(item, 'name') },
    { field: 'mounts', path: inContainer('volumeMounts'), key: (item) => at(item, 'mountPath') },
  ];
}

function items(list: unknown): unknown[] {
  return Array.isArray(list) ? list : [];
}

/** The pod without the fields that the annotations name. */
function without(pod: JsonObject, wanted: Readonly<Record<string, unknown>>, sparkContainer: number): unknown {
  const asks = (...names: string[]) => names.some((name) => wanted[name] !== undefined);
  const copy: unknown = JSON.parse(JSON.stringify(pod));
  const drop = (parent: unknown, field: string, isNamed: boolean) => {
    if (isNamed) delete Object(parent)[field];
  };
  drop(at(copy, 'metadata', 'annotations'), appliedAnnotation, true);
  drop(at(copy, 'metadata'), 'ownerReferences', asks('owner-references'));
  drop(at(copy, 'spec'), 'affinity', asks('affinity'));
  drop(at(copy, 'spec'), 'tolerations', asks('tolerations'));
  drop(at(copy, 'spec'), 'volumes', asks('volumes', 'config-maps'));
  const container = at(copy, 'spec', 'containers', sparkContainer);
  drop(container, 'env', asks('env', 'config-maps'));
  drop(container, 'volumeMounts', asks('volume-mounts', 'config-maps'));
  return copy;
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
      { numRuns },
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
      { numRuns },
    );
    assert.ok(denials > numRuns / 4, String(denials));
  });
});
