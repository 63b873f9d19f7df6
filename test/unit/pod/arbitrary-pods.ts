/** Pods and annotations as fast-check draws them: from few names, so that they meet. */
import fc from 'fast-check';
import type { JsonObject } from '../../../src/pod/json.js';
import { podWith } from './pods.js';

const name = fc.constantFrom('a', 'b', 'c', 'd');
const volumeName = fc.constantFrom('a', 'b', 'c', 'd', 'cm-a-vol', 'cm-b-vol');
const text = fc.constantFrom('', 'x', 'y', '{{APP_ID}}', 'ü "quoted"\n', '$(A)');

/** Few and fixed: drawing deep values anew would take most of the time, and nobody looks into them. */
const json = fc.constantFrom<unknown>(null, false, 0, 1.5, '', [], {}, [null, 'x', { a: [] }], {
  a: { b: 'c' },
  d: [1],
});

const volume = fc.oneof(
  volumeName.map((volume) => ({ name: volume, emptyDir: {} })),
  fc.tuple(volumeName, name).map(([volume, claimName]) => ({ name: volume, persistentVolumeClaim: { claimName } })),
);
const variable = fc.oneof(
  fc.record({ name, value: text }),
  name.map((variable) => ({ name: variable, valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } })),
);
const toleration = fc.record({ key: name, operator: fc.constantFrom('Exists', 'Equal') }, { requiredKeys: ['key'] });
const affinity = fc.record({
  nodeAffinity: fc.record({
    preferredDuringSchedulingIgnoredDuringExecution: fc.array(
      fc.record({ weight: fc.integer({ min: 1, max: 100 }), preference: fc.constantFrom({}, { matchFields: [] }) }),
    ),
  }),
});
const owner = fc.record({
  apiVersion: fc.constant('v1'),
  kind: fc.constant('Pod'),
  name,
  uid: name,
  controller: fc.boolean(),
});
const configMap = fc.record(
  { name: fc.constantFrom('cm-a', 'cm-b'), path: fc.constantFrom('/c1', '/c2', '/c3'), env: name },
  { requiredKeys: ['name', 'path'] },
);

const byName = ({ name }: { name: string }) => name;

/** Volumes and mounts that fit: each mount names a volume of the pod or of the annotation. */
const storage = fc
  .record({
    inPod: fc.uniqueArray(volume, { selector: byName, maxLength: 3 }),
    wanted: fc.uniqueArray(
      volume.filter(({ name }) => !name.startsWith('cm-')),
      { selector: byName, maxLength: 3 },
    ),
  })
  .chain(({ inPod, wanted }) => {
    const mounts = (names: readonly string[], paths: readonly string[]) =>
      names.length === 0
        ? fc.constant([])
        : fc.uniqueArray(
            fc.record(
              { name: fc.constantFrom(...names), mountPath: fc.constantFrom(...paths), readOnly: fc.boolean() },
              { requiredKeys: ['name', 'mountPath'] },
            ),
            { selector: ({ mountPath }) => mountPath, maxLength: 3 },
          );
    return fc.record({
      inPod: fc.constant(inPod),
      wanted: fc.constant(wanted),
      mountsInPod: mounts(inPod.map(byName), ['/a', '/b', '/c1', '/other']),
      mountsWanted: mounts([...inPod, ...wanted].map(byName), ['/a', '/b', '/other']),
    });
  });

const annotations = fc.record(
  {
    'owner-references': fc.array(owner, { maxLength: 3 }),
    env: fc.array(variable, { maxLength: 4 }),
    'config-maps': fc.uniqueArray(configMap, { selector: ({ path }) => path, maxLength: 3 }),
    affinity,
    tolerations: fc.array(toleration, { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

/** Fields that nobody here knows, and some that are known but that no annotation names. */
const others = fc.dictionary(
  fc.constantFrom('priority', 'newInKubernetes', 'nodeName', 'ephemeralContainers', 'x'),
  json,
);

export interface TaggedPod {
  readonly pod: JsonObject;
  /** The annotations under the prefix, by their names without it. */
  readonly wanted: Readonly<Record<string, unknown>>;
  /** Index of the Spark container. */
  readonly sparkContainer: number;
}

/** A pod whose annotations ask for what can be done. */
export const taggedPod: fc.Arbitrary<TaggedPod> = fc
  .record({
    storage,
    annotations,
    others,
    inContainer: others,
    foreign: fc.dictionary(name, text),
    env: fc.option(fc.uniqueArray(variable, { selector: byName, maxLength: 4 }), { nil: null }),
    tolerations: fc.option(fc.uniqueArray(toleration, { selector: ({ key }) => key, maxLength: 3 }), {
      nil: undefined,
    }),
    owners: fc.option(fc.uniqueArray(owner, { selector: ({ uid }) => uid, maxLength: 3 }), { nil: undefined }),
    affinity: fc.option(affinity, { nil: undefined }),
    helpers: fc.nat({ max: 2 }),
    mountsSomething: fc.boolean(),
  })
  .map((drawn) => {
    const { inPod, wanted, mountsInPod, mountsWanted } = drawn.storage;
    const asked = {
      ...drawn.annotations,
      ...(drawn.mountsSomething ? { volumes: wanted, 'volume-mounts': mountsWanted } : {}),
    };
    const plain = podWith(asked, { annotations: drawn.foreign });
    const spark = { ...plain.spec.containers[0], ...drawn.inContainer, env: drawn.env, volumeMounts: mountsInPod };
    const helpers = Array.from({ length: drawn.helpers }, (_, index) => ({
      name: `helper-${index}`,
      env: [{ name: 'a' }],
    }));
    const pod: JsonObject = JSON.parse(
      JSON.stringify({
        ...plain,
        metadata: { ...plain.metadata, ...(drawn.owners === undefined ? {} : { ownerReferences: drawn.owners }) },
        spec: {
          ...drawn.others,
          containers: [...helpers, spark],
          ...(inPod.length === 0 ? {} : { volumes: inPod }),
          tolerations: drawn.tolerations,
          affinity: drawn.affinity,
        },
      }),
    );
    return { pod, wanted: asked, sparkContainer: drawn.helpers };
  });
