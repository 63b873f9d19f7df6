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
  {
    what: 'no JSON',
    annotations: { env: 'A=B' },
    message: /^annotation pod\.sparkoperator\.k8s\.io\/env: not JSON \(.*\)$/,
  },
  { what: 'nothing', annotations: { env: '' }, message: /\/env: not JSON \(.*\)$/ },
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
  { what: 'a bare name', annotations: { 'scheduler-name': 'volcano' }, message: /\/scheduler-name: not JSON \(a text/ },
  { what: 'an empty name of a class', annotations: { 'priority-class-name': '""' }, message: /must not be empty/ },
  { what: 'a truth that is a text', annotations: { 'host-network': '"true"' }, message: /\/host-network: at its root/ },
  {
    what: 'a size that is none',
    annotations: { 'memory-limit': '"lots"' },
    message: /\/memory-limit: .*size such as 4g/,
  },
  { what: 'a size below zero', annotations: { 'memory-limit': '"-1g"' }, message: /\/memory-limit: .*above zero/ },
  { what: 'no memory at all', annotations: { 'memory-limit': '"0"' }, message: /\/memory-limit: .*above zero/ },
  { what: 'a number of bytes that is none', annotations: { 'memory-limit': '1.5' }, message: /\/memory-limit: .*size/ },
  {
    what: 'no graphics processor',
    annotations: { gpu: { name: 'nvidia.com/gpu', quantity: 0 } },
    message: /\/gpu: at quantity: must be above zero/,
  },
  {
    what: 'a quantity that is none',
    annotations: { gpu: { name: 'nvidia.com/gpu', quantity: 'two' } },
    message: /\/gpu: at quantity: must be a quantity/,
  },
  {
    what: 'a part of a second',
    annotations: { 'termination-grace-period-seconds': 0.5 },
    message: /\/termination-grace-period-seconds: at its root: /,
  },
  {
    what: 'a variable twice in one sidecar',
    annotations: { sidecars: [{ name: 's', env: [{ name: 'A' }, { name: 'A' }] }] },
    message: /\/sidecars: at \[0\]\.env\[1\]: Duplicate/,
  },
  {
    what: 'a misspelt field deep in a container',
    annotations: { 'init-containers': [{ name: 'i', livenessProbe: { httpGet: { port: 1, pathh: '/' } } }] },
    message: /\/init-containers: at \[0\]\.livenessProbe\.httpGet\.pathh: unknown field/,
  },
  {
    what: 'a sidecar with the name of the Spark container',
    annotations: { sidecars: [{ name: 'spark-kubernetes-driver', image: 'x' }] },
    code: 'MUTATION_CONFLICT',
    message: /^annotation sidecars: the name spark-kubernetes-driver is that of the Spark container$/,
  },
  {
    what: 'an init container with the name of the Spark container',
    annotations: { 'init-containers': [{ name: 'spark-kubernetes-driver', image: 'x' }] },
    code: 'MUTATION_CONFLICT',
    message: /^annotation init-containers: the name .* is that of the Spark container$/,
  },
  {
    what: 'one name for an init container and a sidecar',
    annotations: { 'init-containers': [{ name: 'x', image: 'a' }], sidecars: [{ name: 'x', image: 'a' }] },
    code: 'MUTATION_CONFLICT',
    message: /^annotation sidecars: the name x is that of an init container$/,
  },
  {
    what: 'two sidecars of one name',
    annotations: {
      sidecars: [
        { name: 'x', image: 'a' },
        { name: 'x', image: 'b' },
      ],
    },
    code: 'MUTATION_CONFLICT',
    message: /^container x stands twice in annotation sidecars with different content$/,
  },
  {
    what: 'a mount of a sidecar without its volume',
    annotations: { sidecars: [{ name: 'x', image: 'a', volumeMounts: [mount] }] },
    code: 'MUTATION_CONFLICT',
    message: /^the mount of x at \/v names volume v, which the pod does not have$/,
  },
  {
    what: 'a port with two numbers',
    annotations: {
      ports: [
        { name: 'web', containerPort: 80 },
        { name: 'web', containerPort: 81 },
      ],
    },
    code: 'MUTATION_CONFLICT',
    message: /^port name web stands twice in annotation ports with different content$/,
  },
  {
    what: 'a port of the node for two',
    annotations: {
      'host-network': true,
      ports: [{ name: 'web', containerPort: 80 }],
      sidecars: [{ name: 'x', image: 'a', ports: [{ containerPort: 80 }] }],
    },
    code: 'MUTATION_CONFLICT',
    message: /^port 80\/TCP of the node is asked for by spark-kubernetes-driver\/web and by x\/$/,
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
    what: 'sources of variables are told apart by what they name',
    annotations: {
      'env-from': [{ configMapRef: { name: 'a', optional: true } }, { prefix: 'P_', configMapRef: { name: 'a' } }],
    },
    container: { envFrom: [{ secretRef: { name: 'a' } }, { configMapRef: { name: 'a' } }] },
    gives: {
      container: {
        envFrom: [
          { secretRef: { name: 'a' } },
          { configMapRef: { name: 'a', optional: true } },
          { prefix: 'P_', configMapRef: { name: 'a' } },
        ],
      },
    },
  },
  {
    what: 'a port takes the place of the one of its name',
    annotations: {
      ports: [
        { name: 'web', containerPort: 81 },
        { containerPort: 9, protocol: 'UDP' },
      ],
    },
    container: {
      ports: [
        { name: 'web', containerPort: 80 },
        { name: 'ui', containerPort: 4040 },
      ],
    },
    gives: {
      container: {
        ports: [
          { name: 'web', containerPort: 81 },
          { name: 'ui', containerPort: 4040 },
          { containerPort: 9, protocol: 'UDP' },
        ],
      },
    },
  },
  {
    what: 'the network of the node keeps the names of the cluster resolvable',
    annotations: { 'host-network': true },
    spec: { dnsPolicy: 'ClusterFirst' },
    gives: { spec: { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' } },
  },
  {
    what: 'false takes nothing back',
    annotations: { 'host-network': false, 'share-process-namespace': false },
    spec: { hostNetwork: true, shareProcessNamespace: true },
    gives: { spec: { hostNetwork: true, shareProcessNamespace: true } },
  },
  {
    what: 'processes are shared',
    annotations: { 'share-process-namespace': true },
    gives: { spec: { shareProcessNamespace: true } },
  },
  {
    what: 'an address keeps its names and gets those of the annotation',
    annotations: {
      'host-aliases': [
        { ip: '10.0.0.1', hostnames: ['b', 'a'] },
        { ip: '10.0.0.2', hostnames: ['c'] },
      ],
    },
    spec: { hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }] },
    gives: {
      spec: {
        hostAliases: [
          { ip: '10.0.0.1', hostnames: ['a', 'b'] },
          { ip: '10.0.0.2', hostnames: ['c'] },
        ],
      },
    },
  },
  {
    what: 'containers come after those that are there',
    annotations: { 'init-containers': [{ name: 'i2', image: 'x' }] },
    spec: { initContainers: [{ name: 'i1' }] },
    gives: { spec: { initContainers: [{ name: 'i1' }, { name: 'i2', image: 'x' }] } },
  },
  {
    what: 'an init container that is there takes the fields that are named, and keeps what others gave it',
    annotations: {
      'init-containers': [
        { name: 'i', image: 'new', env: [{ name: 'A', value: '2' }], resources: { limits: { cpu: '1' } } },
      ],
    },
    spec: {
      initContainers: [
        {
          name: 'i',
          image: 'old',
          env: [{ name: 'A', value: '1' }, { name: 'B' }],
          resources: { limits: { cpu: '2', memory: '1Gi' } },
          tty: true,
        },
      ],
    },
    gives: {
      spec: {
        initContainers: [
          {
            name: 'i',
            image: 'new',
            env: [{ name: 'A', value: '2' }, { name: 'B' }],
            resources: { limits: { cpu: '1', memory: '1Gi' } },
            tty: true,
          },
        ],
      },
    },
  },
  {
    what: 'a priority class takes away what was computed for another one',
    annotations: { 'priority-class-name': '"high"' },
    spec: { priority: 0, preemptionPolicy: 'PreemptLowerPriority', priorityClassName: 'low' },
    gives: { spec: { priorityClassName: 'high', priority: undefined, preemptionPolicy: undefined } },
  },
  {
    what: 'a priority that was computed for the very class stays',
    annotations: { 'priority-class-name': '"high"' },
    spec: { priority: 1000, preemptionPolicy: 'Never', priorityClassName: 'high' },
    gives: { spec: { priorityClassName: 'high', priority: 1000, preemptionPolicy: 'Never' } },
  },
  {
    what: 'labels of nodes are added to those that are asked for',
    annotations: { 'node-selector': { pool: 'a', 'x.io/y~z': 'b' }, 'scheduler-name': '"volcano"' },
    spec: { nodeSelector: { pool: 'b', zone: 'c' } },
    gives: { spec: { nodeSelector: { pool: 'a', zone: 'c', 'x.io/y~z': 'b' }, schedulerName: 'volcano' } },
  },
  {
    what: 'limits are made where there are none',
    annotations: { 'memory-limit': '"1.5g"', gpu: { name: 'nvidia.com/gpu', quantity: 2 } },
    gives: { container: { resources: { limits: { memory: '1536Mi', 'nvidia.com/gpu': '2' } } } },
  },
  {
    what: 'a graphics processor that is requested is requested as often as it is allowed',
    annotations: { gpu: { name: 'nvidia.com/gpu', quantity: '4' }, 'memory-limit': 2_147_483_648 },
    container: { resources: { requests: { 'nvidia.com/gpu': '1', memory: '1Gi' }, limits: { cpu: '1' } } },
    gives: {
      container: {
        resources: {
          requests: { 'nvidia.com/gpu': '4', memory: '1Gi' },
          limits: { cpu: '1', memory: '2147483648', 'nvidia.com/gpu': '4' },
        },
      },
    },
  },
  {
    what: 'security contexts, DNS, life cycle and grace replace what is there',
    annotations: {
      'security-context': { runAsUser: 185, readOnlyRootFilesystem: true },
      'pod-security-context': {},
      'dns-config': { searches: ['a'] },
      lifecycle: { preStop: { exec: { command: ['true'] } } },
      'termination-grace-period-seconds': 0,
    },
    container: { securityContext: { privileged: true }, lifecycle: { postStart: {} } },
    spec: { securityContext: { fsGroup: 1 }, dnsConfig: { nameservers: ['10.0.0.1'] } },
    gives: {
      container: {
        securityContext: { runAsUser: 185, readOnlyRootFilesystem: true },
        lifecycle: { preStop: { exec: { command: ['true'] } } },
      },
      spec: { securityContext: {}, dnsConfig: { searches: ['a'] }, terminationGracePeriodSeconds: 0 },
    },
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
      assert.deepEqual(rest, JSON.parse(JSON.stringify({ ...others, ...gives.spec })));
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
      [['add', '/metadata/annotations']],
    );
    assert.equal(at(pod, 'metadata', 'annotations', appliedAnnotation), digestOf([]));
  });
});

interface Doubt {
  readonly what: string;
  readonly annotations: Annotations;
  readonly role?: string;
  readonly container?: JsonObject;
  readonly warning: RegExp;
}

const doubts: readonly Doubt[] = [
  { what: 'a pod that asks for nothing', annotations: {}, warning: /^the pod came to the webhook, but no annotation/ },
  { what: 'a pod without a role', annotations: { env: [] }, role: '', warning: /neither driver nor executor$/ },
  {
    what: 'a pod without a container of a name that Spark gives',
    annotations: { env: [] },
    container: { name: 'main' },
    warning: /^no container has a name that Spark gives; the first one, main, was taken/,
  },
  {
    what: 'a variable that stands twice',
    annotations: { env: [{ name: 'A' }, { name: 'A' }] },
    warning: /^annotation env has variable A twice; the last one counts$/,
  },
  {
    what: 'two names of one port',
    annotations: { ports: [{ name: 'metrics', containerPort: 4040 }] },
    container: { ports: [{ name: 'ui', containerPort: 4040, protocol: 'TCP' }] },
    warning: /^port 4040\/TCP is named twice, spark-kubernetes-driver\/ui and spark-kubernetes-driver\/metrics/,
  },
  {
    what: 'a limit below the request',
    annotations: { 'memory-limit': '"512m"' },
    container: { resources: { requests: { memory: '896Mi' } } },
    warning: /^the memory limit 512Mi is below the request 896Mi/,
  },
];

describe('a warning goes with', () => {
  for (const { what, annotations, role = 'driver', container = {}, warning } of doubts) {
    it(what, () => {
      const { warnings } = mutatePod(podWith(annotations, { role, container }));
      assert.equal(warnings.length, 1, warnings.join());
      assert.match(warnings[0] ?? '', warning);
    });
  }

  it('no pod that is as it should be', () => {
    const { warnings, applied } = mutatePod(podWith({ env: [{ name: 'A' }], 'scheduler-name': '"x"' }));
    assert.deepEqual(warnings, []);
    assert.deepEqual(applied, ['env', 'scheduler-name']);
  });
});

describe('large pods are answered:', () => {
  it('endless nesting where no annotation looks', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    assert.equal(mutatePod(podWith({ env: [{ name: 'A' }] }, { spec: { x: deep } })).patch.length, 2);
  });

  it('100 containers', () => {
    const helpers = Array.from({ length: 99 }, (_, index) => ({ name: `c${index}`, image: 'x' }));
    const plain = podWith({ env: [{ name: 'A' }], sidecars: [{ name: 'c50', image: 'y' }] });
    const pod = { ...plain, spec: { containers: [...helpers, ...plain.spec.containers] } };
    assert.deepEqual(
      mutatePod(pod)
        .patch.map(({ path }) => path)
        .slice(0, 2),
      ['/spec/containers/99/env', '/spec/containers/50/image'],
    );
  });

  it('7 MiB', () => {
    const pod = podWith({ env: [{ name: 'A' }] }, { spec: { x: 'x'.repeat(7 * 1_024 * 1_024) } });
    assert.equal(mutatePod(pod).patch.length, 2);
  });

  it('256 KiB of variables', () => {
    const env = Array.from({ length: 5_000 }, (_, index) => ({ name: `V${index}`, value: 'x'.repeat(10) }));
    assert.equal(mutatePod(podWith({ env })).patch.length, 2);
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
