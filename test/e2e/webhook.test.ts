/** No pod of ours starts unmutated, whatever happens to the webhook; the application says why it waits, and goes on. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createObject, deleteObject, getObject } from '../../src/kube/api-client.js';
import { configMaps, mutatingWebhookConfigurations, pods } from '../../src/kube/resources.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import type { OperatorProcess } from './operator-process.js';
import { Site } from './site.js';

const applied = 'pod.sparkoperator.k8s.io/applied';
const taggedLabel = { 'pod.sparkoperator.k8s.io/tagged': 'true' };
const policy = 'firesteel-tagged-pods';

/** What the webhook must do for its driver; without any, a pod does not ask for the webhook. */
const tagged = { driver: { env: [{ name: 'GREETING', value: 'hello' }] } };

describe('without a webhook', () => {
  let site: Site;
  let port: number;
  before(async () => {
    site = await Site.open('e2e-webhook');
    port = await freePort();
    await (await startWebhook()).stop(); // its registration stays
    await site.spawn('reconciler', { kubeconfig: site.kubeconfig }).ready();
  });
  after(() => site.close());

  function startWebhook(): Promise<OperatorProcess> {
    const flags = {
      ...site.webhookFlags(port),
      kubeconfig: site.kubeconfig,
      'webhook-url': `https://127.0.0.1:${port}`,
    };
    return site.spawn('webhook', flags).ready();
  }

  function registration(): Promise<unknown> {
    return getObject(site.client, mutatingWebhookConfigurations, { name: site.registrationName });
  }

  it('an application waits, says why, and completes when the webhook is back', async () => {
    await registration();
    await site.submit('waiting', tagged);
    const { status } = await site.untilMessage('waiting', /webhook/u);
    assert.equal(status.applicationState.state, 'SUBMITTED');
    assert.equal(await site.exists(pods, 'waiting-driver'), false);
    assert.deepEqual(site.pods.of('waiting', 'driver'), []);

    const webhook = await startWebhook();
    const completed = await site.untilState('waiting', 'COMPLETED', 90_000);
    assert.equal(completed.status.applicationState.errorMessage, '');
    assert.match(site.pods.driverOf('waiting').annotations[applied] ?? '', /^[0-9a-f]{64}$/u);
    assert.equal(await webhook.stop(), 0);
  });

  it('a running driver waits for its executors, and none of them starts unmutated', async () => {
    const webhook = await startWebhook();
    await site.submit('executors', {
      driver: { configMaps: [{ name: 'late', path: '/etc/late' }] }, // holds the driver until the webhook is gone
      executor: { instances: 2, env: [{ name: 'GREETING', value: 'hello' }] },
    });
    await eventually('the driver to be admitted', () => site.pods.of('executors', 'driver').length === 1);
    webhook.kill();
    await webhook.ended();
    await createObject(site.client, configMaps, site.namespace, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'late' },
    });
    await site.untilState('executors', 'RUNNING');
    await assert.rejects(site.tryPod('executor', taggedLabel), /webhook/u);
    assert.deepEqual(site.pods.of('executors', 'executor'), []);

    const again = await startWebhook();
    await site.untilState('executors', 'COMPLETED', 90_000);
    const executors = site.pods.of('executors', 'executor');
    assert.equal(executors.length, 2);
    for (const { annotations } of executors) assert.match(annotations[applied] ?? '', /^[0-9a-f]{64}$/u);
    assert.equal(await again.stop(), 0);
  });

  it('the policy refuses pods whose registration is gone; the application says so and completes when it is back', async () => {
    await deleteObject(site.client, mutatingWebhookConfigurations, { name: site.registrationName });
    await eventually('the policy to refuse a tagged pod', async () => {
      try {
        await site.tryPod('unmutated', taggedLabel);
        return false;
      } catch (error) {
        return error instanceof Error && error.message.includes(policy);
      }
    });
    await site.tryPod('untagged');

    await site.submit('refused', tagged);
    await site.untilMessage('refused', new RegExp(policy, 'u'));
    assert.deepEqual(site.pods.of('refused', 'driver'), []);

    await startWebhook(); // makes its registration anew
    await site.untilState('refused', 'COMPLETED', 90_000);
  });
});
