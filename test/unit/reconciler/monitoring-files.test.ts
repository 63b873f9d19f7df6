/** The ConfigMap with the files of monitoring: what is in it, and what becomes of one that is there already. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { putMonitoringConfigMap } from '../../../reconciler/monitoring-files.js';
import { monitoringConfigMap } from '../../../reconciler/submission/monitoring-config-map.js';
import type { ApiClient, ApiRequest } from '../../../src/kube/api-client.js';
import { ApiError } from '../../../src/kube/api-error.js';
import { application } from '../api/manifests.js';

const uid = '11111111-2222-4333-8444-555555555555';

const monitored = (prometheus: object = {}, more: object = {}) =>
  application({
    monitoring: {
      exposeDriverMetrics: true,
      exposeExecutorMetrics: false,
      prometheus: { jmxExporterJar: '/p/jmx.jar', ...prometheus },
      ...more,
    },
  });

function configMapOf(prometheus: object = {}, more: object = {}) {
  const configMap = monitoringConfigMap(monitored(prometheus, more));
  assert.ok(configMap !== undefined);
  return configMap;
}

describe('the ConfigMap of a monitored application', () => {
  it('belongs to the application, and has no label by which a driver that stops would delete it', () => {
    const { metadata } = configMapOf();
    assert.equal(metadata.name, 'pi-prom-conf');
    assert.deepEqual(metadata.labels, { 'sparkoperator.k8s.io/created-by-spark-operator': 'true' });
    assert.deepEqual(metadata.ownerReferences, [
      {
        apiVersion: 'sparkoperator.k8s.io/v1beta2',
        kind: 'SparkApplication',
        name: 'pi',
        uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ]);
  });

  it('has both files by default: a JMX sink with the metrics of the JVM, and rules for the exporter', () => {
    const { data } = configMapOf();
    assert.deepEqual(Object.keys(data), ['metrics.properties', 'prometheus.yaml']);
    assert.deepEqual(data['metrics.properties']?.trim().split('\n'), [
      '*.sink.jmx.class=org.apache.spark.metrics.sink.JmxSink',
      'driver.source.jvm.class=org.apache.spark.metrics.source.JvmSource',
      'executor.source.jvm.class=org.apache.spark.metrics.source.JvmSource',
    ]);
    assert.equal(parse(data['prometheus.yaml'] ?? '').rules.length, 13);
  });

  it('has the texts of the user instead', () => {
    const { data } = configMapOf({ configuration: 'rules: []' }, { metricsProperties: 'a=b' });
    assert.deepEqual(data, { 'metrics.properties': 'a=b', 'prometheus.yaml': 'rules: []' });
  });

  it('lacks the file that the image has', () => {
    assert.deepEqual(Object.keys(configMapOf({ configFile: '/c', configuration: 'x' }).data), ['metrics.properties']);
    assert.deepEqual(Object.keys(configMapOf({}, { metricsPropertiesFile: '/m' }).data), ['prometheus.yaml']);
  });

  it('is not there where the image has both, or nothing is exported', () => {
    assert.equal(monitoringConfigMap(monitored({ configFile: '/c' }, { metricsPropertiesFile: '/m' })), undefined);
    assert.equal(monitoringConfigMap(application()), undefined);
  });

  it('is refused where it would be too large for Kubernetes', () => {
    const metricsProperties = `#${'é'.repeat(512 * 1024)}`;
    assert.throws(() => configMapOf({}, { metricsProperties }), {
      code: 'SUBMISSION_REFUSED',
      message: /pi-prom-conf \(spec\.monitoring\) would take/,
    });
  });
});

const own = { ownerReferences: [{ apiVersion: 'v', kind: 'SparkApplication', name: 'pi', uid }] };
const generation = (value: string) => ({ annotations: { 'sparkoperator.k8s.io/generation': value } });
const byOperator = { labels: { 'sparkoperator.k8s.io/created-by-spark-operator': 'true' } };

/** A server on which that ConfigMap exists, or none. */
class ServerWithConfigMap implements ApiClient {
  readonly requests: ApiRequest[] = [];

  constructor(private readonly existing: { metadata?: object; data?: object } | undefined) {}

  async request(request: ApiRequest): Promise<unknown> {
    this.requests.push(request);
    const { existing } = this;
    if (existing === undefined || request.method === 'PATCH') return request.body;
    if (request.method === 'POST') throw new ApiError(request.path, 409, { reason: 'AlreadyExists' });
    const metadata = { name: 'pi-prom-conf', uid: 'c', resourceVersion: '5', ...existing.metadata };
    return { apiVersion: 'v1', kind: 'ConfigMap', ...existing, metadata };
  }

  async *lines(): AsyncGenerator<string> {}
}

async function put(existing?: { metadata?: object; data?: object }) {
  const server = new ServerWithConfigMap(existing);
  const configMap = configMapOf({ configuration: 'rules: []' }, { metricsProperties: 'a=b' });
  await putMonitoringConfigMap(server, { namespace: 'jobs', generation: 3 }, configMap);
  return server.requests;
}

const data = { 'metrics.properties': 'a=b', 'prometheus.yaml': 'rules: []' };

describe('putting that ConfigMap there', () => {
  it('creates it with one request', async () => {
    const requests = await put();
    assert.deepEqual(
      requests.map(({ method, path }) => [method, path]),
      [['POST', '/api/v1/namespaces/jobs/configmaps']],
    );
    assert.deepEqual(Object(requests[0]?.body).data, data);
  });

  it('changes nothing where an earlier try has done it', async () => {
    const requests = await put({ metadata: { ...own, ...byOperator, ...generation('3') }, data });
    assert.deepEqual(
      requests.map(({ method }) => method),
      ['POST', 'GET'],
    );
  });

  it('writes over what an earlier submission left, and over no version but the one that was seen', async () => {
    const old = { 'metrics.properties': 'old', gone: 'x' };
    const { method, body } = (await put({ metadata: { ...own, ...generation('2') }, data: old })).at(-1) ?? {};
    assert.equal(method, 'PATCH');
    assert.deepEqual(body, {
      metadata: { resourceVersion: '5', ...byOperator, ...generation('3') },
      data: { gone: null, ...data },
    });
  });

  it('marks equal files of an earlier submission as its own, so that nobody behind can change them', async () => {
    const { method, body } = (await put({ metadata: { ...own, ...generation('2') }, data })).at(-1) ?? {};
    assert.equal(method, 'PATCH');
    assert.deepEqual(Object(body).metadata.annotations, generation('3').annotations);
  });

  it('leaves alone what a later version of the application has written, and waits', async () => {
    await assert.rejects(put({ metadata: { ...own, ...generation('4') }, data: {} }), { code: 'API_REFUSED' });
  });

  it('takes over what the operator made for a deleted application and was told to leave behind', async () => {
    const { method, body } = (await put({ metadata: { ...byOperator, ...generation('9') }, data })).at(-1) ?? {};
    assert.equal(method, 'PATCH');
    assert.equal(Object(body).metadata.ownerReferences[0].uid, uid);
  });

  for (const [what, metadata] of [
    ['of a deleted application of that name', { ownerReferences: [{ ...own.ownerReferences[0], uid: 'another' }] }],
    ['that is being deleted', { ...own, deletionTimestamp: '2026-11-22T12:00:00Z' }],
  ] as const) {
    it(`waits for one ${what} to go`, async () => {
      await assert.rejects(put({ metadata }), { code: 'API_REFUSED', message: /has to go first/ });
    });
  }

  it("refuses to write over somebody else's", async () => {
    await assert.rejects(put({ data }), { code: 'SUBMISSION_REFUSED', message: /rename or delete it/ });
  });
});
