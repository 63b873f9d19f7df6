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

/** Values of annotations that are drawn whole: their parts meet nothing. */
const fixed = {
  'env-from': fc.constantFrom(
    [],
    [{ configMapRef: { name: 'a' } }],
    [{ secretRef: { name: 'a', optional: true } }, {}],
  ),
  'host-network': fc.boolean(),
  'host-aliases': fc.constantFrom([], [{ ip: '1.1.1.1', hostnames: ['a', 'b'] }], [{ ip: '1.1.1.2' }]),
  'init-containers': fc.constantFrom([], [{ name: 'i1', image: 'x' }], [{ name: 'i2', env: [{ name: 'a' }] }]),
  sidecars: fc.constantFrom(
    [{ name: 's1', image: 'x' }],
    [
      {
        name: 'helper-0',
        image: 'x',
        env: [{ name: 'a', value: 'z' }, { name: 'q' }],
        resources: { limits: { cpu: 1 } },
      },
    ],
    [{ name: 'helper-1', ports: [{ containerPort: 77 }] }, { name: 's2' }],
  ),
  'dns-config': fc.constantFrom({}, { searches: ['a'] }),
  'priority-class-name': fc.constantFrom('"a"', '"b"'),
  'scheduler-name': fc.constantFrom('"a"', '"b"'),
  'node-selector': fc.constantFrom({}, { a: 'b' }, { c: 'd', 'e/f': 'g~h' }),
  'memory-limit': fc.constantFrom('"2g"', '"1.5Gi"', '1073741824'),
  gpu: fc.constantFrom({ name: 'x.io/gpu', quantity: 2 }, { name: 'x.io/gpu', quantity: '1' }),
  'security-context': fc.constantFrom({}, { runAsUser: 1 }),
  'pod-security-context': fc.constantFrom({}, { fsGroup: 1 }),
  'termination-grace-period-seconds': fc.constantFrom(0, 30),
  lifecycle: fc.constantFrom({}, { preStop: { sleep: { seconds: 1 } } }),
  'share-process-namespace': fc.boolean(),
};

/** The same fields in the pod, as it comes. */
const fixedInPod = fc.record(
  {
    hostNetwork: fc.boolean(),
    hostAliases: fc.constantFrom(null, [{ ip: '1.1.1.1', hostnames: ['b', 'c'] }]),
    initContainers: fc.constantFrom(
      [{ name: 'i1', image: 'y', tty: true }],
      [{ name: 'i2', env: [{ name: 'a', value: 'x' }] }],
    ),
    dnsConfig: fc.constant({ searches: ['b'] }),
    priorityClassName: fc.constantFrom('a', 'c'),
    priority: fc.constant(5),
    preemptionPolicy: fc.constant('Never'),
    nodeSelector: fc.constantFrom({}, { a: 'x', y: 'z' }),
    securityContext: fc.constantFrom(null, { fsGroup: 2 }),
    terminationGracePeriodSeconds: fc.constant(30),
  },
  { requiredKeys: [] },
);

const port = fc.constantFrom({ name: 'a', containerPort: 11 }, { name: 'c', containerPort: 3 }, { containerPort: 4 });
const fixedInContainer = fc.record(
  {
    envFrom: fc.constantFrom(null, [{ configMapRef: { name: 'a', optional: true } }]),
    ports: fc.constantFrom(
      [],
      [
        { name: 'a', containerPort: 1 },
        { name: 'b', containerPort: 2, protocol: 'TCP' },
      ],
    ),
    resources: fc.constantFrom(null, {}, { limits: { memory: '1Gi' }, requests: { 'x.io/gpu': '3' } }),
    lifecycle: fc.constant({ postStart: {} }),
    securityContext: fc.constant({ runAsUser: 2 }),
  },
  { requiredKeys: [] },
);

const annotations = fc.record(
  {
    ...fixed,
    ports: fc.uniqueArray(port, { selector: ({ containerPort }) => containerPort, maxLength: 3 }),
    'owner-references': fc.array(owner, { maxLength: 3 }),
    env: fc.array(variable, { maxLength: 4 }),
    'config-maps': fc.uniqueArray(configMap, { selector: ({ path }) => path, maxLength: 3 }),
    affinity,
    tolerations: fc.array(toleration, { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

/** Fields that nobody here knows, and some that are known but that no annotation names. */
const others = fc.dictionary(fc.constantFrom('newInKubernetes', 'nodeName', 'ephemeralContainers', 'x'), json);

export interface TaggedPod {
  readonly pod: JsonObject;
  /** The annotations under the prefix, by their names without it. */
  readonly wanted: Readonly<Record<string, unknown>>;
  /** Index of the Spark container. */
  readonly sparkContainer: number;
}

const given = (field: string, value: unknown) => (value === undefined ? {} : { [field]: value });

/** A pod whose annotations ask for what can be done. */
export const taggedPod: fc.Arbitrary<TaggedPod> = fc
  .record({
    storage,
    annotations,
    others,
    fixedInPod,
    inContainer: fc.tuple(others, fixedInContainer),
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
    const spark = {
      ...plain.spec.containers[0],
      ...Object.assign({}, ...drawn.inContainer),
      env: drawn.env,
      volumeMounts: mountsInPod,
    };
    const helpers = Array.from({ length: drawn.helpers }, (_, index) => ({
      name: `helper-${index}`,
      env: [{ name: 'a' }],
    }));
    const pod: JsonObject = {
      ...plain,
      metadata: { ...plain.metadata, ...given('ownerReferences', drawn.owners) },
      spec: {
        ...drawn.others,
        ...drawn.fixedInPod,
        containers: [...helpers, spark],
        ...(inPod.length === 0 ? {} : { volumes: inPod }),
        ...given('tolerations', drawn.tolerations),
        ...given('affinity', drawn.affinity),
      },
    };
    return { pod, wanted: asked, sparkContainer: drawn.helpers };
  });
