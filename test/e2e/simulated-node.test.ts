/** The simulated node on a real API server: what the other tests rely on when they use it in place of a kubelet. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createObject, deleteObject } from '../../src/kube/api-client.js';
import { configMaps, pods, services } from '../../src/kube/resources.js';
import { eventually } from './eventually.js';
import type { RecordedPod } from './pod-record.js';
import { Site, script } from './site.js';

const applicationLabel = 'sparkoperator.k8s.io/app-name';

describe('the simulated node', () => {
  let site: Site;
  before(async () => {
    site = await Site.open('e2e-node');
  });
  after(() => site.close());

  /** A driver pod as spark-submit makes one, without its ConfigMap. */
  async function createDriver(name: string, scripted: Record<string, string> = {}): Promise<void> {
    await createObject(site.client, pods, site.namespace, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `${name}-driver`,
        labels: { [applicationLabel]: name, 'spark-role': 'driver', 'spark-app-selector': `spark-${name}` },
        annotations: script(scripted),
      },
      spec: {
        restartPolicy: 'Never',
        containers: [{ name: 'spark-kubernetes-driver', image: 'spark:3.5.1' }],
        volumes: [{ name: 'spark-conf-volume-driver', configMap: { name: `${name}-conf` } }],
      },
    });
  }

  async function createConf(name: string, properties: Record<string, string>): Promise<void> {
    const lines = Object.entries(properties).map(([key, value]) => `${key}=${value}\n`);
    await createObject(site.client, configMaps, site.namespace, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `${name}-conf` },
      data: { 'spark.properties': lines.join('') },
    });
  }

  const untilPhase = (name: string, phase: string): Promise<RecordedPod> =>
    eventually(`driver ${name} to be ${phase}`, () =>
      site.pods.of(name, 'driver').find(({ pod }) => pod.status?.phase === phase),
    );

  it('starts no driver before its ConfigMap exists', async () => {
    await createDriver('fenced');
    await eventually('the driver to be held', () =>
      site.pods
        .of('fenced', 'driver')
        .some(({ pod }) => pod.status?.containerStatuses?.[0]?.state?.waiting?.reason === 'ContainerCreating'),
    );
    assert.equal(site.pods.driverOf('fenced').started, false);
    await createConf('fenced', { 'spark.executor.instances': '0' });
    const { uid } = await untilPhase('fenced', 'Succeeded');
    assert.equal(site.node.startedDrivers.get(uid), `${site.namespace}/fenced-driver`);
  });

  it('lets a driver have its executors and take them and its Service along when it ends', async () => {
    const name = 'executors';
    await createObject(site.client, services, site.namespace, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'executors-svc', labels: { 'spark-app-selector': 'spark-executors' } },
      spec: { clusterIP: 'None' },
    });
    await createConf(name, {
      'spark.app.id': 'spark-executors',
      'spark.executor.instances': '2',
      'spark.kubernetes.container.image': 'spark\\:3.5.1',
      [`spark.kubernetes.executor.label.${applicationLabel}`]: name,
    });
    await createDriver(name);
    await untilPhase(name, 'Succeeded');
    assert.equal(await site.exists(services, 'executors-svc'), false);
    const executors = site.pods.of(name, 'executor');
    assert.deepEqual(
      executors.map(({ labels, started, pod }) => [labels['spark-exec-id'], started, pod.status?.phase]),
      [
        ['1', true, 'Succeeded'],
        ['2', true, 'Succeeded'],
      ],
    );
    for (const executor of executors) assert.equal(await site.exists(pods, executor.name), false);
  });

  it('forgets a pod that is deleted while it runs', async () => {
    await createConf('deleted', { 'spark.executor.instances': '0' });
    await createDriver('deleted', { duration: 'forever' });
    await untilPhase('deleted', 'Running');
    await deleteObject(site.client, pods, { namespace: site.namespace, name: 'deleted-driver' });
    await eventually('the pod to be gone', async () => !(await site.exists(pods, 'deleted-driver')));
  });
});
