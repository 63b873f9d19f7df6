/** What an application does when the API server refuses to delete a pod: it waits in words where it must, and never for ever. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApplicationRecord } from '../../../reconciler/application-record.js';
import { decide } from '../../../reconciler/decide.js';
import type { Decision } from '../../../reconciler/decision.js';
import { renderer, rendererOf, specHash } from '../../../reconciler/driver-rendering.js';
import { defaultSettings } from '../../../reconciler/settings.js';
import { formatTime } from '../../../src/api/status.js';
import { application, driverPod, executorPod, now, present, seen, spec, submittedStatus } from './applications.js';

const newSubmissionId = '99999999-2222-4333-8444-555555555555';
const at = (time: number) => ({ now: time, newSubmissionId, settings: defaultSettings });
const context = at(now);
/** Past every pause between two tries. */
const later = now + 60 * 60_000;
const { termination } = defaultSettings.timeouts;

const pod = driverPod({ phase: 'Running' });
const undeletable = new Map([[pod.uid, 'pods is forbidden']]);
const state = ({ status }: Decision) => status?.applicationState?.state;
const message = ({ status }: Decision) => status?.applicationState?.errorMessage ?? '';

function between(state: string, submission: object = {}): ApplicationRecord {
  const replaced = { specHash: specHash(spec), renderer, replacedPods: ['pi-driver'], ...submission };
  const status = { ...submittedStatus(), applicationState: { state }, driverInfo: {}, submission: replaced };
  return application(status, { spec: { ...spec, restartPolicy: { type: 'Always' } } });
}

describe('a pod whose deletion is refused', () => {
  const old = seen({ replaced: { kind: 'present', pod }, undeletable });

  for (const before of ['SUBMISSION_FAILED', 'PENDING_RERUN', 'INVALIDATING', 'SUSPENDING']) {
    it(`is waited for in ${before}, and the status says whose deletion that is, and why`, () => {
      const decision = decide(between(before), old, at(later));
      assert.deepEqual([state(decision), decision.action], [before, undefined]);
      assert.match(message(decision), /waiting for pod pi-driver to go: its deletion is refused: pods is forbidden/u);
      assert.equal(decision.status?.submission?.waitingSince, formatTime(later));
      assert.ok(decision.recheckAfterMilliseconds);
    });

    it(`is given up in ${before} when the time for the end of a pod is over, and not before`, () => {
      const record = between(before, { waitingSince: formatTime(later) });
      assert.equal(state(decide(record, old, at(later + termination - 1))), before);
      const late = decide(record, old, at(later + termination));
      assert.equal(state(late), 'FAILED');
      assert.match(message(late), /gave up waiting for the run before to end: .* is refused: pods is forbidden/u);
    });
  }

  it('is waited for by a submission for as long as a submission may wait', () => {
    const stranger = driverPod({ submissionId: 'older' });
    const view = seen({ ...present(stranger), undeletable });
    const record = application(submittedStatus());
    assert.match(message(decide(record, view, context)), /waiting for pod pi-driver to go: its deletion is refused/u);
    const waiting = { specHash: specHash(spec), renderer: rendererOf(defaultSettings), waitingSince: formatTime(now) };
    const late = { ...record, status: { ...record.status, submission: waiting } };
    const decision = decide(late, view, at(now + defaultSettings.timeouts.submission));
    assert.equal(state(decision), 'FAILED');
    assert.match(message(decision), /gave up waiting for pod pi-driver to go: its deletion is refused/u);
  });

  it('is tried first in each pass', () => {
    const view = seen({ replaced: { kind: 'present', pod } });
    assert.equal(decide(between('PENDING_RERUN'), view, context).action?.kind, 'delete-driver');
  });
});

describe('what does not need the deletion goes on without it:', () => {
  const ended = (state: string, changes: object = {}) =>
    application(
      { ...submittedStatus(pod.uid), applicationState: { state }, terminationTime: formatTime(now) },
      { spec: { ...spec, ...changes } },
    );

  it('the next run of one that failed, whose clean-up then waits for the pod', () => {
    const record = ended('FAILING', { restartPolicy: { type: 'Always' } });
    assert.equal(decide(record, seen(present(pod)), context).action?.kind, 'delete-driver');
    assert.equal(state(decide(record, seen({ ...present(pod), undeletable }), at(later))), 'PENDING_RERUN');
  });

  it('the time to live, past a driver and executors that stay', () => {
    const executor = executorPod(1, { uid: 'executor-uid', phase: 'Running' });
    const view = seen({ ...present(pod), executors: [executor] });
    const record = ended('FAILED', { timeToLiveSeconds: 600 });
    const late = at(now + 600_000);
    assert.equal(decide(record, view, late).action?.kind, 'delete-driver');
    assert.equal(decide(record, { ...view, undeletable }, late).action?.kind, 'delete-executors');
    const both = new Map([...undeletable, [executor.uid, 'forbidden']]);
    assert.deepEqual(decide(record, { ...view, undeletable: both }, late).action, { kind: 'delete-application' });
  });

  it('the run, past a submission pod that has done its work', () => {
    const spent = driverPod({ name: 'pi-submission', uid: 'spent', role: undefined, isSubmitter: true });
    const view = seen({ ...present(pod), released: true, strays: [spent] });
    const record = application(submittedStatus(pod.uid));
    assert.equal(decide(record, view, context).action?.kind, 'delete-driver');
    const refused = decide(record, { ...view, undeletable: new Map([['spent', 'forbidden']]) }, context);
    assert.equal(state(refused), 'RUNNING');
  });

  it('the deletion of other pods of an application that is held by a finalizer', () => {
    const stray = driverPod({ name: 'pi-old', uid: 'stray' });
    const record = { ...application(submittedStatus(pod.uid)), deleting: true };
    const view = seen({ ...present(pod), strays: [stray], undeletable: new Map([['stray', 'forbidden']]) });
    assert.deepEqual(decide(record, view, context).action, { kind: 'delete-driver', pod, onlyAsSeen: true });
  });

  it('and it is tried again some minutes later', () => {
    const record = ended('COMPLETED');
    const stray = driverPod({ name: 'pi-old', uid: pod.uid });
    const decision = decide(record, seen({ strays: [stray], undeletable }), context);
    assert.deepEqual([decision.action, decision.recheckAfterMilliseconds], [undefined, 5 * 60_000]);
  });
});
