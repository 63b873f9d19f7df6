/**
 * A namespace that gains and loses the label, as the API server itself sees it: whether it sends tagged pods to the webhook, and what
 * the policy does with those that it does not send.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { mergePatch } from '../../src/kube/api-client.js';
import { namespaces } from '../../src/kube/resources.js';
import { at } from '../../src/sandbox/api-server/objects.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { Site } from './site.js';

const applied = 'pod.sparkoperator.k8s.io/applied';
const tagged = { 'pod.sparkoperator.k8s.io/tagged': 'true' };
const label = 'firesteel.test/selected';

describe('a namespace that is selected by label', () => {
  let site: Site;
  before(async () => {
    site = await Site.open('e2e-selector');
    const flags = { ...site.webhookFlags(await freePort()), kubeconfig: site.kubeconfig, namespaces: '' };
    await site.spawn('run', { ...flags, 'namespace-selector': `${label}=${site.namespace},!legacy` }).ready();
  });
  after(() => site.close());

  const labelled = (labels: Record<string, string | null>) =>
    mergePatch(site.client, namespaces, { name: site.namespace }, { metadata: { labels } });
  const taggedPod = () => site.tryPod('probe', tagged);
  const untilAdmitted = () => eventually('tagged pods to be admitted', taggedPod);
  const untilRefused = () =>
    eventually('tagged pods to be refused by the policy', () =>
      taggedPod().then(
        () => false,
        (error: unknown) => /firesteel-tagged-pods.*selects the namespace/su.test(String(error)),
      ),
    );

  it('has its tagged pods refused before it has the label, rather than admitted without their features', async () => {
    await untilRefused();
  });

  it('has them changed by the webhook as soon as it has the label, and its applications run', async () => {
    await site.submit('pi', { driver: { env: [{ name: 'A', value: 'b' }] } });
    await labelled({ [label]: site.namespace });
    const pod = await untilAdmitted();
    assert.match(String(at(pod, 'metadata', 'annotations', applied)), /^[0-9a-f]{64}$/u);
    await site.untilState('pi', 'COMPLETED');
  });

  it('has them refused again when a label takes it out of the selection', async () => {
    await labelled({ legacy: 'true' });
    await untilRefused();
    await labelled({ legacy: null });
    await untilAdmitted();
  });
});
