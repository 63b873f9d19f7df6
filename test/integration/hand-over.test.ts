/**
 * Two reconcilers, one lease. On their clock no time passes, so no timer ever fires: whatever the one does after the other has
 * ended, it does because it was told that the lease is free, and not because it looked again after a while.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../src/clock.js';
import type { ClusterSession } from '../../src/commands/cluster-session.js';
import { commandFlags } from '../../src/commands/command-flags.js';
import { readFlags } from '../../src/commands/flags.js';
import { startReconciler } from '../../src/commands/reconciler-process.js';
import { leases, pods, sparkApplications } from '../../src/kube/resources.js';
import { silentLogger } from '../../src/log.js';
import { at } from '../../src/sandbox/api-server/objects.js';
import { SimulatedNode } from '../../src/sandbox/simulated-node.js';
import { eventually } from '../e2e/eventually.js';
import { FakeClock } from '../unit/kube/fake-clock.js';
import { application } from './bodies.js';
import { IntegrationSite } from './site.js';

const parts = { random: Math.random, logger: silentLogger };
const clock = new FakeClock(Date.now());

let site: IntegrationSite;
before(async () => {
  site = await IntegrationSite.open('hand-over');
  const { client, namespace } = site;
  const node = new SimulatedNode({ client, clock: systemClock, ...parts, namespace });
  node.start();
  site.finally(() => node.stop());
});
after(() => site.close());

/** @param pod by which the holder of the lease is named */
function startReplica(pod: string) {
  const { signal } = new AbortController();
  const { client, namespace: ownNamespace } = site;
  const session: ClusterSession = { client, clock, ...parts, ownNamespace, signal, close: async () => {} };
  const flags = readFlags(
    commandFlags.reconciler,
    [`--namespaces=${ownNamespace}`, '--leader-election=true', '--pod-mutation=template'],
    {},
  );
  const io = { environment: { HOSTNAME: pod }, out: () => {}, warn: () => {}, signal };
  return startReconciler(session, flags, io, () => {});
}

const holder = async () => at((await site.get(leases, 'firesteel-reconciler')).body, 'spec', 'holderIdentity');
const untilHeldBy = (pod: string) => eventually(`${pod} to lead`, async () => (await holder()) === pod);
const until = (name: string, state: string) =>
  eventually(`${name} to be ${state}`, async () => {
    const { body } = await site.get(sparkApplications, name);
    if (at(body, 'status', 'applicationState', 'state') === state) return true;
    throw new Error(JSON.stringify(body['status'] ?? null));
  });
const submit = (name: string, duration: string) =>
  site.create(
    sparkApplications,
    application(name, {
      driver: { annotations: { 'sandbox.firesteel/duration': duration } },
      executor: { instances: 1 },
    }),
  );

describe('a leader that is asked to end', () => {
  it('hands over at once: the other one follows what runs, and submits what is new', async () => {
    const first = await startReplica('first');
    await untilHeldBy('first');
    const second = await startReplica('second');
    site.finally(() => second.stop());
    await submit('running', '5s');
    await until('running', 'RUNNING');
    const { uid } = (await site.get(pods, 'running-driver')).body.metadata;
    await first.stop();
    await untilHeldBy('second');
    await submit('later', '100ms');
    await until('later', 'COMPLETED');
    await until('running', 'COMPLETED');
    assert.equal((await site.get(pods, 'running-driver')).body.metadata.uid, uid);
  });
});
