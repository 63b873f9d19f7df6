import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClientEnvironment } from '../../../reconciler/submission/client-environment.js';
import { buildDriver, ownedByDriver } from '../../../reconciler/submission/driver-objects.js';
import { idsOf } from '../../../reconciler/submission/ids.js';
import type { SubmitOptions } from '../../../reconciler/submission/submit-options.js';

const ids = idsOf('5d2c7b1e-0f4a-4c2f-9d3e-6a7b8c9d0e1f', 1_794_465_720_000);
const basis: SubmitOptions = {
  master: 'k8s://h:6443',
  name: 'pi',
  mainClass: 'com.example.Main',
  primaryResource: 'local:///opt/app.jar',
  arguments: [],
  jars: [],
  files: [],
  pyFiles: [],
  archives: [],
  packages: [],
  excludePackages: [],
  repositories: [],
  conf: new Map(),
};
const image = ['spark.kubernetes.container.image', 'spark:4.1.4'] as const;

function build(
  conf: Record<string, string> = {},
  {
    options = {},
    version = '4.1.4',
    environment = {},
  }: { options?: Partial<SubmitOptions>; version?: string; environment?: ClientEnvironment } = {},
) {
  return buildDriver(
    { ...basis, ...options, conf: new Map([image, ...Object.entries(conf)]) },
    version,
    environment,
    ids,
  );
}

describe('the objects of a driver', () => {
  it('are the same for the same submission, so that a retry makes no second driver', () => {
    assert.deepEqual(build(), build());
  });

  it('end with the ConfigMap without which the driver can not start', () => {
    const { resources } = build({}, { version: '4.3.0' });
    assert.deepEqual(
      resources.map(({ kind }) => kind),
      ['Service', 'NetworkPolicy', 'ConfigMap'],
    );
  });

  it('belong to the driver pod as Spark writes it', () => {
    const [service] = build().resources;
    assert.ok(service);
    assert.deepEqual(ownedByDriver(service, { name: 'p', uid: 'u' }).metadata.ownerReferences, [
      { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u', controller: true },
    ]);
    assert.equal(service.metadata.ownerReferences, undefined);
  });

  it('come from an https master where none is said', () => {
    assert.equal(build().properties.get('spark.master'), 'k8s://https://h:6443');
  });

  it('say so when the version is unknown, and when a key is not of Spark', () => {
    const { warnings, properties } = build({ 'other.key': '1' }, { version: '4.9.0' });
    assert.equal(warnings.length, 2);
    assert.match(warnings[0] ?? '', /4\.9\.0 .* Spark 4\.3/);
    assert.match(warnings[1] ?? '', /^other\.key: not a Spark property/);
    assert.equal(properties.has('other.key'), false);
  });

  it('keep a literal dependency on a Hadoop file system for the driver to fetch', () => {
    const { properties } = build({}, { options: { jars: ['s3a://bucket/a.jar'] } });
    assert.equal(properties.get('spark.jars'), 's3a://bucket/a.jar,local:///opt/app.jar');
  });
});

describe('files of the submitting machine', () => {
  it('are uploaded to folders of their own, from where the submitter is', () => {
    const { uploads, properties } = build(
      { 'spark.kubernetes.file.upload.path': 'file:///up', 'spark.files': 'a.conf,/etc/b.conf,local:///c.conf' },
      { environment: { workingDirectory: '/home' } },
    );
    assert.deepEqual(
      uploads.map(({ from }) => from),
      ['/home/a.conf', '/etc/b.conf'],
    );
    assert.equal(new Set(uploads.map(({ to }) => to)).size, 2);
    const [first = '', second = '', ...rest] = properties.get('spark.files')?.split(',') ?? [];
    assert.deepEqual(
      [first, second],
      uploads.map(({ to }) => `file://${to}`),
    );
    assert.match(first, /^file:\/\/\/up\/spark-upload-[0-9a-f-]{36}\/a\.conf$/);
    assert.deepEqual(rest, ['local:///c.conf']);
  });
});

describe('a submission is refused, never carried out in part, when it', () => {
  const jvmOnly: readonly (readonly [key: string, value: string, message: RegExp])[] = [
    ['spark.kubernetes.driver.podTemplateFile', 's3a://b/d.yaml', /only a JVM reads/],
    ['spark.kubernetes.driver.podTemplateFile', '/no/such.yaml', /does not exist/],
    ['spark.kubernetes.executor.podTemplateFile', 'hdfs://b/e.yaml', /only a JVM reads/],
    ['spark.kubernetes.driver.pod.featureSteps', 'com.example.Step', /only a JVM can run/],
    ['spark.hadoop.hadoop.security.authentication', 'kerberos', /only a JVM can do/],
    ['spark.driver.resource.gpu.amount', '1', /vendor was not specified/],
    ['spark.kubernetes.driver.volumes.short', 'x', /write it as/],
  ];
  for (const [key, value, message] of jvmOnly) {
    it(`sets ${key}=${value}`, () => {
      assert.throws(() => build({ [key]: value }), { code: 'SUBMISSION_REFUSED', message });
    });
  }

  it('would make a pod without a name', () => {
    const excluded = 'org.apache.spark.deploy.k8s.features.BasicDriverFeatureStep';
    assert.throws(() => build({ 'spark.kubernetes.driver.pod.excludedFeatureSteps': excluded }), /has no name/);
  });

  it('comes with a HADOOP_CONF_DIR that is not there', () => {
    assert.throws(() => build({}, { environment: { hadoopConfDir: '/h' } }), /HADOOP_CONF_DIR=\/h does not exist/);
  });

  for (const uri of ['app.jar', '/opt/app.jar', 'file:///opt/app.jar', 'local:///opt/my app.jar', 'local:///%zz.jar']) {
    it(`names a file of the submitting machine: ${uri}`, () => {
      assert.throws(() => build({ 'spark.files': uri }), /file of the submitting machine/);
      assert.throws(() => build({}, { options: { primaryResource: uri } }), /file of the submitting machine/);
    });
  }

  it('names a file of a submitter that has none, wherever it should be uploaded to', () => {
    const conf = { 'spark.kubernetes.file.upload.path': 'file:///up', 'spark.files': '/etc/passwd' };
    assert.throws(() => build(conf), /file of the submitting machine/);
  });

  const uploads: readonly (readonly [what: string, path: string, files: string, message: RegExp])[] = [
    ['would upload to what only a JVM reaches', 's3a://bucket/up', 'a.conf', /only a JVM can upload to it/],
    ['would upload a pattern', 'file:///up', 'conf/*.conf', /pattern of local files/],
  ];
  for (const [what, path, files, message] of uploads) {
    it(what, () => {
      const conf = { 'spark.kubernetes.file.upload.path': path, 'spark.files': files };
      assert.throws(() => build(conf, { environment: { workingDirectory: '/home' } }), message);
    });
  }

  it('has a pattern on a Hadoop file system', () => {
    assert.throws(() => build({}, { options: { jars: ['s3a://bucket/*.jar'] } }), /spark\.jars.*not supported yet/);
  });

  it('is for another cluster manager', () => {
    assert.throws(() => build({}, { options: { master: 'yarn' } }), /must start with k8s:\/\//);
  });

  it('would need a ConfigMap of more than 1 MiB', () => {
    assert.throws(() => build({ 'spark.custom': 'x'.repeat(1024 * 1024) }), /ConfigMap spark-drv-.* would take/);
  });

  it('would need more than 256 KiB of annotations', () => {
    const annotation = { 'spark.kubernetes.driver.annotation.a': 'x'.repeat(256 * 1024) };
    assert.throws(
      () => build(annotation),
      /annotations of Pod pi-.* would take 262145 bytes; Kubernetes allows 262144/,
    );
    assert.doesNotThrow(() => build({ 'spark.kubernetes.driver.annotation.a': 'x'.repeat(256 * 1024 - 1) }));
  });
});
