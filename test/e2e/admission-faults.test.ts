/**
 * Never unmutated: what happens to running applications when the registration of the webhook goes, when the policy behind it
 * goes too, and when both are back; and that the webhook is right from its first second on.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createObject, deleteObject, getObject } from '../../src/kube/api-client.js';
import { isNotFound } from '../../src/kube/api-error.js';
import { configMaps, mutatingWebhookConfigurations, pods, type Resource } from '../../src/kube/resources.js';
import { isJsonObject, type JsonObject } from '../../src/pod/json.js';
import { podWith } from '../unit/pod/pods.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { applyManifest } from './manifests.js';
import type { OperatorProcess } from './operator-process.js';
import { Site } from './site.js';

const applied = 'pod.sparkoperator.k8s.io/applied';
const taggedLabel = { 'pod.sparkoperator.k8s.io/tagged': 'true' };
const policyName = 'firesteel-tagged-pods';
const policies = admissionResource('validatingadmissionpolicies', 'ValidatingAdmissionPolicy');
const bindings = admissionResource('validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding');

function admissionResource(plural: string, kind: string): Resource {
  return { group: 'admissionregistration.k8s.io', version: 'v1', plural, kind, namespaced: false };
}

async function remove(site: Site, resource: Resource, name: string): Promise<void> {
  try {
    await deleteObject(site.client, resource, { name });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** The driver waits for a ConfigMap, so that the fault comes before its executors. */
const held = (name: string, instances: number) => ({
  driver: { configMaps: [{ name, path: '/etc/late' }] },
  executor: { instances, env: [{ name: 'GREETING', value: 'hello' }] },
});

describe('when the registration goes, and the policy too', () => {
  let site: Site;
  let webhook: OperatorProcess;
  let port: number;
  let metricsPort: number;
  before(async () => {
    site = await Site.open('e2e-faults');
    port = await freePort();
    metricsPort = await freePort();
    webhook = await startWebhook();
    await site
      .spawn('reconciler', { kubeconfig: site.kubeconfig, 'metrics-bind-address': `127.0.0.1:${metricsPort}` })
      .ready();
  });
  after(async () => {
    await applyManifest(site.client, 'charts/plain/policy.yaml');
    await site.close();
  });

  function startWebhook(): Promise<OperatorProcess> {
    const url = `https://127.0.0.1:${port}`;
    return site
      .spawn('webhook', { ...site.webhookFlags(port), kubeconfig: site.kubeconfig, 'webhook-url': url })
      .ready();
  }

  const createConfigMap = (name: string) =>
    createObject(site.client, configMaps, site.namespace, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
    });

  const isAdmitted = (labels: Record<string, string>) =>
    site.tryPod('probe', labels).then(
      () => true,
      () => false,
    );

  async function unmutatedPods(): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    return Number(/^unmutated_pods_total (\d+)$/m.exec(text)?.[1]);
  }

  const unmutatedEvents = async (name: string) =>
    (await site.eventReasons(name)).filter((reason) => reason === 'SparkPodUnmutated').length;

  it('executors of a running driver are refused by the policy, not started without their features', async () => {
    await site.submit('first', held('first', 2));
    await eventually('the driver to be admitted', () => site.pods.of('first', 'driver').length === 1);
    await deleteObject(site.client, mutatingWebhookConfigurations, { name: site.registrationName });
    await eventually('the policy to refuse tagged pods', async () => !(await isAdmitted(taggedLabel)));
    assert.equal(await isAdmitted({}), true);
    await createConfigMap('first');
    await site.untilState('first', 'RUNNING');
    await assert.rejects(site.tryPod('executor', taggedLabel), new RegExp(policyName, 'u'));
    assert.deepEqual(site.pods.of('first', 'executor'), []);
  });

  it('without the policy executors slip through, and are told of in an event each and a metric', async () => {
    assert.equal(await unmutatedPods(), 0);
    await remove(site, bindings, policyName);
    await remove(site, policies, policyName);
    await eventually('tagged pods to be admitted', () => isAdmitted(taggedLabel));
    await eventually('the executors to be there', () => site.pods.of('first', 'executor').length === 2, 60_000);
    for (const { annotations } of site.pods.of('first', 'executor')) assert.equal(annotations[applied], undefined);
    await eventually('two unmutated pods to be counted', async () => (await unmutatedPods()) === 2);
    await eventually('two events', async () => (await unmutatedEvents('first')) === 2);
    await site.untilState('first', 'COMPLETED', 90_000);
  });

  it('a driver that slips through is deleted before it can start, and the application says why', async () => {
    await site.submit('second', { driver: { env: [{ name: 'GREETING', value: 'hello' }] } });
    await site.untilMessage('second', /admitted without the features/u);
    await eventually('an event', async () => (await unmutatedEvents('second')) > 0);
    assert.ok((await unmutatedPods()) > 2);
    assert.ok(site.pods.of('second', 'driver').every(({ started }) => !started));
  });

  it('when both are back, all goes on with its features', async () => {
    await applyManifest(site.client, 'charts/plain/policy.yaml');
    assert.equal(await webhook.stop(), 0);
    webhook = await startWebhook(); // makes its registration anew
    await site.untilState('second', 'COMPLETED', 90_000);
    const started = site.pods.of('second', 'driver').filter((pod) => pod.started);
    assert.equal(started.length, 1);
    for (const { annotations } of started) assert.match(annotations[applied] ?? '', /^[0-9a-f]{64}$/u);

    const before = await unmutatedPods();
    await createConfigMap('third');
    await site.submit('third', held('third', 2));
    await site.untilState('third', 'COMPLETED', 90_000);
    assert.equal(site.pods.of('third', 'executor').length, 2);
    assert.equal(await unmutatedPods(), before);
  });
});

describe('a webhook that has just started', () => {
  let site: Site;
  before(async () => {
    site = await Site.open('e2e-cold', 'real'); // nobody needs to run these pods
  });
  after(() => site.close());

  const pod = (index: number): JsonObject => {
    const plain = podWith({
      env: [{ name: 'INDEX', value: String(index) }],
      volumes: [{ name: 'scratch', emptyDir: {} }],
      'volume-mounts': [{ name: 'scratch', mountPath: '/scratch' }],
      'config-maps': [{ name: `cm-${index}`, path: '/etc/cm' }],
      tolerations: [{ key: 'spot', operator: 'Exists' }],
      'node-selector': { pool: `p${index}` },
      sidecars: [{ name: 'shipper', image: 'busybox:1.36' }],
      'security-context': { runAsUser: 185 },
    });
    return { ...plain, metadata: { ...plain.metadata, name: `cold-${index}`, namespace: site.namespace } };
  };

  it('is right about 200 pods in its first second', async () => {
    const port = await freePort();
    await site
      .spawn('webhook', {
        ...site.webhookFlags(port),
        kubeconfig: site.kubeconfig,
        'webhook-url': `https://127.0.0.1:${port}`,
      })
      .ready();
    const created = await Promise.allSettled(
      Array.from({ length: 200 }, (_, index) => createObject(site.client, pods, site.namespace, pod(index))),
    );
    // The API server may not have read the registration yet; then it is the policy that refuses a pod. None is unmutated.
    let admitted = 0;
    for (const [index, answer] of created.entries()) {
      if (answer.status === 'rejected') {
        assert.match(String(answer.reason), new RegExp(policyName, 'u'));
        await eventually(`pod ${index} to be admitted`, () =>
          createObject(site.client, pods, site.namespace, pod(index)).then(
            () => true,
            () => false,
          ),
        );
      } else admitted += 1;
      assertFeatures(await getObject(site.client, pods, { namespace: site.namespace, name: `cold-${index}` }), index);
    }
    assert.ok(admitted > 0);
  });

  function assertFeatures(object: unknown, index: number): void {
    assert.ok(isJsonObject(object));
    const { spec, metadata } = JSON.parse(JSON.stringify(object));
    const [container, sidecar] = spec.containers;
    assert.match(metadata.annotations[applied], /^[0-9a-f]{64}$/u);
    assert.deepEqual(container.env, [{ name: 'INDEX', value: String(index) }]);
    assert.equal(container.securityContext.runAsUser, 185);
    assert.equal(sidecar.name, 'shipper');
    assert.equal(spec.nodeSelector.pool, `p${index}`);
    const names = (list: { name: string }[] = []) => list.map(({ name }) => name);
    const volumes = names(spec.volumes);
    assert.ok(volumes.includes(`cm-${index}-vol`) && volumes.includes('scratch'), volumes.join());
    // What the API server adds to the sidecar between two calls of the webhook must outlast the second.
    assert.deepEqual(
      names(sidecar.volumeMounts),
      volumes.filter((name) => name.startsWith('kube-api-access-')),
    );
  }
});
