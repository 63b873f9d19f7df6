/** What follows the end of a run, of a submission, of a spec, of a suspension and of an application. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApplicationRecord } from '../../../reconciler/application-record.js';
import { decide } from '../../../reconciler/decide.js';
import type { Decision, Observation } from '../../../reconciler/decision.js';
import { renderer, specHash } from '../../../reconciler/driver-rendering.js';
import type { SparkApplicationStatus } from '../../../src/api/status.js';
import { application, cached, context, driverPod, now, present, seen, spec, submittedStatus } from './applications.js';

const second = 1_000;
/** When the latest submission of these applications was begun. */
const begun = now;

const released = (changes: Parameters<typeof driverPod>[0]): Observation =>
  seen({ ...present(driverPod(changes)), released: true });
const hasFailed = released({ phase: 'Failed', end: { exitCode: 1 } });
const hasSucceeded = released({ phase: 'Succeeded', end: { exitCode: 0 } });
const nothingLeft = seen({ replaced: { kind: 'absent' } });

const at = (milliseconds: number) => ({ ...context, now: milliseconds });
const state = (decision: Decision) => decision.status?.applicationState?.state;
const reasons = (decision: Decision) => decision.events?.map(({ reason }) => reason);

/** An application with another spec, submitted as it is. */
function submitted(changes: object, status: SparkApplicationStatus = {}): ApplicationRecord {
  const whole = { ...spec, ...changes };
  const before = submittedStatus('pod-uid');
  return application(
    { ...before, executionAttempts: 1, submission: { specHash: specHash(whole), renderer }, ...status },
    { spec: whole },
  );
}

/** As the decision has written it. */
const after = (record: ApplicationRecord, decision: Decision): ApplicationRecord => ({
  ...record,
  status: decision.status ?? record.status,
});

interface Arithmetic {
  readonly policy: object;
  /** Runs, or tries to submit, that there were. */
  readonly tries: number;
  /** Seconds after the beginning of the latest at which the next may begin; undefined: never. */
  readonly next: number | undefined;
  /** The same after a run, where that differs: one that runs for ever does not wait for all the runs of its life. */
  readonly afterRun?: number;
}

const never = [1, 2].map((tries) => ({ policy: { type: 'Never', retries: 5, interval: 10 }, tries, next: undefined }));

const arithmetic: readonly Arithmetic[] = [
  ...never,
  { policy: { type: 'Always' }, tries: 1, next: 5 },
  { policy: { type: 'Always' }, tries: 40, next: 200, afterRun: 5 },
  { policy: { type: 'Always', retries: 1, interval: 7 }, tries: 3, next: 21, afterRun: 7 },
  { policy: { type: 'OnFailure' }, tries: 1, next: undefined },
  { policy: { type: 'OnFailure', retries: 0 }, tries: 1, next: undefined },
  { policy: { type: 'OnFailure', retries: 1 }, tries: 1, next: 5 },
  { policy: { type: 'OnFailure', retries: 1 }, tries: 2, next: undefined },
  { policy: { type: 'OnFailure', retries: 3, interval: 60 }, tries: 3, next: 180 },
  { policy: { type: 'OnFailure', retries: 3, interval: 60 }, tries: 4, next: undefined },
];

const named = (policy: object, names: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(policy).map(([key, value]) => [names[key] ?? key, value]));

describe('a run that fails', () => {
  const names = { retries: 'onFailureRetries', interval: 'onFailureRetryInterval' };
  for (const { policy, tries, next: afterTry, afterRun: next = afterTry } of arithmetic) {
    const restartPolicy = named(policy, names);
    it(`${next === undefined ? 'ends the application' : `is followed by another after ${next} s`}: ${JSON.stringify(restartPolicy)}, ${tries} runs`, () => {
      const record = submitted({ restartPolicy }, { executionAttempts: tries });
      const failed = decide(record, hasFailed, at(begun));
      assert.equal(state(failed), next === undefined ? 'FAILED' : 'FAILING');
      assert.match(failed.status?.applicationState?.errorMessage ?? '', /ExitCode: 1/);
      if (next === undefined) return;
      const failing = after(record, failed);
      const early = decide(failing, seen(), at(begun + next * second - 1));
      assert.deepEqual(early, { recheckAfterMilliseconds: 1 });
      const due = decide(failing, seen(), at(begun + next * second));
      assert.equal(state(due), 'PENDING_RERUN');
      assert.deepEqual(reasons(due), ['SparkApplicationPendingRerun']);
    });
  }

  it('waits no longer once its time has passed while it ran', () => {
    const record = submitted({ restartPolicy: { type: 'Always', onFailureRetryInterval: 10 } });
    const failing = after(record, decide(record, hasFailed, at(begun + 3_600 * second)));
    assert.equal(state(decide(failing, seen(), at(begun + 3_600 * second))), 'PENDING_RERUN');
  });

  it('may have been lost with its pod', () => {
    const record = submitted({ restartPolicy: { type: 'OnFailure', onFailureRetries: 1 } });
    const lost = decide(record, seen({ driver: { kind: 'absent' }, released: true }), context);
    assert.equal(state(lost), 'FAILING');
    assert.deepEqual(reasons(lost), ['SparkDriverNotFound']);
  });
});

describe('a submission that fails', () => {
  const names = { retries: 'onSubmissionFailureRetries', interval: 'onSubmissionFailureRetryInterval' };
  const refused = seen({ setback: { kind: 'refused', message: 'pods "x" is forbidden' } });
  for (const { policy, tries, next } of arithmetic) {
    const restartPolicy = named(policy, names);
    it(`${next === undefined ? 'ends the application' : `is tried again after ${next} s`}: ${JSON.stringify(restartPolicy)}, ${tries} tries`, () => {
      const record = submitted({ restartPolicy }, { submissionAttempts: tries, driverInfo: { podName: 'pi-driver' } });
      const failed = decide(record, refused, at(begun));
      assert.equal(state(failed), next === undefined ? 'FAILED' : 'SUBMISSION_FAILED');
      assert.match(
        failed.status?.applicationState?.errorMessage ?? '',
        /^failed to submit spark application: .*forbidden/,
      );
      if (next === undefined) return;
      const waiting = after(record, failed);
      assert.deepEqual(decide(waiting, nothingLeft, at(begun + next * second - 1)), { recheckAfterMilliseconds: 1 });
      const due = decide(waiting, nothingLeft, at(begun + next * second));
      assert.equal(state(due), 'SUBMITTED');
      assert.equal(due.status?.submissionAttempts, tries + 1);
      assert.equal(due.status?.submissionID, context.newSubmissionId);
    });
  }

  it('after its driver was claimed counts as no run: the driver never started', () => {
    const restartPolicy = { type: 'OnFailure', onSubmissionFailureRetries: 3, onFailureRetries: 1 };
    const record = submitted({ restartPolicy }, { executionAttempts: 1 });
    const failed = decide(record, seen({ ...refused, driver: { kind: 'absent' } }), context);
    assert.deepEqual([state(failed), failed.status?.executionAttempts], ['SUBMISSION_FAILED', 0]);
  });

  it('is of the present spec, so that only a change of that begins anew', () => {
    const record = {
      ...submitted({ restartPolicy: { type: 'Always' } }, { driverInfo: { podName: 'pi-driver' } }),
      generation: 5,
    };
    const { status } = after(record, decide({ ...record, generation: 1 }, refused, context));
    assert.equal(status.submission?.specHash, specHash(record.spec));
  });

  it('counts too when Spark itself would refuse it', () => {
    const changes = {
      restartPolicy: { type: 'OnFailure', onSubmissionFailureRetries: 1 },
      sparkConf: { 'spark.driver.memory': 'lots' },
    };
    const record = application({}, { spec: { ...spec, ...changes } });
    const first = decide(record, seen(), at(begun));
    assert.deepEqual([state(first), first.status?.submissionAttempts], ['SUBMISSION_FAILED', 1]);
    const secondTry = decide(after(record, first), nothingLeft, at(begun + 5 * second));
    assert.deepEqual([state(secondTry), secondTry.status?.submissionAttempts], ['FAILED', 2]);
  });

  it('of an application that is invalid is not tried again: nothing would change', () => {
    const broken = { ...spec, mode: 'client', restartPolicy: { type: 'Always' } };
    assert.equal(state(decide(application({}, { spec: broken }), seen(), context)), 'FAILED');
  });
});

describe('a run that ends well', () => {
  it('is followed by another at once with Always, and only then', () => {
    for (const [type, expected] of [
      ['Always', 'PENDING_RERUN'],
      ['OnFailure', 'COMPLETED'],
      ['Never', 'COMPLETED'],
    ] as const) {
      const record = submitted({ restartPolicy: { type, onFailureRetries: 5 } });
      assert.equal(state(decide(record, hasSucceeded, context)), expected);
    }
  });
});

describe('between two runs', () => {
  const record = submitted({ restartPolicy: { type: 'Always' } }, { submissionAttempts: 3, executionAttempts: 2 });
  const pending = after(record, decide(record, hasSucceeded, context));

  it('the status lets go of the old one: nobody claims its pod any more', () => {
    const { status } = pending;
    assert.deepEqual(status.driverInfo, {});
    assert.equal(status.terminationTime, undefined);
    assert.equal(status.sparkApplicationId, undefined);
    assert.deepEqual(status.submission?.replacedPods, ['pi-driver']);
    assert.deepEqual([status.submissionAttempts, status.executionAttempts], [0, 2]);
    assert.equal(status.submissionID, record.status.submissionID);
  });

  it('the old pod is looked up, deleted and waited for, in this order', () => {
    assert.deepEqual(decide(pending, seen(), context).action, { kind: 'look-up-replaced' });
    const pod = driverPod({ phase: 'Succeeded' });
    const there = decide(pending, seen({ replaced: { kind: 'present', pod } }), context);
    assert.deepEqual(there.action, { kind: 'delete-driver', pod, onlyAsSeen: false });
    const going = decide(pending, seen({ replaced: { kind: 'present', pod: { ...pod, deleting: true } } }), context);
    assert.match(going.status?.applicationState?.errorMessage ?? '', /waiting for pod pi-driver to go/);
    assert.equal(going.action, undefined);
    assert.ok(going.recheckAfterMilliseconds);
  });

  it('a new submission begins when it is gone', () => {
    const next = decide(pending, nothingLeft, context);
    assert.equal(state(next), 'SUBMITTED');
    assert.deepEqual([next.status?.submissionAttempts, next.status?.submissionID], [1, context.newSubmissionId]);
  });
});

describe('a spec that is changed after its submission', () => {
  const edit = (record: ApplicationRecord, changes: object): ApplicationRecord => ({
    ...record,
    generation: 2,
    spec: { ...record.spec, ...changes },
  });

  for (const before of [
    'SUBMITTED',
    'RUNNING',
    'UNKNOWN',
    'COMPLETED',
    'FAILED',
    'FAILING',
    'SUBMISSION_FAILED',
    'PENDING_RERUN',
    'SUCCEEDING',
  ] as const) {
    it(`invalidates an application that is ${before}, and its counters begin anew`, () => {
      const record = submitted(
        {},
        { applicationState: { state: before }, submissionAttempts: 4, executionAttempts: 3 },
      );
      const decision = decide(edit(record, { arguments: ['9'] }), released({ phase: 'Running' }), context);
      assert.equal(state(decision), 'INVALIDATING');
      assert.deepEqual(decision.status?.submission?.replacedPods, ['pi-driver']);
      assert.equal(decision.status?.executionAttempts, undefined);
      assert.equal(decision.status?.submissionAttempts, undefined);
      const next = decide(after(edit(record, { arguments: ['9'] }), decision), nothingLeft, context);
      assert.equal(state(next), 'SUBMITTED');
      assert.equal(next.status?.submissionAttempts, 1);
      assert.deepEqual(reasons(next)?.slice(0, 1), ['SparkApplicationPendingRerun']);
    });
  }

  it('is noticed though its driver was lost before it was released', () => {
    const record = edit(submitted({}, { applicationState: { state: 'SUBMITTED' } }), { arguments: ['9'] });
    const lost = decide(record, seen({ driver: { kind: 'absent' } }), context);
    assert.equal(state(lost), 'INVALIDATING');
  });

  it('gives the counters back to a submission that had not got its driver yet', () => {
    const counted = { submissionAttempts: 3, executionAttempts: 2, driverInfo: { podName: 'pi-driver' } };
    const decision = decide(edit(submitted({}, counted), { arguments: ['9'] }), seen(), context);
    assert.deepEqual([state(decision), decision.status?.executionAttempts], ['INVALIDATING', undefined]);
  });

  it('is not one that only says the defaults, or leaves out what is null', () => {
    const record = submitted({}, { applicationState: { state: 'COMPLETED' } });
    const restartPolicy = { type: 'Never' };
    for (const changes of [
      { restartPolicy },
      { driver: { cores: 1, memory: '1g' } },
      { image: 'spark:4.1.4', proxyUser: null },
    ]) {
      assert.equal(state(decide(edit(record, changes), seen(), context)), 'COMPLETED');
    }
  });

  it('is noticed in a run that was taken over from the peer', () => {
    const ofPeer = application({
      applicationState: { state: 'RUNNING' },
      submissionID: 'x',
      driverInfo: { podName: 'pi-driver' },
    });
    const running = released({ phase: 'Running' });
    const adopted = after(ofPeer, decide(ofPeer, running, context));
    assert.equal(adopted.status.applicationState?.state, 'RUNNING');
    assert.equal(state(decide(edit(adopted, { arguments: ['9'] }), running, context)), 'INVALIDATING');
  });

  it('leaves the run alone where only suspension or the time to live changed', () => {
    const record = submitted({}, { applicationState: { state: 'RUNNING' } });
    for (const changes of [{ timeToLiveSeconds: 5 }, { suspend: false }]) {
      const decision = decide(edit(record, changes), released({ phase: 'Running' }), context);
      assert.deepEqual([state(decision), decision.status?.observedGeneration], ['RUNNING', 2]);
    }
  });

  it('is noticed in an application that was refused, so that a mended one runs', () => {
    const broken = application({}, { spec: { ...spec, mode: 'client' } });
    const failed = after(broken, decide(broken, seen(), context));
    assert.equal(failed.status.applicationState?.state, 'FAILED');
    const mended = decide({ ...failed, generation: 2, spec }, seen(), context);
    assert.equal(state(mended), 'INVALIDATING');
  });

  it('is noticed in an application that the peer has finished', () => {
    const ofPeer = application({
      applicationState: { state: 'COMPLETED' },
      submissionID: 'x',
      driverInfo: { podName: 'p' },
    });
    const adopted = after(ofPeer, decide(ofPeer, seen(), context));
    assert.equal(adopted.status.applicationState?.state, 'COMPLETED');
    const decision = decide(edit(adopted, { arguments: ['9'] }), seen(), context);
    assert.equal(state(decision), 'INVALIDATING');
  });
});

describe('suspension', () => {
  const suspendedSpec = { suspend: true };

  for (const before of [
    '',
    'SUBMITTED',
    'RUNNING',
    'UNKNOWN',
    'FAILING',
    'SUBMISSION_FAILED',
    'PENDING_RERUN',
    'INVALIDATING',
    'RESUMING',
  ] as const) {
    it(`stops an application that is ${before || 'new'}`, () => {
      const record = submitted(suspendedSpec, { applicationState: { state: before } });
      const decision = decide(record, released({ phase: 'Running' }), context);
      assert.equal(state(decision), 'SUSPENDING');
      assert.deepEqual(decision.status?.driverInfo, {});
      const pod = driverPod({ phase: 'Running' });
      const cleaning = decide(after(record, decision), seen({ replaced: { kind: 'present', pod } }), context);
      assert.equal(cleaning.action?.kind, 'delete-driver');
      const done = decide(after(record, decision), nothingLeft, context);
      assert.equal(state(done), 'SUSPENDED');
      assert.deepEqual(reasons(done), ['SparkApplicationSuspended']);
    });
  }

  for (const before of ['COMPLETED', 'FAILED'] as const) {
    it(`leaves an application alone that is ${before}`, () => {
      const record = submitted(suspendedSpec, { applicationState: { state: before } });
      assert.equal(state(decide(record, seen(), context)), before);
    });
  }

  it('that is taken back begins a new submission, with the spec as it is then', () => {
    const record = submitted({ suspend: false, arguments: ['new'] }, { applicationState: { state: 'SUSPENDED' } });
    const decision = decide(record, nothingLeft, context);
    assert.equal(state(decision), 'SUBMITTED');
    assert.equal(decision.status?.submission?.specHash, specHash({ ...spec, arguments: ['new'] }));
    assert.deepEqual(reasons(decision), ['SparkApplicationResuming']);
  });

  it('of another spec than the one that was suspended begins with a fresh budget', () => {
    const counted = { applicationState: { state: 'SUSPENDED' }, submissionAttempts: 4, executionAttempts: 3 } as const;
    const same = decide(submitted({ suspend: false }, counted), nothingLeft, context);
    assert.deepEqual([same.status?.submissionAttempts, same.status?.executionAttempts], [5, 3]);
    const record = { ...submitted({}, counted), spec: { ...spec, arguments: ['other'] } };
    const other = decide(record, nothingLeft, context);
    assert.deepEqual([other.status?.submissionAttempts, other.status?.executionAttempts], [1, undefined]);
  });

  it('does not throw away a run that has ended well while nobody looked', () => {
    const record = submitted(suspendedSpec, { applicationState: { state: 'RUNNING' } });
    assert.equal(state(decide(record, hasSucceeded, context)), 'COMPLETED');
  });

  for (const before of ['SUBMITTED', 'RUNNING', 'UNKNOWN'] as const) {
    it(`looks at the driver of an application that is ${before} first: a cache may be behind its good end`, () => {
      const record = submitted(suspendedSpec, { applicationState: { state: before } });
      for (const view of [seen(), seen(cached(driverPod({ phase: 'Running' })))]) {
        assert.deepEqual(decide(record, view, context), { action: { kind: 'look-up-driver' } });
      }
      assert.equal(state(decide(record, seen({ driver: { kind: 'absent' } }), context)), 'SUSPENDING');
    });
  }

  it('keeps no driver that a late request made', () => {
    const record = submitted(suspendedSpec, { applicationState: { state: 'SUSPENDED' }, driverInfo: {} });
    const pod = driverPod({ uid: 'late' });
    assert.deepEqual(decide(record, seen({ strays: [pod] }), context).action, {
      kind: 'delete-driver',
      pod,
      onlyAsSeen: true,
    });
  });
});

describe('the time to live', () => {
  const ended = (changes: object, applicationState: 'COMPLETED' | 'FAILED' = 'COMPLETED') =>
    submitted(changes, { applicationState: { state: applicationState }, terminationTime: '2026-11-22T12:00:00Z' });

  for (const applicationState of ['COMPLETED', 'FAILED'] as const) {
    it(`deletes an application that is ${applicationState}, to the millisecond`, () => {
      const record = ended({ timeToLiveSeconds: 60 }, applicationState);
      const early = decide(record, seen(), at(now + 60 * second - 1));
      assert.deepEqual([early.action, early.recheckAfterMilliseconds], [undefined, 1]);
      assert.deepEqual(decide(record, seen(), at(now + 60 * second)).action, { kind: 'delete-application' });
    });
  }

  it('of zero or less is over at once', () => {
    for (const timeToLiveSeconds of [0, -1]) {
      assert.deepEqual(decide(ended({ timeToLiveSeconds }), seen(), context).action, { kind: 'delete-application' });
    }
  });

  it('of years is looked at from time to time: timers are not that long', () => {
    const { recheckAfterMilliseconds = 0 } = decide(ended({ timeToLiveSeconds: 10 ** 9 }), seen(), context);
    assert.ok(recheckAfterMilliseconds > 0 && recheckAfterMilliseconds < 2 ** 31);
  });

  it('does not run while the application does, nor without being set', () => {
    const running = submitted({ timeToLiveSeconds: 0 }, { applicationState: { state: 'RUNNING' } });
    assert.equal(decide(running, released({ phase: 'Running' }), context).action, undefined);
    assert.equal(decide(ended({}), seen(), context).action, undefined);
  });
});

describe('an application that is being deleted and held by a finalizer', () => {
  const deleting = (changes: Partial<ApplicationRecord> = {}) => ({
    ...submitted({ restartPolicy: { type: 'Always' } }, { applicationState: { state: 'RUNNING' } }),
    deleting: true,
    ...changes,
  });

  it('has its driver deleted, and makes no new one', () => {
    const pod = driverPod({ phase: 'Running' });
    assert.deepEqual(decide(deleting(), seen(), context).action, { kind: 'look-up-driver' });
    assert.deepEqual(decide(deleting(), seen(present(pod)), context).action, {
      kind: 'delete-driver',
      pod,
      onlyAsSeen: true,
    });
    assert.deepEqual(decide(deleting(), seen({ driver: { kind: 'absent' } }), context), {});
    assert.deepEqual(decide(deleting(), seen(present(driverPod({ ownerUid: 'foreign' }))), context), {});
  });

  for (const state of ['SUSPENDING', 'SUSPENDED', 'PENDING_RERUN', 'INVALIDATING'] as const) {
    it(`has the driver of an earlier run deleted too, in ${state}`, () => {
      const pod = driverPod({ phase: 'Running' });
      const submission = { specHash: specHash(spec), renderer, replacedPods: ['pi-driver'] };
      const status = { ...submittedStatus(), applicationState: { state }, driverInfo: {}, submission };
      const record = application(status, { deleting: true });
      const deletion = { kind: 'delete-driver', pod, onlyAsSeen: true };
      assert.deepEqual(decide(record, seen({ strays: [pod] }), context).action, deletion);
      assert.deepEqual(decide(record, seen(), context).action, { kind: 'look-up-replaced' });
      assert.deepEqual(decide(record, seen({ replaced: { kind: 'present', pod } }), context).action, deletion);
    });
  }

  it('keeps its driver where it is to be orphaned', () => {
    assert.deepEqual(decide(deleting({ orphaning: true }), seen(), context), {});
  });
});
