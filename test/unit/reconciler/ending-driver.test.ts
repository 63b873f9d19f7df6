/** Pods that do not end: they are not replaced before Kubernetes says that they are gone, and not waited for for ever. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../reconciler/decide.js';
import { renderer, specHash } from '../../../reconciler/driver-rendering.js';
import type { SparkPod } from '../../../reconciler/spark-pod.js';
import type { ApplicationState, SparkApplicationStatus } from '../../../src/api/status.js';
import { defaultTimeouts } from '../../../src/api/timeouts.js';
import { application, context, driverPod, now, present, seen, spec, submittedStatus } from './applications.js';

const { termination, sidecars } = defaultTimeouts;
const at = (milliseconds: number) => ({ ...context, now: now + milliseconds });
const going = (changes: Partial<SparkPod> = {}) =>
  driverPod({ phase: 'Running', deleting: true, deletionDeadline: now, nodeName: 'worker-1', ...changes });
const running = (restartPolicy: object = { type: 'Never' }) => {
  const whole = { ...spec, restartPolicy };
  const status: SparkApplicationStatus = {
    ...submittedStatus('pod-uid'),
    applicationState: { state: 'RUNNING' },
    submission: { specHash: specHash(whole), renderer },
    executionAttempts: 1,
  };
  return application(status, { spec: whole });
};

describe('a driver whose pod is being deleted', () => {
  const observation = seen({ ...present(going()), released: true });

  it('is followed without a word within its grace period', () => {
    const decision = decide(running(), observation, at(-10_000));
    assert.deepEqual(decision.status?.applicationState, { state: 'RUNNING' });
    assert.equal(decision.recheckAfterMilliseconds, 10_000);
  });

  it('and does not end is told of, with its node and what the user can do, and stays what it is', () => {
    const { status } = decide(running(), observation, at(0));
    assert.equal(status?.applicationState?.state, 'RUNNING');
    assert.match(
      status?.applicationState?.errorMessage ?? '',
      /^driver pod pi-driver on node worker-1 is being deleted and does not end; .*--force says so$/,
    );
  });

  it('is given up after a time, and yet not replaced', () => {
    const policy = { type: 'OnFailure', onFailureRetries: 3 };
    assert.equal(decide(running(policy), observation, at(termination - 1)).status?.applicationState?.state, 'RUNNING');
    const failing = decide(running(policy), observation, at(termination));
    assert.equal(failing.status?.applicationState?.state, 'FAILING');
    const rerun = decide({ ...running(policy), status: failing.status ?? {} }, observation, at(termination));
    assert.equal(rerun.status?.applicationState?.state, 'PENDING_RERUN');
    const gone = seen({ replaced: { kind: 'present', pod: going() } });
    const waiting = decide({ ...running(policy), status: rerun.status ?? {} }, gone, at(termination));
    assert.equal(waiting.status?.applicationState?.state, 'PENDING_RERUN');
    const end = decide(
      { ...running(policy), status: waiting.status ?? {} },
      seen({ replaced: { kind: 'present', pod: going() } }),
      at(2 * termination),
    );
    assert.equal(end.status?.applicationState?.state, 'FAILED');
    assert.match(
      end.status?.applicationState?.errorMessage ?? '',
      /gave up waiting for the run before to end: pod pi-/,
    );
  });

  it('is completed where it ends well all the same', () => {
    const pod = going({ end: { exitCode: 0 } });
    const { status } = decide(running(), seen({ ...present(pod), released: true }), at(termination + 1));
    assert.equal(status?.applicationState?.state, 'COMPLETED');
  });
});

describe('the pod of the run before that does not go', () => {
  const states: readonly ApplicationState[] = ['PENDING_RERUN', 'INVALIDATING', 'SUSPENDING'];
  for (const state of states) {
    it(`is waited for in ${state} until its time is over; then the application has failed, with the reason`, () => {
      const status: SparkApplicationStatus = {
        ...submittedStatus(),
        applicationState: { state },
        driverInfo: {},
        submission: { specHash: specHash(spec), renderer, replacedPods: ['pi-driver'] },
      };
      const record = application(status, { spec: state === 'SUSPENDING' ? { ...spec, suspend: true } : spec });
      const observation = seen({ replaced: { kind: 'present', pod: going() } });
      const begun = decide(record, observation, at(0)).status ?? {};
      const waiting = decide({ ...record, status: begun }, observation, at(termination - 1));
      assert.equal(waiting.status?.applicationState?.state, state);
      assert.match(waiting.status?.applicationState?.errorMessage ?? '', /pi-driver on node worker-1 .*does not end/);
      assert.equal(waiting.recheckAfterMilliseconds, 1);
      const { status: end } = decide({ ...record, status: begun }, observation, at(termination));
      assert.equal(end?.applicationState?.state, 'FAILED');
      assert.match(end?.applicationState?.errorMessage ?? '', /^gave up waiting for the run before to end: .*--force/);
    });
  }
});

it('a wait that begins when a pod has been going for long has its whole time', () => {
  const submission = { specHash: specHash(spec), renderer, replacedPods: ['pi-driver'] };
  const record = application({ ...submittedStatus(), applicationState: { state: 'INVALIDATING' }, submission });
  const observation = seen({ replaced: { kind: 'present', pod: going() } });
  const { status } = decide(record, observation, at(5 * termination));
  assert.equal(status?.applicationState?.state, 'INVALIDATING');
  const later = (milliseconds: number) =>
    decide({ ...record, status: status ?? {} }, observation, at(5 * termination + milliseconds));
  assert.equal(later(termination - 1).status?.applicationState?.state, 'INVALIDATING');
  assert.equal(later(termination).status?.applicationState?.state, 'FAILED');
});

describe('a driver of which nothing is heard', () => {
  it('is waited for as long as one that does not end', () => {
    const observation = seen({ ...present(driverPod({ phase: 'Unknown' })), released: true });
    const unknown = decide(running(), observation, at(0));
    assert.equal(unknown.status?.applicationState?.state, 'UNKNOWN');
    const record = { ...running(), status: unknown.status ?? {} };
    assert.equal(decide(record, observation, at(termination - 1)).status?.applicationState?.state, 'UNKNOWN');
    const { status } = decide(record, observation, at(termination));
    assert.deepEqual([status?.applicationState?.state, status?.infrastructureFailures], ['FAILED', 1]);
    const back = decide(record, seen({ ...present(driverPod({ phase: 'Running' })), released: true }), at(1));
    assert.deepEqual(
      [back.status?.applicationState?.state, back.status?.submission?.waitingSince],
      ['RUNNING', undefined],
    );
  });
});

describe('after the end', () => {
  const completed = application({
    ...submittedStatus('pod-uid'),
    applicationState: { state: 'COMPLETED' },
    terminationTime: new Date(now).toISOString(),
  });

  it('a driver that a sidecar keeps alive has some minutes, and is deleted then', () => {
    const pod = driverPod({ phase: 'Running', end: { exitCode: 0, finishedAt: new Date(now).toISOString() } });
    const early = decide(completed, seen(present(pod)), at(sidecars - 1));
    assert.deepEqual([early.action, early.recheckAfterMilliseconds], [undefined, 1]);
    const action = { kind: 'delete-driver', pod, onlyAsSeen: false };
    assert.deepEqual(decide(completed, seen(present(pod)), at(sidecars)).action, action);
  });

  it('executors that go on have a minute, and are deleted then', () => {
    const executor = driverPod({ role: 'executor', name: 'pi-exec-1', executorId: 1, phase: 'Running' });
    const ended = { ...executor, name: 'pi-exec-2', executorId: 2, phase: 'Succeeded', end: { exitCode: 0 } };
    const observation = seen({ executors: [executor, ended] });
    assert.equal(decide(completed, observation, at(59_999)).action, undefined);
    assert.deepEqual(decide(completed, observation, at(60_000)).action, { kind: 'delete-executors', pods: [executor] });
  });

  it('an executor that Spark stops has not failed', () => {
    const stopped = driverPod({
      role: 'executor',
      name: 'pi-exec-1',
      executorId: 1,
      phase: 'Failed',
      end: { exitCode: 143 },
    });
    const state = (pod: SparkPod) => decide(completed, seen({ executors: [pod] }), context).status?.executorState;
    assert.deepEqual(state(stopped), { 'pi-exec-1': 'COMPLETED' });
    assert.deepEqual(state({ ...stopped, disruption: 'PreemptionByScheduler' }), { 'pi-exec-1': 'FAILED' });
    assert.deepEqual(state({ ...stopped, end: { exitCode: 1 } }), { 'pi-exec-1': 'FAILED' });
  });
});
