/** The parts of our Kubernetes layer that live on an API server's promises: leases and events. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { systemClock } from '../../src/clock.js';
import { EventRecorder } from '../../src/kube/event-recorder.js';
import { LeaderElection } from '../../src/kube/leader-election.js';
import { configMaps, events, leases } from '../../src/kube/resources.js';
import { silentLogger } from '../../src/log.js';
import { eventually } from '../e2e/eventually.js';
import { configMap } from './bodies.js';
import { IntegrationSite } from './site.js';

let site: IntegrationSite;
before(async () => {
  site = await IntegrationSite.open('clients');
});
after(() => site.close());

describe('the leader election', () => {
  const leaders: string[] = [];
  const candidate = (identity: string) =>
    new LeaderElection({
      client: site.client,
      namespace: site.namespace,
      name: 'leader',
      identity,
      clock: systemClock,
      random: Math.random,
      logger: silentLogger,
      retryPeriodMilliseconds: 50,
      onStartedLeading: () => leaders.push(identity),
      onStoppedLeading: () => {},
    });
  const lease = async () =>
    z
      .looseObject({ holderIdentity: z.string().default(''), leaseTransitions: z.number().default(0) })
      .parse((await site.get(leases, 'leader')).body['spec']);

  it('makes one of two candidates the leader, and the other after it', async () => {
    const first = candidate('first');
    const second = candidate('second');
    first.start();
    await eventually('the first to lead', () => first.isLeader);
    assert.equal((await lease()).holderIdentity, 'first');
    const { body } = await site.get(leases, 'leader');
    second.start();
    await eventually('the lease to be renewed', async () => {
      const now = await site.get(leases, 'leader');
      return now.body.metadata.resourceVersion !== body.metadata.resourceVersion;
    });
    assert.deepEqual([first.isLeader, second.isLeader], [true, false]);
    await first.stop();
    await eventually('the second to lead', () => second.isLeader);
    assert.deepEqual(leaders, ['first', 'second']);
    const { holderIdentity, leaseTransitions } = await lease();
    assert.deepEqual([holderIdentity, leaseTransitions > 0], ['second', true]);
    await second.stop();
    assert.equal((await lease()).holderIdentity, '');
  });
});

describe('the event recorder', () => {
  const recorder = () =>
    new EventRecorder({ client: site.client, component: 'integration', clock: systemClock, logger: silentLogger });

  it('tells what happened to an object, for who selects by it', async () => {
    const { body } = await site.create(configMaps, configMap('eventful'));
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace: site.namespace,
      name: 'eventful',
      uid: body.metadata.uid,
    };
    const telling = recorder();
    telling.record({ object, type: 'Normal', reason: 'Created', message: 'It is there.' });
    telling.record({ object, type: 'Warning', reason: 'Worn', message: 'It gets old.' });
    await telling.flush();
    const list = await site.list(events, { fieldSelector: 'involvedObject.name=eventful,type=Warning' });
    assert.deepEqual(
      list.body.items.map(({ reason, message, source }) => [reason, message, source]),
      [['Worn', 'It gets old.', { component: 'integration' }]],
    );
    assert.equal((await site.names(events, { fieldSelector: `involvedObject.uid=${body.metadata.uid}` })).length, 2);
  });
});
