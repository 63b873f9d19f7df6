import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { annotationPrefix, appliedAnnotation } from '../../../src/api/labels.js';
import { concerns } from '../../../src/pod/concerns.js';
import type { JsonObject } from '../../../src/pod/json.js';
import { mutatePod } from '../../../src/pod/mutation.js';
import { pointer } from '../../../src/pod/patch.js';
import { digestOf } from '../../../src/pod/tags.js';
import { at } from './json-at.js';
import { type Annotations, podWith, tagged } from './pods.js';

const sparkContainer = (pod: unknown) => at(pod, 'spec', 'containers', 0);

interface Denial {
  readonly what: string;
  readonly annotations: Annotations;
  readonly code?: 'ANNOTATION_INVALID' | 'MUTATION_CONFLICT';
  readonly message: RegExp;
}

const mount = { name: 'v', mountPath: '/v' };

const denials: readonly Denial[] = [
  {
    what: 'an unknown annotation',
    annotations: { gpus: {} },
    message: /^annotation pod\.sparkoperator\.k8s\.io\/gpus: unknown; known .* env, /,
  },
  { what: 'an annotation with nothing after the prefix', annotations: { '': '' }, message: /\.io\/: unknown/ },
  { what: 'a name in another case', annotations: { Env: [] }, message: /\.io\/Env: unknown/ },
  { what: 'no JSON', annotations: { env: 'A=B' }, message: /^annotation pod\.sparkoperator\.k8s\.io\/env: not JSON$/ },
  { what: 'nothing', annotations: { env: '' }, message: /\/env: not JSON$/ },
  {
    what: 'a misspelt field, which the API server would drop in silence',
    annotations: { volumes: [{ name: 'data', persistentVolumeclaim: { claimName: 'important' } }] },
    message: /\/volumes: at \[0\].*persistentVolumeclaim/,
  },
  {
    what: 'a number where Kubernetes wants text',
    annotations: { env: [{ name: 'PORT', value: 8080 }] },
    message: /\/env: at \[0\]\.value: .*must be of type string/,
  },
  { what: 'another type', annotations: { env: { A: 'B' } }, message: /\/env: at its root: .*must be of type array/ },
  { what: 'null', annotations: { affinity: 'null' }, message: /\/affinity: at its root: .*must be of type object/ },
  {
    what: 'a wrong item',
    annotations: { tolerations: [{}, 'x'] },
    message: /\/tolerations: at \[1\]: .*must be of type object/,
  },
  {
    what: 'a missing field',
    annotations: { env: [{ name: 'A' }, { value: 'x' }] },
    message: /\/env: at \[1\]\.name: /,
  },
  { what: 'an empty name', annotations: { volumes: [{ name: '' }] }, message: /\/volumes: at \[0\]\.name: / },
  {
    what: 'a mount without path',
    annotations: { 'volume-mounts': [{ name: 'v' }] },
    message: /\/volume-mounts: at \[0\]\.mountPath: /,
  },
  {
    what: 'a misspelt field of ours',
    annotations: { 'config-maps': [{ name: 'c', path: '/c', Volume: 'v' }] },
    message: /\/config-maps: at \[0\]\.Volume: unknown field/,
  },
  {
    what: 'an owner without uid',
    annotations: { 'owner-references': [{ apiVersion: 'v1', kind: 'Pod', name: 'a' }] },
    message: /\/owner-references: at \[0\]\.uid: /,
  },
  {
    what: 'a number out of range',
    annotations: { tolerations: '[{"tolerationSeconds":9223372036854775807}]' },
    message: /\/tolerations: at \[0\]\.tolerationSeconds: .*kept exactly/,
  },
  {
    what: 'a number that is none',
    annotations: { tolerations: '[{"tolerationSeconds":1e999}]' },
    message: /\/tolerations: at \[0\]\.tolerationSeconds: .*kept exactly/,
  },
  {
    what: 'endless nesting',
    annotations: { affinity: `{"a":${'['.repeat(99_999)}${']'.repeat(99_999)}}` },
    message: /\/affinity: at a\[0\].*: nested too deeply$/,
  },
  {
    what: 'a list longer than a reader has stack for',
    annotations: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'k', operator: 'In', values: Array(130_800).fill(1) }] }],
          },
        },
      },
    },
    message: /\/affinity: at nodeAffinity\..*\.values\[\d+\]: too many values/,
  },
  {
    what: 'an object that passes for a text where somebody asks for its length',
    annotations: { volumes: '[{"name":{"length":{"toString":1}}}]' },
    message: /\/volumes: at \[0\]\.name: .*must be of type string/,
  },
  {
    what: 'many faults, of which it shows the first ones',
    annotations: { env: Array.from({ length: 1_000 }, () => 5) },
    message: /^.{0,500}at \[4\]: [^;]*$/,
  },
  {
    what: 'a mount without its volume',
    annotations: { 'volume-mounts': [mount] },
    code: 'MUTATION_CONFLICT',
    message: /mount at \/v names volume v, which the pod does not have/,
  },
  {
    what: 'one volume with two contents in two annotations',
    annotations: {
      volumes: [{ name: 'c-vol', emptyDir: {} }],
      'config-maps': [{ name: 'c', path: '/c' }],
    },
    code: 'MUTATION_CONFLICT',
    message: /^volume c-vol stands in annotations config-maps and volumes with different content$/,
  },
  {
    what: 'one volume with two contents in one annotation',
    annotations: { volumes: [{ name: 'v', emptyDir: {} }, { name: 'v' }] },
    code: 'MUTATION_CONFLICT',
    message: /^volume v stands twice in annotation volumes with different content$/,
  },
  {
    what: 'two mounts at one path',
    annotations: {
      volumes: [{ name: 'v', emptyDir: {} }],
      'volume-mounts': [{ name: 'v', mountPath: '/c' }],
      'config-maps': [{ name: 'c', path: '/c' }],
    },
    code: 'MUTATION_CONFLICT',
    message: /^mount at \/c stands in annotations config-maps and volume-mounts with different content$/,
  },
];

describe('a pod is denied, with the annotation and the place in it, for', () => {
  for (const { what, annotations, code = 'ANNOTATION_INVALID', message } of denials) {
    it(what, () => assert.throws(() => mutatePod(podWith(annotations)), { name: 'FiresteelError', code, message }));
  }

  it('an annotation that is no text', () => {
    const pod = podWith({});
    const annotations = { [`${annotationPrefix}env`]: [] };
    assert.throws(() => mutatePod({ ...pod, metadata: { ...pod.metadata, annotations } }), {
      code: 'ANNOTATION_INVALID',
      message: /\/env: not a string$/,
    });
  });
});

const misshapen: readonly (readonly [what: string, pod: unknown, message: RegExp])[] = [
  ['null', null, /not a Pod/],
  ['a list', [], /not a Pod/],
  ['a text', 'pod', /not a Pod/],
  ['an object without metadata', { spec: { containers: [{}] } }, /not a Pod/],
  ['an object without spec', { metadata: {} }, /not a Pod/],
  ['a pod without containers', { metadata: {}, spec: {} }, /no containers/],
  ['a pod with no container', { metadata: {}, spec: { containers: [] } }, /no containers/],
  ['a pod whose container is none', { metadata: {}, spec: { containers: [null] } }, /no containers/],
  [
    'annotations that are a list',
    { metadata: { annotations: [] }, spec: { containers: [{}] } },
    /\/metadata\/annotations is not an object/,
  ],
  [
    'volumes that are no list',
    { ...podWith({ volumes: [{ name: 'v' }] }, { spec: { volumes: {} } }) },
    /\/spec\/volumes is not a list/,
  ],
  [
    'variables that are no list',
    podWith({ env: [{ name: 'A' }] }, { container: { env: 'A' } }),
    /\/spec\/containers\/0\/env is not a list/,
  ],
  [
    'mounts that are no list',
    podWith({}, { container: { volumeMounts: 5 } }),
    /\/spec\/containers\/0\/volumeMounts is not a list/,
  ],
  [
    'endless nesting',
    podWith({}, { spec: { x: JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) } }),
    /nested too deeply/,
  ],
];

describe('what is no sound pod is refused in words:', () => {
  for (const [what, pod, message] of misshapen) {
    it(what, () => assert.throws(() => mutatePod(pod), { code: 'REVIEW_INVALID', message }));
  }
});

describe('the Spark container', () => {
  const rows: readonly (readonly [role: string, containers: readonly string[], chosen: number])[] = [
    ['driver', ['helper', 'spark-kubernetes-driver'], 1],
    ['driver', ['spark-kubernetes-executor', 'executor', 'spark-kubernetes-driver'], 2],
    ['driver', ['main', 'helper'], 0],
    ['executor', ['executor', 'spark-kubernetes-executor'], 1],
    ['executor', ['helper', 'executor'], 1],
    ['executor', ['spark-kubernetes-driver', 'main'], 0],
    ['', ['main', 'spark-kubernetes-executor'], 1],
  ];
  for (const [role, containers, chosen] of rows) {
    it(`of a pod of role "${role}" with ${containers.join(' and ')} is ${containers[chosen]}`, () => {
      const pod = podWith(
        { env: [{ name: 'A' }] },
        { role, spec: { containers: containers.map((name) => ({ name })) } },
      );
      const changed = containers.map(
        (_, index) => at(mutatePod(pod).pod, 'spec', 'containers', index, 'env') !== undefined,
      );
      assert.deepEqual(
        changed,
        containers.map((_, index) => index === chosen),
      );
    });
  }
});

interface Effect {
  readonly what: string;
  readonly annotations: Annotations;
  readonly container?: JsonObject;
  readonly spec?: JsonObject;
  /** Fields of the Spark container, and of the spec of the pod. */
  readonly gives: { readonly container?: JsonObject; readonly spec?: JsonObject };
}

const effects: readonly Effect[] = [
  {
    what: 'variables are appended, and those of the same name replaced where they stand',
    annotations: { env: [{ name: 'B', value: 'new' }, { name: 'D' }] },
    container: { env: [{ name: 'A' }, { name: 'B', value: 'old' }, { name: 'C' }] },
    gives: { container: { env: [{ name: 'A' }, { name: 'B', value: 'new' }, { name: 'C' }, { name: 'D' }] } },
  },
  {
    what: 'the last of two variables of one name is replaced, because it is the one that counts',
    annotations: { env: [{ name: 'A', value: '3' }] },
    container: {
      env: [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
      ],
    },
    gives: {
      container: {
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '3' },
        ],
      },
    },
  },
  {
    what: 'a list that is null counts as empty',
    annotations: { env: [{ name: 'A' }], tolerations: [{ key: 'k' }] },
    container: { env: null },
    spec: { tolerations: null },
    gives: { container: { env: [{ name: 'A' }] }, spec: { tolerations: [{ key: 'k' }] } },
  },
  {
    what: 'a ConfigMap is mounted read-only, under the name and with the variable that are given',
    annotations: {
      'config-maps': [
        { name: 'c', path: '/c' },
        { name: 'd', path: '/d', volume: 'special', env: 'D_DIR' },
      ],
    },
    gives: {
      spec: {
        volumes: [
          { name: 'c-vol', configMap: { name: 'c' } },
          { name: 'special', configMap: { name: 'd' } },
        ],
      },
      container: {
        volumeMounts: [
          { name: 'c-vol', mountPath: '/c', readOnly: true },
          { name: 'special', mountPath: '/d', readOnly: true },
        ],
        env: [{ name: 'D_DIR', value: '/d' }],
      },
    },
  },
  {
    what: 'a variable of a ConfigMap wins over one of the same name, as in the peer',
    annotations: { env: [{ name: 'D', value: 'x' }], 'config-maps': [{ name: 'd', path: '/d', env: 'D' }] },
    gives: {
      container: {
        env: [{ name: 'D', value: '/d' }],
        volumeMounts: [{ name: 'd-vol', mountPath: '/d', readOnly: true }],
      },
      spec: { volumes: [{ name: 'd-vol', configMap: { name: 'd' } }] },
    },
  },
  {
    what: 'a mount may name a volume that the pod has already',
    annotations: { 'volume-mounts': [mount] },
    spec: { volumes: [{ name: 'v', emptyDir: {} }] },
    gives: { container: { volumeMounts: [mount] }, spec: { volumes: [{ name: 'v', emptyDir: {} }] } },
  },
  {
    what: 'volume and mount of the same key in the pod give way',
    annotations: { volumes: [{ name: 'v', hostPath: { path: '/v' } }], 'volume-mounts': [{ ...mount, subPath: 'x' }] },
    spec: { volumes: [{ name: 'v', emptyDir: {} }] },
    container: { volumeMounts: [{ ...mount, readOnly: true }] },
    gives: {
      container: { volumeMounts: [{ ...mount, subPath: 'x' }] },
      spec: { volumes: [{ name: 'v', hostPath: { path: '/v' } }] },
    },
  },
  {
    what: 'the same volume twice is one volume',
    annotations: {
      volumes: [
        { name: 'v', emptyDir: {} },
        { emptyDir: {}, name: 'v' },
      ],
    },
    gives: { spec: { volumes: [{ name: 'v', emptyDir: {} }] } },
  },
  {
    what: 'an affinity replaces that of the pod, also an empty one',
    annotations: { affinity: {} },
    spec: { affinity: { nodeAffinity: {} } },
    gives: { spec: { affinity: {} } },
  },
  {
    what: 'a toleration that is there is not added again, whatever the order of its fields',
    annotations: { tolerations: [{ operator: 'Exists', key: 'a' }, { key: 'b' }] },
    spec: { tolerations: [{ key: 'a', operator: 'Exists' }] },
    gives: { spec: { tolerations: [{ key: 'a', operator: 'Exists' }, { key: 'b' }] } },
  },
  { what: 'empty lists change nothing', annotations: { env: [], volumes: [], tolerations: [] }, gives: {} },
  {
    what: 'nulls are left out, as Kubernetes reads them',
    annotations: { volumes: [{ name: 'v', csi: { driver: 'd', fsType: null }, emptyDir: null }] },
    gives: { spec: { volumes: [{ name: 'v', csi: { driver: 'd' } }] } },
  },
  {
    what: 'names that JavaScript gives a meaning are names like others',
    annotations: { env: [{ name: '__proto__' }, { name: 'constructor', value: 'x' }, { name: 'toString' }] },
    container: { env: [{ name: '__proto__', value: 'old' }] },
    gives: {
      container: { env: [{ name: '__proto__' }, { name: 'constructor', value: 'x' }, { name: 'toString' }] },
    },
  },
];

describe('what annotations do:', () => {
  for (const { what, annotations, container = {}, spec = {}, gives } of effects) {
    it(what, () => {
      const pod = podWith(annotations, { container, spec });
      const { containers, ...others } = pod.spec;
      const mutated = mutatePod(pod).pod;
      assert.deepEqual(sparkContainer(mutated), { ...containers[0], ...gives.container });
      const { containers: _, ...rest } = Object(mutated['spec']);
      assert.deepEqual(rest, { ...others, ...gives.spec });
    });
  }

  it('owners are told apart by uid, and the one named wins', () => {
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'driver', uid: 'u1', controller: true };
    const ours = { apiVersion: 'v1', kind: 'Pod', name: 'driver', uid: 'u2', controller: false };
    const pod = podWith({ 'owner-references': [ours, { ...owner, controller: false }] });
    const mutated = mutatePod({ ...pod, metadata: { ...pod.metadata, ownerReferences: [owner] } }).pod;
    assert.deepEqual(at(mutated, 'metadata', 'ownerReferences'), [{ ...owner, controller: false }, ours]);
  });

  it('the pod says which ones were applied', () => {
    const annotations = { env: [{ name: 'A' }], tolerations: [] };
    const mutated = mutatePod(podWith(annotations, { annotations: { other: 'x', [appliedAnnotation]: 'old' } })).pod;
    const written = at(mutated, 'metadata', 'annotations', appliedAnnotation);
    assert.equal(written, digestOf(Object.entries(tagged(annotations))));
  });

  it('a pod without annotations gets the evidence alone', () => {
    const { pod, patch } = mutatePod({ metadata: {}, spec: { containers: [{ name: 'a' }] } });
    assert.deepEqual(
      patch.map(({ op, path }) => [op, path]),
      [
        ['add', '/metadata/annotations'],
        ['add', pointer(['metadata', 'annotations', appliedAnnotation])],
      ],
    );
    assert.equal(at(pod, 'metadata', 'annotations', appliedAnnotation), digestOf([]));
  });
});

describe('a key __proto__', () => {
  const hostile = (text: string): unknown => JSON.parse(text);

  it('in the pod stays what it is, and changes nothing else', () => {
    const pod = hostile(
      '{"metadata":{"annotations":{"__proto__":"x"},"__proto__":{"annotations":{"a":"b"}}},"__proto__":{"spec":5},"spec":{"containers":[{"name":"a","__proto__":{"env":5}}]}}',
    );
    const mutated = mutatePod(pod).pod;
    assert.equal(JSON.stringify(mutated).match(/__proto__/g)?.length, 4);
    assert.equal(Object.getPrototypeOf(mutated), Object.prototype);
    assert.equal(at(mutated, 'metadata', 'annotations', 'a'), undefined);
  });

  it('in an annotation is refused, and reaches no prototype', () => {
    for (const [name, text] of [
      ['affinity', '{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"__proto__":{"polluted":1}}}}'],
      ['env', '[{"name":"A","valueFrom":{"__proto__":{"polluted":1}}}]'],
      ['volumes', '[{"name":"v","csi":{"constructor":{"prototype":{"polluted":1}}}}]'],
    ] as const) {
      assert.throws(() => mutatePod(podWith({ [name]: text })), { code: 'ANNOTATION_INVALID' });
      assert.equal(Object({})['polluted'], undefined);
    }
  });
});

describe('the table of concerns', () => {
  it('has each name once, as an annotation may be called', () => {
    const names = concerns.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[a-z]+(-[a-z]+)*$/);
  });
});

describe('a JSON pointer', () => {
  it('escapes what has a meaning in it', () => {
    assert.equal(pointer(['metadata', 'a/b~c', 0, '']), '/metadata/a~1b~0c/0/');
    assert.equal(pointer([]), '');
  });
});
