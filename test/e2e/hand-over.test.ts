/** Two reconcilers as processes, one of which leads; SIGTERM, as Kubernetes ends a container. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { getObject } from '../../src/kube/api-client.js';
import { leases } from '../../src/kube/resources.js';
import { at } from '../../src/sandbox/api-server/objects.js';
import { eventually } from './eventually.js';
import { Site } from './site.js';

describe('a leader that gets SIGTERM', () => {
  let site: Site;
  before(async () => {
    site = await Site.open('e2e-hand-over');
  });
  after(() => site.close());

  const start = (pod: string) => {
    const flags = { 'leader-election': 'true', 'leader-election-lock-namespace': site.namespace };
    return site.spawn(
      'reconciler',
      { ...flags, kubeconfig: site.kubeconfig, 'pod-mutation': 'template' },
      { HOSTNAME: pod },
    );
  };
  const lease = () => getObject(site.client, leases, { namespace: site.namespace, name: 'firesteel-reconciler' });
  const untilHeldBy = (pod: string) =>
    eventually(`${pod} to lead`, async () => {
      const found = await lease();
      return at(found, 'spec', 'holderIdentity') === pod && found;
    });

  it('lets go of the lease before it ends, and the other one, told so, submits what is new', async () => {
    const first = await start('first').ready();
    await untilHeldBy('first');
    start('second');
    await site.submit('before');
    await site.untilState('before', 'COMPLETED');
    const stopping = first.stop();
    await site.submit('after');
    const taken = await untilHeldBy('second');
    assert.equal(await stopping, 0);
    assert.equal(at(taken, 'spec', 'leaseTransitions'), 1);
    await site.untilState('after', 'COMPLETED');
  });
});
