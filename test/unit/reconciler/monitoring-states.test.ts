import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../reconciler/decide.js';
import type { SparkPod } from '../../../reconciler/spark-pod.js';
import type { SparkApplicationStatus } from '../../../src/api/status.js';
import {
  application,
  context,
  driverPod,
  executorPod,
  pending,
  present,
  seen,
  submittedStatus,
} from './applications.js';

const released = (pod: SparkPod, executors: SparkPod[] = []) => seen({ ...present(pod), released: true, executors });
const running: SparkApplicationStatus = { ...submittedStatus('pod-uid'), applicationState: { state: 'RUNNING' } };
const follow = (pod: SparkPod, status = submittedStatus('pod-uid')) =>
  decide(application(status), released(pod), context);

describe('the status follows the driver', () => {
  const ended = (exitCode: number, message?: string) => ({
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    ...(message ? { message } : {}),
  });
  const rows: [string, Partial<SparkPod>, string, string | undefined, string[]][] = [
    ['pending', {}, 'SUBMITTED', undefined, []],
    ['running', { phase: 'Running' }, 'RUNNING', undefined, ['SparkDriverRunning']],
    [
      'ended well',
      { phase: 'Succeeded', end: ended(0) },
      'COMPLETED',
      undefined,
      ['SparkDriverRunning', 'SparkDriverCompleted', 'SparkApplicationCompleted'],
    ],
    [
      'ended well beside a sidecar that goes on',
      { phase: 'Running', end: ended(0) },
      'COMPLETED',
      undefined,
      ['SparkDriverRunning', 'SparkDriverCompleted', 'SparkApplicationCompleted'],
    ],
    [
      'ended well beside a sidecar that failed',
      { phase: 'Failed', end: ended(0) },
      'COMPLETED',
      undefined,
      ['SparkDriverRunning', 'SparkDriverCompleted', 'SparkApplicationCompleted'],
    ],
    [
      'exited with 3',
      { phase: 'Failed', end: ended(3, 'no such table\n') },
      'FAILED',
      'driver container failed with ExitCode: 3, Reason: Error; container spark-kubernetes-driver of pod pi-driver; ' +
        'last words: no such table',
      ['SparkDriverRunning', 'SparkDriverFailed', 'SparkApplicationFailed'],
    ],
    [
      'evicted',
      { phase: 'Failed', failure: 'Evicted: low on memory' },
      'FAILED',
      'driver container status missing; Evicted: low on memory; container spark-kubernetes-driver of pod pi-driver',
      ['SparkDriverFailed', 'SparkApplicationFailed'],
    ],
    ['on a node that does not answer', { phase: 'Unknown' }, 'UNKNOWN', undefined, ['SparkDriverUnknown']],
    [
      'unschedulable',
      pending('scheduling', { reason: 'Unschedulable', message: '0/1 nodes: Insufficient memory' }),
      'SUBMITTED',
      'driver pod is pending: Unschedulable: 0/1 nodes: Insufficient memory',
      [],
    ],
  ];
  for (const [name, pod, state, errorMessage, reasons] of rows) {
    it(`${name}: ${state}`, () => {
      const decision = follow(driverPod(pod));
      assert.deepEqual(decision.status?.applicationState, {
        state,
        ...(errorMessage === undefined ? {} : { errorMessage }),
      });
      assert.deepEqual(
        (decision.events ?? []).map(({ reason }) => reason),
        reasons,
      );
      assert.equal(decision.status?.terminationTime !== undefined, state === 'COMPLETED' || state === 'FAILED');
    });
  }

  it('says nothing new while nothing is new', () => {
    const decision = follow(driverPod({ phase: 'Running' }), running);
    assert.deepEqual(decision.status, running);
    assert.deepEqual(decision.events, []);
  });

  it('a cache that is behind takes no state back', () => {
    for (const state of ['RUNNING', 'UNKNOWN'] as const) {
      const decision = follow(driverPod(), { ...running, applicationState: { state } });
      assert.equal(decision.status, undefined);
      assert.ok(decision.recheckAfterMilliseconds);
    }
  });

  it('the two reasons of a failing pull do not take turns in the status', () => {
    const first = follow(
      driverPod(pending('image pull', { reason: 'ErrImagePull', message: 'container c: not found' })),
    ).status;
    const second = follow(
      driverPod(pending('image pull', { reason: 'ImagePullBackOff', message: 'container c: Back-off' })),
      first,
    );
    assert.deepEqual(second.status?.applicationState, first?.applicationState);
    assert.match(first?.applicationState?.errorMessage ?? '', /ErrImagePull: container c: not found/);
  });

  it('last words are bounded, and their end is kept', () => {
    const message = `${'x'.repeat(10_000)}the end`;
    const errorMessage =
      follow(driverPod({ phase: 'Failed', end: { exitCode: 1, message } })).status?.applicationState?.errorMessage ??
      '';
    assert.ok(Buffer.byteLength(errorMessage) <= 2_048);
    assert.match(errorMessage, /^driver container failed with ExitCode: 1.*the end$/s);
  });

  it('a submission of the peer, which has no mark of ours, is followed as it is', () => {
    const { submission, ...status } = submittedStatus();
    const decision = decide(application(status), seen(present(driverPod({ phase: 'Running' }))), context);
    assert.equal(decision.status?.applicationState?.state, 'RUNNING');
  });
});

describe('executors', () => {
  it('appear, run, end and vanish in the status, with an event for each change', () => {
    const pods = [
      executorPod(1, { phase: 'Running' }),
      executorPod(2),
      executorPod(3, { phase: 'Failed', end: { exitCode: 137, reason: 'OOMKilled' } }),
    ];
    const first = decide(application(running), released(driverPod({ phase: 'Running' }), pods), context);
    assert.deepEqual(first.status?.executorState, {
      'pi-exec-1': 'RUNNING',
      'pi-exec-2': 'PENDING',
      'pi-exec-3': 'FAILED',
    });
    assert.deepEqual(
      first.events?.map(({ reason }) => reason),
      ['SparkExecutorRunning', 'SparkExecutorPending', 'SparkExecutorFailed'],
    );
    assert.match(first.events?.[2]?.message ?? '', /ExitCode: 137, Reason: OOMKilled/);
    const second = decide(application(first.status), released(driverPod({ phase: 'Running' })), context);
    assert.deepEqual(second.status?.executorState, {
      'pi-exec-1': 'UNKNOWN',
      'pi-exec-2': 'UNKNOWN',
      'pi-exec-3': 'FAILED',
    });
  });

  it('that were admitted without their features are told of, once', () => {
    const executors = [
      executorPod(1, { isTagged: true }),
      executorPod(2, { isTagged: true, applied: 'a'.repeat(64) }),
      executorPod(3),
      executorPod(4, { isTagged: true, applied: 'yes' }),
    ];
    const unmutated = (events: readonly { reason: string; message: string }[] = []) =>
      events.filter(({ reason }) => reason === 'SparkPodUnmutated').map(({ message }) => message.split(' ', 2)[1]);
    const observation = seen({ ...present(driverPod({ phase: 'Running' })), executors, released: true });
    const first = decide(application(submittedStatus('pod-uid')), observation, context);
    assert.deepEqual(unmutated(first.events), ['pi-exec-1', 'pi-exec-4']);
    const second = decide(application(first.status), observation, context);
    assert.deepEqual(unmutated(second.events), []);
  });

  it('that vanish with a driver that ended well count as completed', () => {
    const status = { ...running, executorState: { 'pi-exec-1': 'RUNNING' as const } };
    const decision = decide(
      application(status),
      released(driverPod({ phase: 'Succeeded', end: { exitCode: 0 } })),
      context,
    );
    assert.deepEqual(decision.status?.executorState, { 'pi-exec-1': 'COMPLETED' });
  });

  it('beyond the limit are left out', () => {
    const settings = { ...context.settings, maximumTrackedExecutors: 1 };
    const observation = released(driverPod({ phase: 'Running' }), [executorPod(1), executorPod(2)]);
    const decision = decide(application(running), observation, { ...context, settings });
    assert.deepEqual(Object.keys(decision.status?.executorState ?? {}), ['pi-exec-1']);
  });
});

describe('after the end', () => {
  const failed: SparkApplicationStatus = { ...submittedStatus('pod-uid'), applicationState: { state: 'FAILED' } };

  it('a driver of a failed application that may still run is deleted, one that ended is kept for its logs', () => {
    const action = { kind: 'delete-driver', pod: driverPod(), onlyAsSeen: true };
    assert.deepEqual(decide(application(failed), seen(present(driverPod())), context).action, action);
    const ended = seen(present(driverPod({ phase: 'Failed' })));
    assert.equal(decide(application(failed), ended, context).action, undefined);
  });

  it('the driver of a completed application is kept, whatever an old view shows of it', () => {
    const completed = application({ ...failed, applicationState: { state: 'COMPLETED' } });
    assert.equal(decide(completed, seen(present(driverPod())), context).action, undefined);
  });

  it('a state that a newer version wrote is left alone', () => {
    assert.deepEqual(decide(application({ applicationState: { state: 'PAUSED' } }), seen(), context), {});
  });

  it("the peer's SUBMISSION_FAILED ends as FAILED", () => {
    const decision = decide(
      application({ applicationState: { state: 'SUBMISSION_FAILED', errorMessage: 'why' } }),
      seen(),
      context,
    );
    assert.deepEqual(decision.status?.applicationState, { state: 'FAILED', errorMessage: 'why' });
  });
});
