import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { expectedDigest, renderDriver } from '../../../reconciler/driver-rendering.js';
import { defaultSettings } from '../../../reconciler/settings.js';
import { renderSubmissionPod } from '../../../reconciler/submission-pod.js';
import { readSparkApplication } from '../../../src/api/spark-application.js';
import { parseJavaProperties } from '../../../src/java-properties.js';
import { mutatePod } from '../../../src/pod/mutation.js';
import { submissionId as id, spec } from './applications.js';

const key = { id, submitTime: 0, configMapId: '0123456789abcdef' };

function application(changes: object = {}) {
  const metadata = { name: 'pi', namespace: 'team', uid: 'application-uid' };
  const reading = readSparkApplication({
    apiVersion: 'sparkoperator.k8s.io/v1beta2',
    kind: 'SparkApplication',
    metadata,
    spec: { ...spec, ...changes },
  });
  assert.ok(reading.ok, JSON.stringify(reading));
  return reading.application;
}

function render(changes: object = {}, settings = defaultSettings) {
  const { pod, configMap } = renderSubmissionPod(application(changes), key, settings);
  const text = JSON.stringify(pod);
  const container = JSON.parse(text).spec.containers[0];
  const properties = parseJavaProperties(configMap.data['spark.properties'] ?? '');
  return { pod: JSON.parse(text), container, properties, configMap };
}

describe('a submission pod', () => {
  it('can not start without the ConfigMap of its own POST', () => {
    const { pod, configMap } = render();
    assert.equal(configMap.metadata.name, 'firesteel-submission-0123456789abcdef');
    const [volume] = pod.spec.volumes;
    assert.equal(volume.configMap.name, configMap.metadata.name);
    assert.equal(volume.configMap.optional, undefined);
  });

  it('runs once, for a limited time, and is never taken for a driver', () => {
    const { pod } = render();
    assert.equal(pod.spec.restartPolicy, 'Never');
    assert.equal(pod.spec.activeDeadlineSeconds, 30 * 60);
    assert.equal(pod.metadata.labels['spark-role'], undefined);
    assert.equal(pod.metadata.labels['sparkoperator.k8s.io/submission-id'], id);
    assert.equal(pod.metadata.ownerReferences[0].uid, 'application-uid');
    assert.equal(pod.metadata.annotations, undefined);
  });

  it("has the driver's image, account, variables, Secrets and volumes", () => {
    const { pod, container } = render({
      volumes: [{ name: 'shared', emptyDir: {} }],
      imagePullSecrets: ['registry'],
      nodeSelector: { disk: 'ssd' },
      driver: {
        serviceAccount: 'spark',
        envVars: { A: '1' },
        env: [{ name: 'B', value: '2' }],
        envSecretKeyRefs: { C: { name: 'keys', key: 'c' } },
        secrets: [{ name: 'cloud', path: '/cloud', secretType: 'Generic' }],
        volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
      },
    });
    assert.equal(container.image, 'spark:4.1.4');
    assert.equal(pod.spec.serviceAccountName, 'spark');
    assert.deepEqual(pod.spec.imagePullSecrets, [{ name: 'registry' }]);
    assert.deepEqual(pod.spec.nodeSelector, { disk: 'ssd' });
    assert.deepEqual(container.env, [
      { name: 'A', value: '1' },
      { name: 'C', valueFrom: { secretKeyRef: { name: 'keys', key: 'c' } } },
      { name: 'B', value: '2' },
    ]);
    const paths = container.volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath);
    assert.deepEqual(paths, [`/tmp/spark/${id}`, '/cloud', '/shared']);
  });

  it('has an account of its own where a setting names one', () => {
    const { pod } = render({}, { ...defaultSettings, submissionPodServiceAccount: 'submitter' });
    assert.equal(pod.spec.serviceAccountName, 'submitter');
  });

  it('gives spark-submit the properties of a native submission', () => {
    const changes = { sparkConf: { 'spark.a': 'b = c' }, hadoopConf: { 'fs.x': 'y' }, executor: { instances: 3 } };
    const { properties } = render(changes);
    const native = renderDriver(application(changes), key, defaultSettings).properties;
    // What SparkSubmit itself adds, and what it is told by arguments.
    const own = new Set([
      'spark.app.name',
      'spark.app.submitTime',
      'spark.jars',
      'spark.master',
      'spark.submit.deployMode',
      'spark.submit.pyFiles',
      'spark.app.id',
      'spark.driver.blockManager.port',
      'spark.driver.host',
      'spark.driver.port',
      'spark.kubernetes.memoryOverheadFactor',
      'spark.kubernetes.resource.type',
      'spark.kubernetes.submitInDriver',
      'spark.kubernetes.executor.podNamePrefix',
    ]);
    for (const [name, value] of native) if (!own.has(name)) assert.equal(properties.get(name), value, name);
    const more = [...properties.keys()].filter((name) => !native.has(name));
    assert.deepEqual(more.sort(), [
      'spark.kubernetes.driver.annotation.pod.sparkoperator.k8s.io/owner-references',
      'spark.kubernetes.driver.label.pod.sparkoperator.k8s.io/tagged',
    ]);
  });

  it('never waits for the end of the application', () => {
    const { properties } = render({ sparkConf: { 'spark.kubernetes.submission.waitAppCompletion': 'true' } });
    assert.equal(properties.get('spark.kubernetes.submission.waitAppCompletion'), 'false');
  });

  it('passes values that a properties file would trim as arguments, which win', () => {
    const { container } = render({ sparkConf: { 'spark.a': ' blank ', 'spark.b': 'none' } });
    assert.ok(container.args.includes('spark.a= blank '));
    assert.ok(!container.args.some((argument: string) => argument.startsWith('spark.b=')));
    assert.throws(() => render({ sparkConf: { 'spark.a': ` ${'x'.repeat(130_000)}` } }), /spark\.a: begins or ends/);
  });

  it('passes arguments that look like variables as they are', () => {
    assert.ok(render({ arguments: ['$(HOME) $$'] }).container.args.includes('$$(HOME) $$$$'));
  });

  it('carries the templates of both roles where the properties name them', () => {
    const template = { spec: { containers: [{ name: 'spark-kubernetes-driver' }] } };
    const { configMap, properties } = render({ driver: { template } });
    const path = properties.get('spark.kubernetes.driver.podTemplateFile') ?? '';
    assert.ok(path.startsWith(`/tmp/spark/${id}/`));
    assert.match(configMap.data[path.slice(`/tmp/spark/${id}/`.length)] ?? '', /spark-kubernetes-driver/);
  });

  it('refuses a configuration that no ConfigMap holds', () => {
    assert.throws(() => render({ sparkConf: { 'spark.a': 'x'.repeat(1024 * 1024) } }), /Kubernetes allows 1048576/);
  });

  it('makes a driver that the webhook gives its owner and the digest that is expected', () => {
    const changes = { driver: { env: [{ name: 'A', value: '{{APP_ID}}' }] } };
    const prefix = 'spark.kubernetes.driver.annotation.';
    const annotations = [...render(changes).properties]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]);
    const { pod } = mutatePod({
      metadata: { labels: { 'spark-role': 'driver' }, annotations: Object.fromEntries(annotations) },
      spec: { containers: [{ name: 'spark-kubernetes-driver' }] },
    });
    const { metadata, spec: admitted } = JSON.parse(JSON.stringify(pod));
    assert.equal(metadata.ownerReferences[0].uid, 'application-uid');
    assert.equal(metadata.ownerReferences[0].controller, true);
    assert.deepEqual(admitted.containers[0].env, [{ name: 'A', value: '{{APP_ID}}' }]);
    assert.equal(metadata.annotations['pod.sparkoperator.k8s.io/applied'], expectedDigest(application(changes), 'pod'));
  });
});
