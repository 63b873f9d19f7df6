import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '../../../src/kube/api-client.js';
import { ApiUnreachable } from '../../../src/kube/api-error.js';
import { LeaderElection } from '../../../src/kube/leader-election.js';
import { FakeApiServer } from './fake-api-server.js';
import { FakeClock, settle } from './fake-clock.js';
import { recordingLogger } from './fake-logger.js';

interface LeaseSpec {
  holderIdentity: string;
  leaseDurationSeconds: number;
  acquireTime: string;
  renewTime: string;
  leaseTransitions: number;
}

function setUp() {
  const server = new FakeApiServer();
  const clock = new FakeClock();
  const log = recordingLogger();
  const calls: string[] = [];
  /** @param client with faults of its own */
  const candidate = (identity: string, client: ApiClient = server) =>
    new LeaderElection({
      client,
      namespace: 'spark',
      name: 'firesteel',
      identity,
      clock,
      random: () => 0.5,
      logger: log.logger,
      onStartedLeading: () => calls.push(`${identity} leads`),
      onStoppedLeading: () => calls.push(`${identity} stops`),
    });
  const spec = (): LeaseSpec => {
    const lease = server.get('firesteel');
    assert.ok(lease !== undefined && 'spec' in lease && isLeaseSpec(lease.spec));
    return lease.spec;
  };
  return { server, clock, log, calls, candidate, spec };
}

function isLeaseSpec(value: unknown): value is LeaseSpec {
  return typeof value === 'object' && value !== null && 'holderIdentity' in value;
}

/** An `ApiClient` that a test can cut off from the server. */
function cuttable(server: FakeApiServer) {
  const link = { cut: false, loseAnswers: false };
  const client: ApiClient = {
    async request(request) {
      const lost = () => new ApiUnreachable(request.path, new Error('cut off'));
      if (link.cut) throw lost();
      const answer = await server.request(request);
      if (link.loseAnswers) throw lost();
      return answer;
    },
    lines: (request, signal) => server.lines(request, signal),
  };
  return { link, client };
}

/** `a` leads, and `b` has seen that it does. */
async function leaderAndFollower(candidate: ReturnType<typeof setUp>['candidate']) {
  const a = candidate('a');
  const b = candidate('b');
  a.start();
  await settle();
  b.start();
  await settle();
  return { a, b };
}

test('a lease that does not exist is created and leads at once', async (t) => {
  const { server, calls, candidate, spec } = setUp();
  const a = candidate('a');
  t.after(() => a.stop());
  a.start();
  await settle();
  assert.deepEqual(calls, ['a leads']);
  assert.equal(a.isLeader, true);
  assert.equal(server.requests[1]?.path, '/apis/coordination.k8s.io/v1/namespaces/spark/leases');
  assert.deepEqual(spec(), {
    holderIdentity: 'a',
    leaseDurationSeconds: 15,
    acquireTime: '2026-01-02T03:04:05.678000Z',
    renewTime: '2026-01-02T03:04:05.678000Z',
    leaseTransitions: 0,
  });
});

test('a leader renews with one request per period, and nobody else leads', async (t) => {
  const { server, clock, calls, candidate, spec } = setUp();
  const { a, b } = await leaderAndFollower(candidate);
  t.after(() => Promise.all([a.stop(), b.stop()]));
  await clock.advance(300_000);
  assert.deepEqual(calls, ['a leads']);
  assert.equal(b.isLeader, false);
  assert.equal(spec().holderIdentity, 'a');
  assert.equal(spec().acquireTime, '2026-01-02T03:04:05.678000Z');
  const puts = server.requests.filter(({ method }) => method === 'PUT').length;
  assert.ok(puts >= 149 && puts <= 150, `${puts} renewals in 300 s`);
});

test('a lease of our own identity is taken at once', async (t) => {
  const { clock, calls, candidate, spec } = setUp();
  const first = candidate('a');
  first.start();
  await settle();
  const restarted = candidate('a');
  t.after(() => restarted.stop());
  restarted.start();
  await settle();
  assert.deepEqual(calls, ['a leads', 'a leads']);
  assert.equal(spec().leaseTransitions, 0);
  await first.stop();
  await clock.advance(2_000);
});

test('another candidate leads only after the old leader has given up, and the old one learns of it', async (t) => {
  const { server, clock, calls, candidate, spec } = setUp();
  const { link, client } = cuttable(server);
  const a = candidate('a', client);
  const b = candidate('b');
  t.after(() => Promise.all([a.stop(), b.stop()]));
  a.start();
  await settle();
  b.start();
  await clock.advance(60_000);
  link.cut = true;
  for (let second = 0; second < 40; second += 1) {
    await clock.advance(1_000);
    assert.ok(!(a.isLeader && b.isLeader), `two leaders ${second} s after the cut`);
  }
  assert.deepEqual(calls, ['a leads', 'a stops', 'b leads']);
  assert.equal(spec().leaseTransitions, 1);
  link.cut = false;
  await clock.advance(60_000);
  assert.deepEqual(calls, ['a leads', 'a stops', 'b leads']);
});

test('a leader stays one when the answer to a renewal was lost', async (t) => {
  const { server, clock, calls, candidate } = setUp();
  const { link, client } = cuttable(server);
  const a = candidate('a', client);
  t.after(() => a.stop());
  a.start();
  await clock.advance(1_000);
  link.loseAnswers = true;
  await clock.advance(2_000);
  link.loseAnswers = false;
  await clock.advance(60_000);
  assert.deepEqual(calls, ['a leads']);
});

test('clocks of other machines do not matter: a lease counts as expired when it was seen unchanged for its duration', async (t) => {
  for (const renewTime of ['1999-01-01T00:00:00.000000Z', '2099-01-01T00:00:00.000000Z']) {
    const { server, clock, calls, candidate } = setUp();
    server.put('firesteel', {
      spec: { holderIdentity: 'gone', leaseDurationSeconds: 20, renewTime, leaseTransitions: 3 },
    });
    const a = candidate('a');
    t.after(() => a.stop());
    a.start();
    await clock.advance(19_900);
    assert.deepEqual(calls, [], renewTime);
    await clock.advance(3_000);
    assert.deepEqual(calls, ['a leads'], renewTime);
  }
});

test('a holder that renews at the last moment keeps its lease', async (t) => {
  const { server, clock, calls, candidate } = setUp();
  const held = { holderIdentity: 'slow', leaseDurationSeconds: 15, leaseTransitions: 0 };
  server.put('firesteel', { spec: { ...held, renewTime: 'first' } });
  const a = candidate('a');
  t.after(() => a.stop());
  a.start();
  // Looks come every 2.2 s here; at 15.1 s the lease has counted as expired since the last of them.
  await clock.advance(15_100);
  server.put('firesteel', { spec: { ...held, renewTime: 'second' } });
  await clock.advance(14_000);
  assert.deepEqual(calls, []);
});

test('a renewal counts whatever its words: a clock that was wrong may write the times of long ago', async (t) => {
  const { server, clock, calls, candidate } = setUp();
  const held = { holderIdentity: 'odd', leaseDurationSeconds: 15, leaseTransitions: 0, renewTime: 'the same' };
  server.put('firesteel', { spec: held });
  const a = candidate('a');
  t.after(() => a.stop());
  a.start();
  for (let renewals = 0; renewals < 4; renewals += 1) {
    await clock.advance(10_000);
    server.put('firesteel', { spec: held });
  }
  assert.deepEqual(calls, []);
});

test('after the event loop stalled nobody is told to lead who may have been replaced', async (t) => {
  const { clock, calls, candidate } = setUp();
  const a = candidate('a');
  t.after(() => a.stop());
  a.start();
  await clock.advance(4_000);
  clock.stall(10_001);
  assert.equal(a.isLeader, false, 'before any timer fires');
  await clock.advance(0);
  await settle();
  assert.deepEqual(calls.slice(0, 2), ['a leads', 'a stops']);
});

test('a renewal that took longer than the deadline does not count', async (t) => {
  const { server, clock, calls, candidate } = setUp();
  const a = candidate('a');
  t.after(() => a.stop());
  server.intercept = (request) => {
    if (request.method === 'POST') clock.stall(10_000);
  };
  a.start();
  await settle();
  assert.equal(a.isLeader, false);
  assert.deepEqual(calls, []);
});

test('a lease that somebody took away ends the leadership at the next look', async (t) => {
  const { server, clock, calls, candidate } = setUp();
  const a = candidate('a');
  t.after(() => a.stop());
  a.start();
  await settle();
  server.put('firesteel', { spec: { holderIdentity: 'thief', leaseDurationSeconds: 15 } });
  await clock.advance(2_000);
  assert.deepEqual(calls, ['a leads', 'a stops']);
});

test('stopping stops the leader first, then releases the lease, and the next one leads without waiting', async (t) => {
  const { server, clock, calls, candidate, spec } = setUp();
  const { a, b } = await leaderAndFollower(candidate);
  t.after(() => b.stop());
  const order: string[] = [];
  server.intercept = ({ method }) => {
    if (method === 'PUT') order.push(`PUT after ${calls.at(-1)}`);
  };
  await a.stop();
  assert.deepEqual(order, ['PUT after a stops']);
  assert.equal(spec().holderIdentity, '');
  await clock.advance(2_500);
  assert.deepEqual(calls, ['a leads', 'a stops', 'b leads']);
  assert.equal(a.isLeader, false);
});

test('trouble with the lease is logged once, and once that it is over', async (t) => {
  const { server, clock, log, candidate } = setUp();
  const { link, client } = cuttable(server);
  link.cut = true;
  const a = candidate('a', client);
  t.after(() => a.stop());
  a.start();
  await clock.advance(60_000);
  assert.equal(log.at('warn').length, 1);
  link.cut = false;
  await clock.advance(5_000);
  assert.equal(log.at('warn').length, 1);
  assert.ok(log.at('info').some(({ msg }) => msg.includes('again')));
});

test('periods that could make two leaders are refused', () => {
  const { server, clock, log } = setUp();
  assert.throws(
    () =>
      new LeaderElection({
        client: server,
        namespace: 'spark',
        name: 'firesteel',
        identity: 'a',
        clock,
        random: () => 0,
        logger: log.logger,
        renewDeadlineMilliseconds: 15_000,
        onStartedLeading: () => {},
        onStoppedLeading: () => {},
      }),
    RangeError,
  );
});

test('a candidate that is told so looks at the lease at once; a leader need not', async (t) => {
  const { server, calls, candidate } = setUp();
  const { a, b } = await leaderAndFollower(candidate);
  t.after(() => b.stop());
  const asked = server.requests.length;
  a.lookNow();
  await settle();
  assert.equal(server.requests.length, asked);
  await a.stop();
  assert.deepEqual(calls, ['a leads', 'a stops']);
  b.lookNow();
  await settle();
  assert.deepEqual(calls, ['a leads', 'a stops', 'b leads']);
});
