import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sparkApplicationCrd } from '../../../src/api/crd.js';
import { notSupportedYet } from '../../../src/api/field.js';
import { operatorLabels, sparkLabels } from '../../../src/api/labels.js';
import { describeProblems, formatPath } from '../../../src/api/problem.js';
import { schemaFields } from './crd-fields.js';
import { manifest, nested, pathsOf, problemsOf, specPath } from './manifests.js';

interface Fault {
  readonly what: string;
  readonly spec?: object;
  readonly metadata?: object;
  /** All problems, in any order: path and a part of the message. */
  readonly problems: readonly (readonly [path: string, message: RegExp])[];
}

const faults: readonly Fault[] = [
  // Names
  ...['Pi', '1st', 'a.b', 'a_b', '-a', 'a-', '', 'é', 'a\n', 'x'.repeat(64)].map((name) => ({
    what: `the name ${JSON.stringify(name)}`,
    metadata: { name },
    problems: [['metadata.name', /lower-case letters, digits and dashes/] as const],
  })),

  // Fields
  {
    what: 'no main file',
    spec: { mainApplicationFile: undefined },
    problems: [['spec.mainApplicationFile', /expected string/]],
  },
  { what: 'no type', spec: { type: undefined }, problems: [['spec.type', /"Scala"/]] },
  { what: 'an unknown type', spec: { type: 'Rust' }, problems: [['spec.type', /"Scala"/]] },
  { what: 'an unknown field', spec: { sparkConfig: {} }, problems: [['spec.sparkConfig', /^unknown field$/]] },
  {
    what: 'two unknown fields of the driver, one of the executor and one inside a list',
    spec: {
      driver: { core: 1, mem: '1g', configMaps: [{ name: 'a', path: '/a', mode: 1 }] },
      executor: { 'a.b': 1 },
    },
    problems: [
      ['spec.driver.core', /^unknown field$/],
      ['spec.driver.mem', /^unknown field$/],
      ['spec.driver.configMaps[0].mode', /^unknown field$/],
      ['spec.executor["a.b"]', /^unknown field$/],
    ],
  },
  {
    what: 'a number as text and a text as number',
    spec: { driver: { cores: '1' }, sparkConf: { 'spark.ui.port': 4040 } },
    problems: [
      ['spec.driver.cores', /expected number/],
      ['spec.sparkConf["spark.ui.port"]', /expected string/],
    ],
  },
  { what: 'no cores', spec: { driver: { cores: 0 } }, problems: [['spec.driver.cores', />=1/]] },
  { what: 'half a core', spec: { executor: { cores: 0.5 } }, problems: [['spec.executor.cores', /int/]] },
  {
    what: 'too many executors',
    spec: { executor: { instances: 2 ** 31 } },
    problems: [['spec.executor.instances', /<=/]],
  },
  {
    what: 'a nameless variable and a volume that is no object',
    spec: { driver: { env: [{ name: 'A' }, { value: 'b' }] }, volumes: ['scratch'] },
    problems: [
      ['spec.driver.env[1].name', /expected string/],
      ['spec.volumes[0]', /expected object/],
    ],
  },
  {
    what: 'objects that pass for texts where somebody asks for their length',
    spec: {
      image: { length: { toString: 1 } },
      driver: { podName: { length: { valueOf: {} } }, env: [{ name: { length: { toString: {} } } }] },
      volumes: { length: { toString: 1 } },
    },
    problems: [
      ['spec.image', /expected string/],
      ['spec.driver.podName', /expected string/],
      ['spec.driver.env[0].name', /expected string/],
      ['spec.volumes', /expected array/],
    ],
  },
  {
    what: 'empty texts and one that is too long',
    spec: { image: '', driver: { podName: 'x'.repeat(254), serviceAccount: '' } },
    problems: [
      ['spec.image', /must not be empty/],
      ['spec.driver.podName', /longer than 253/],
      ['spec.driver.serviceAccount', /must not be empty/],
    ],
  },
  { what: 'null where an object belongs', spec: { driver: null }, problems: [['spec.driver', /expected object/]] },

  // Modes and restarts
  ...['client', 'in-cluster-client'].map((mode) => ({
    what: `mode ${mode}`,
    spec: { mode },
    problems: [['spec.mode', /use cluster/] as const],
  })),
  ...['Always', 'OnFailure'].map((type) => ({
    what: `restart policy ${type}`,
    spec: { restartPolicy: { type } },
    problems: [['spec.restartPolicy.type', /not supported yet; use Never/] as const],
  })),
  {
    what: 'an unknown restart policy',
    spec: { restartPolicy: { type: 'never' } },
    problems: [['spec.restartPolicy.type', /"Never"/]],
  },
  {
    what: 'a negative number of retries and no interval between them',
    spec: { restartPolicy: { onFailureRetries: -1, onFailureRetryInterval: 0 } },
    problems: [
      ['spec.restartPolicy.onFailureRetries', />=0/],
      ['spec.restartPolicy.onFailureRetryInterval', />=1/],
    ],
  },

  // Image, version, class
  { what: 'no image', spec: { image: undefined }, problems: [['spec.image', /required/]] },
  {
    what: 'an image for the driver alone',
    spec: { image: undefined, driver: { image: 'spark:4.1.4' } },
    problems: [['spec.image', /executor\.image/]],
  },
  {
    what: 'an image without a version',
    spec: { image: 'team/spark:latest' },
    problems: [['spec.sparkVersion', /team\/spark:latest/]],
  },
  {
    what: 'a driver image without a version, which counts and not the common one',
    spec: { driver: { image: 'team/spark' } },
    problems: [['spec.sparkVersion', /team\/spark /]],
  },
  {
    what: 'no main class for Scala',
    spec: { mainClass: undefined },
    problems: [['spec.mainClass', /required for type Scala/]],
  },
  {
    what: 'no main class for Java',
    spec: { type: 'Java', mainClass: undefined },
    problems: [['spec.mainClass', /required for type Java/]],
  },

  // Properties
  {
    what: 'a property for another namespace',
    spec: { sparkConf: { 'spark.kubernetes.namespace': 'other' } },
    problems: [['spec.sparkConf["spark.kubernetes.namespace"]', /is not allowed.*jobs/]],
  },
  {
    what: 'annotations under the prefix',
    spec: {
      driver: { annotations: { 'pod.sparkoperator.k8s.io/env': '[]' } },
      executor: { annotations: { 'pod.sparkoperator.k8s.io/applied': 'x' } },
      sparkConf: {
        'spark.kubernetes.driver.annotation.pod.sparkoperator.k8s.io/volumes': '[]',
        'spark.kubernetes.executor.annotation.pod.sparkoperator.k8s.io/new': '[]',
      },
    },
    problems: [
      ['spec.driver.annotations["pod.sparkoperator.k8s.io/env"]', /written by the operator/],
      ['spec.executor.annotations["pod.sparkoperator.k8s.io/applied"]', /written by the operator/],
      ['spec.sparkConf["spark.kubernetes.driver.annotation.pod.sparkoperator.k8s.io/volumes"]', /written by/],
      ['spec.sparkConf["spark.kubernetes.executor.annotation.pod.sparkoperator.k8s.io/new"]', /written by/],
    ],
  },

  // Volumes
  {
    what: 'a mount without a volume',
    spec: { executor: { volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] } },
    problems: [['spec.executor.volumeMounts[0].name', /no volume named scratch/]],
  },
  {
    what: 'two volumes of one name',
    spec: { volumes: [{ name: 'a', emptyDir: {} }, { name: 'b' }, { name: 'a', hostPath: { path: '/a' } }] },
    problems: [['spec.volumes[2].name', /another volume/]],
  },
  {
    what: 'two mounts at one path',
    spec: {
      volumes: [{ name: 'a' }, { name: 'b' }],
      driver: {
        volumeMounts: [
          { name: 'a', mountPath: '/data' },
          { name: 'b', mountPath: '/data' },
        ],
      },
    },
    problems: [['spec.driver.volumeMounts[1].mountPath', /something else is mounted/]],
  },
  {
    what: 'a ConfigMap, a Secret and a mount at one path',
    spec: {
      volumes: [{ name: 'a' }],
      executor: {
        secrets: [{ name: 's', path: '/x', secretType: 'Generic' }],
        configMaps: [
          { name: 'c', path: '/x' },
          { name: 'd', path: '/y' },
        ],
        volumeMounts: [{ name: 'a', mountPath: '/x' }],
      },
    },
    problems: [
      ['spec.executor.configMaps[0].path', /something else is mounted/],
      ['spec.executor.volumeMounts[0].mountPath', /something else is mounted/],
    ],
  },
  {
    what: 'mounts where the ConfigMaps of the application are mounted',
    spec: {
      hadoopConfigMap: 'hadoop',
      sparkConfigMap: 'spark',
      driver: { configMaps: [{ name: 'c', path: '/etc/hadoop/conf' }] },
      executor: { configMaps: [{ name: 'c', path: '/etc/spark/conf' }] },
    },
    problems: [
      ['spec.driver.configMaps[0].path', /something else is mounted/],
      ['spec.executor.configMaps[0].path', /something else is mounted/],
    ],
  },
  {
    what: "a mount that hides the driver's own configuration",
    spec: { volumes: [{ name: 'a' }], driver: { volumeMounts: [{ name: 'a', mountPath: '/opt/spark/conf' }] } },
    problems: [['spec.driver.volumeMounts[0].mountPath', /something else is mounted/]],
  },
  {
    what: 'volumes that would replace others of the pod',
    spec: {
      hadoopConfigMap: 'hadoop',
      sparkConfigMap: 'spark',
      volumes: [
        { name: 'spark-conf-volume-driver' },
        { name: 'hadoop-configmap-volume' },
        { name: 'spark-configmap-volume' },
        { name: 'c-vol' },
        { name: 's-volume' },
      ],
      driver: {
        configMaps: [{ name: 'c', path: '/c' }],
        secrets: [{ name: 's', path: '/s', secretType: 'Generic' }],
        volumeMounts: [
          { name: 'spark-conf-volume-driver', mountPath: '/1' },
          { name: 'hadoop-configmap-volume', mountPath: '/2' },
          { name: 'spark-configmap-volume', mountPath: '/3' },
          { name: 'c-vol', mountPath: '/4' },
          { name: 's-volume', mountPath: '/5' },
        ],
      },
    },
    problems: [0, 1, 2, 3, 4].map(
      (index) => [`spec.driver.volumeMounts[${index}].name`, /another volume named/] as const,
    ),
  },
  {
    what: 'a local directory of Spark',
    spec: {
      volumes: [{ name: 'spark-local-dir-1', emptyDir: {} }],
      driver: { volumeMounts: [{ name: 'spark-local-dir-1', mountPath: '/tmp/1' }] },
    },
    problems: [['spec.driver.volumeMounts[0].name', /spark-local-dir-1.*not supported yet/]],
  },

  // JSON that would not survive
  {
    what: 'a number that JavaScript can not hold',
    spec: {
      driver: {
        affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 2 ** 53 }] } },
      },
    },
    problems: [
      ['spec.driver.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight', /kept exactly/],
    ],
  },
];

describe('a manifest is refused, with the path of each field, for', () => {
  for (const { what, spec, metadata, problems } of faults) {
    it(what, () => {
      const found = problemsOf(manifest(spec, metadata));
      assert.deepEqual(found.map(({ path }) => path).sort(), problems.map(([path]) => path).sort());
      for (const [path, message] of problems) {
        assert.match(found.find((problem) => problem.path === path)?.message ?? '', message);
      }
    });
  }

  it('being of another kind or version', () => {
    assert.deepEqual(pathsOf({ ...manifest(), kind: 'ScheduledSparkApplication' }), ['kind']);
    assert.deepEqual(pathsOf({ ...manifest(), apiVersion: 'sparkoperator.k8s.io/v1beta1' }), ['apiVersion']);
    assert.deepEqual(pathsOf({}), ['apiVersion', 'kind', 'metadata', 'spec']);
  });

  for (const nothing of [null, undefined, 'text', 5, [], true]) {
    it(`being ${JSON.stringify(nothing)}`, () => assert.deepEqual(pathsOf(nothing), ['']));
  }
});

const deniedKeys = [
  'spark.kubernetes.authenticate.driver.serviceAccountName',
  'spark.kubernetes.authenticate.executor.serviceAccountName',
  'spark.kubernetes.authenticate.oauthTokenFile',
  'spark.kubernetes.authenticate.oauthToken',
  'spark.kubernetes.authenticate.driver.oauthTokenFile',
  'spark.kubernetes.authenticate.driver.oauthToken',
  'spark.kubernetes.authenticate.executor.oauthTokenFile',
  'spark.kubernetes.authenticate.executor.oauthToken',
  'spark.master',
  'spark.kubernetes.driver.master',
  'spark.kubernetes.container.image',
  'spark.kubernetes.driver.container.image',
  'spark.kubernetes.executor.container.image',
];

describe('the Spark properties that belong to the operator', () => {
  for (const key of deniedKeys) {
    it(`are refused: ${key}`, () => {
      const [problem, ...others] = problemsOf(manifest({ sparkConf: { [key]: 'x', 'spark.ui.port': '4041' } }));
      assert.deepEqual(others, []);
      assert.equal(problem?.path, specPath('sparkConf', key));
      assert.match(
        problem?.message ?? '',
        new RegExp(`^sparkConf key "${key.replaceAll('.', '\\.')}" is not allowed: .`),
      );
    });
  }

  it("include the namespace only where it is not the application's own", () => {
    assert.deepEqual(problemsOf(manifest({ sparkConf: { 'spark.kubernetes.namespace': 'jobs' } })), []);
  });

  it('are matched to the letter: a longer or differently written key is another property', () => {
    const sparkConf = { 'spark.master.rest.enabled': 'false', 'Spark.master': 'x', constructor: 'x', toString: 'y' };
    assert.deepEqual(problemsOf(manifest({ sparkConf })), []);
  });
});

describe('the labels of the operator and of Spark', () => {
  for (const name of [...operatorLabels, ...sparkLabels]) {
    const labels = { [name]: 'x', team: 'data' };
    it(`are refused wherever labels stand: ${name}`, () => {
      const sparkConf = {
        [`spark.kubernetes.driver.label.${name}`]: 'x',
        [`spark.kubernetes.executor.label.${name}`]: 'x',
        'spark.kubernetes.driver.label.team': 'data',
      };
      const paths = pathsOf(manifest({ driver: { labels }, executor: { labels }, sparkConf }, { labels }));
      assert.deepEqual(
        paths.sort(),
        [
          formatPath(['metadata', 'labels', name]),
          specPath('driver', 'labels', name),
          specPath('executor', 'labels', name),
          specPath('sparkConf', `spark.kubernetes.driver.label.${name}`),
          specPath('sparkConf', `spark.kubernetes.executor.label.${name}`),
        ].sort(),
      );
    });
  }
});

/** Fields without effect yet, as the CRD shows them: a new one is tested by standing there. */
const laterFields = schemaFields(sparkApplicationCrd()).filter(
  ({ path, schema }) => path[0] === 'spec' && schema.description?.includes(notSupportedYet),
);

/** What asks for nothing, by field. */
const neutral: Readonly<Record<string, readonly unknown[]>> = {
  schedulerName: [''],
  priorityClassName: [''],
  batchScheduler: [''],
  envFrom: [[]],
  sidecars: [[]],
  initContainers: [[]],
  hostAliases: [[]],
  ports: [[]],
  driverIngressOptions: [[]],
  hostNetwork: [false],
  shareProcessNamespace: [false],
  suspend: [false],
  driverPodDisruptionBudget: [false],
  nodeSelector: [{}],
  batchSchedulerOptions: [{}],
  sparkUIOptions: [{}],
  dynamicAllocation: [{}, { enabled: false }, { enabled: false, maxExecutors: 5 }, { maxExecutors: 5 }],
};

const asking: readonly unknown[] = [true, 1, 'x', ['x'], { x: 1 }, { enabled: true }];

describe('a field without effect yet', () => {
  it('is known as such from the schema', () => assert.ok(laterFields.length > 40, String(laterFields.length)));

  for (const { path } of laterFields) {
    const [, ...field] = path;
    const name = field.at(-1) ?? '';
    it(`is refused with its path: ${field.join('.')}`, () => {
      for (const value of asking.filter(
        (wanted) => name !== 'dynamicAllocation' || !Object.hasOwn(Object(wanted), 'x'),
      )) {
        assert.deepEqual(
          problemsOf(manifest(nested(field, value))),
          [{ path: formatPath(path), message: notSupportedYet }],
          JSON.stringify(value),
        );
      }
    });

    it(`is accepted where it asks for nothing: ${field.join('.')}`, () => {
      for (const value of [null, ...(neutral[name] ?? [])]) {
        assert.deepEqual(problemsOf(manifest(nested(field, value))), [], JSON.stringify(value));
      }
    });
  }
});

/** Fields outside of lists and maps that are texts or lists. */
const measured = schemaFields(sparkApplicationCrd()).filter(
  ({ path, schema }) =>
    path[0] === 'spec' && ['string', 'array'].includes(schema.type ?? '') && !path.some((name) => /^\W+$/.test(name)),
);

describe('a text or a list', () => {
  it('is no object that says it has a length, in any field', () => {
    assert.ok(measured.length > 40, String(measured.length));
    for (const { path } of measured) {
      const object = manifest(nested(path.slice(1), { length: { toString: 1 } }));
      assert.ok(pathsOf(object).includes(formatPath(path)), path.join('.'));
    }
  });
});

describe('problems in one line', () => {
  it('name path and message, and count what there is no room for', () => {
    const many = Array.from({ length: 12 }, (_, index) => ({ path: `spec.volumes[${index}]`, message: 'wrong' }));
    assert.match(describeProblems(many), /^spec\.volumes\[0\]: wrong; .*spec\.volumes\[9\]: wrong; and 2 more$/);
    assert.equal(describeProblems([{ path: '', message: 'not an object' }]), 'not an object');
  });

  it('quote the parts of a path that are no plain names', () => {
    assert.equal(
      formatPath(['spec', 'volumes', 0, 'a.b', 'c d', '"', '0', '']),
      'spec.volumes[0]["a.b"]["c d"]["\\""]["0"][""]',
    );
  });
});
