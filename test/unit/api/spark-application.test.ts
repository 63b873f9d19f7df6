import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { readSparkApplication } from '../../../src/api/spark-application.js';
import { goldenPods, refusedApplications } from '../pod/golden-pods.js';
import { application, manifest, pathsOf, problemsOf } from './manifests.js';

const repository = new URL('../../../../', import.meta.url);

/** In the manner of the examples and guides of the peer. */
const peersManifests: Readonly<Record<string, object>> = {
  'a Scala application with everything written out': {
    sparkVersion: '4.0.1',
    mode: 'cluster',
    imagePullPolicy: 'IfNotPresent',
    imagePullSecrets: ['registry'],
    arguments: ['5000'],
    restartPolicy: { type: 'Never' },
    driver: {
      labels: { version: '4.0.1' },
      cores: 1,
      coreLimit: '1200m',
      memory: '512m',
      serviceAccount: 'spark-operator-spark',
    },
    executor: { labels: { version: '4.0.1' }, instances: 1, cores: 1, memory: '512m', deleteOnTermination: false },
  },
  'a Python application without main class': {
    type: 'Python',
    pythonVersion: '3',
    mainClass: undefined,
    mainApplicationFile: 'local:///opt/spark/examples/src/main/python/pi.py',
    deps: { pyFiles: ['local:///opt/a.zip'], jars: ['https://example.com/a.jar'], files: [], packages: ['g:a:1'] },
    hadoopConf: { 'fs.s3a.endpoint': 'http://minio:9000' },
  },
  'a script of another language, whatever the type': {
    mainClass: undefined,
    mainApplicationFile: 'local:///opt/job.R',
  },
  'retries that the policy never uses': {
    restartPolicy: {
      type: 'Never',
      onFailureRetries: 3,
      onFailureRetryInterval: 10,
      onSubmissionFailureRetries: 5,
      onSubmissionFailureRetryInterval: 20,
    },
    failureRetries: 3,
    retryInterval: 10,
  },
  'ConfigMaps, Secrets, volumes and variables': {
    sparkConfigMap: 'spark-conf',
    hadoopConfigMap: 'hadoop-conf',
    volumes: [
      { name: 'test-volume', hostPath: { path: '/tmp', type: 'Directory' } },
      { name: 'not-mounted', emptyDir: {} },
    ],
    driver: {
      configMaps: [{ name: 'c', path: '/c' }],
      secrets: [{ name: 'gcp-svc-account', path: '/mnt/secrets', secretType: 'GCPServiceAccount' }],
      volumeMounts: [{ name: 'test-volume', mountPath: '/tmp' }],
      env: [
        { name: 'A', value: 'a' },
        { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
      ],
      envVars: { C: 'c' },
      envSecretKeyRefs: { D: { name: 's', key: 'k' } },
      annotations: { 'prometheus.io/scrape': 'true' },
      podName: 'pi-the-driver',
      kubernetesMaster: 'https://kubernetes.default',
      serviceLabels: { a: 'b' },
      serviceAnnotations: { a: 'b' },
      javaOptions: '-Dlog.level=DEBUG',
      coreRequest: '100m',
      memoryOverhead: '256m',
    },
    executor: {
      tolerations: [{ key: 'spot', operator: 'Exists' }],
      affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
    },
    nodeSelector: { disktype: 'ssd' },
    memoryOverheadFactor: '0.2',
    proxyUser: 'alice',
  },
  'images for each role and none in common': {
    image: undefined,
    driver: { image: 'spark:4.1.4' },
    executor: { image: 'spark:4.1.4' },
  },
};

describe('a manifest that the peer takes', () => {
  for (const [what, spec] of Object.entries(peersManifests)) {
    it(`is accepted: ${what}`, () => assert.deepEqual(problemsOf(manifest(spec)), []));
  }

  for (const { name, application: stored } of goldenPods()) {
    const refused = refusedApplications[name];
    it(`is ${refused === undefined ? 'accepted' : 'refused for what the API server would refuse later'}: ${name}`, () => {
      assert.deepEqual(pathsOf(stored), refused ?? []);
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

  it('keeps the fields of Kubernetes types that are not read here', () => {
    const volumes = [
      { name: 'a', csi: { driver: 'x', volumeAttributes: { b: 'c' }, newInKubernetes: [1, { d: null }] } },
    ];
    assert.deepEqual(application({ volumes }).spec.volumes, volumes);
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
});
