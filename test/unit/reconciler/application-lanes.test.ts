/** In which lane an application waits, and what those are told that wait long. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { placeOf } from '../../../reconciler/application-lanes.js';
import type { ApplicationRecord } from '../../../reconciler/application-record.js';
import type { ApplicationEvent } from '../../../reconciler/decision.js';
import { WaitingNotices } from '../../../reconciler/waiting-notices.js';
import type { SparkApplicationStatus } from '../../../src/api/status.js';
import { objectKey } from '../../../src/kube/objects.js';
import { FakeClock } from '../kube/fake-clock.js';
import { application } from './applications.js';

const key = objectKey({ namespace: 'jobs', name: 'pi' });
const laneOf = (status: SparkApplicationStatus, more: Partial<ApplicationRecord> = {}) =>
  placeOf(key, application(status, more)).lane;

describe('an application waits', () => {
  it('for its submission while no driver is claimed, and for its status once one is', () => {
    assert.equal(laneOf({}), 'submission');
    assert.equal(laneOf({ applicationState: { state: 'SUBMITTED' } }), 'submission');
    assert.equal(laneOf({ applicationState: { state: 'SUBMITTED' }, driverInfo: { podUid: 'u' } }), 'status');
    for (const state of ['RUNNING', 'UNKNOWN', 'COMPLETED', 'FAILED', 'SUSPENDING'] as const) {
      assert.equal(laneOf({ applicationState: { state } }), 'status', state);
    }
    for (const state of ['PENDING_RERUN', 'SUBMISSION_FAILED', 'FAILING'] as const) {
      assert.equal(laneOf({ applicationState: { state } }), 'submission', state);
    }
  });

  it('with the statuses when it is being deleted or gone: that takes no submission', () => {
    assert.equal(laneOf({}, { deleting: true }), 'status');
    assert.equal(placeOf(key, undefined).lane, 'status');
  });

  it('by its age among those of its namespace', () => {
    const { group, rank } = placeOf(key, application({}, { createdAt: 1_234 }));
    assert.deepEqual([group, rank], ['jobs', 1_234]);
  });
});

describe('an application that has waited for ten seconds', () => {
  function setUp(waiting: () => { key: typeof key; lane: 'status' | 'submission'; since: number }[]) {
    const clock = new FakeClock();
    const told: ApplicationEvent[] = [];
    const notices = new WaitingNotices({
      queue: { waiting: () => waiting().values(), depthOf: () => 42 },
      limits: { concurrency: 10, perNamespace: 2 },
      clock,
      tell: (_, event) => told.push(event),
    });
    notices.start();
    return { clock, told, notices };
  }

  it('is told once why, in words and with the limits', async () => {
    const { clock, told, notices } = setUp(() => [{ key, lane: 'submission', since: begin }]);
    const begin = clock.elapsed();
    await clock.advance(9_000);
    assert.equal(told.length, 0);
    await clock.advance(21_000);
    const [event, ...more] = told;
    assert.deepEqual(more, []);
    assert.equal(event?.reason, 'SparkApplicationQueued');
    assert.match(event?.message ?? '', /42 applications in all: at most 10 .*2 of one namespace/);
    notices.stop();
    assert.equal(clock.pending, 0);
  });

  it('is told again when it waits again, and a status that waits is nobody to be told', async () => {
    let lane: 'status' | 'submission' = 'submission';
    const { clock, told } = setUp(() => (lane === 'status' ? [] : [{ key, lane, since: 0 }]));
    await clock.advance(5_000);
    lane = 'status';
    await clock.advance(5_000);
    lane = 'submission';
    await clock.advance(5_000);
    assert.equal(told.length, 2);
  });
});
