import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../reconciler/decide.js';
import type { Setback } from '../../../reconciler/decision.js';
import { rendererOf, specHash } from '../../../reconciler/driver-rendering.js';
import { defaultSettings } from '../../../reconciler/settings.js';
import { formatTime } from '../../../src/api/status.js';
import {
  application,
  context,
  driverPod,
  now,
  present,
  seen,
  spec,
  submissionId,
  submittedStatus,
} from './applications.js';

const reasons = (decision: ReturnType<typeof decide>) => (decision.events ?? []).map(({ reason }) => reason);
const message = (decision: ReturnType<typeof decide>) => decision.status?.applicationState?.errorMessage ?? '';
const state = (decision: ReturnType<typeof decide>) => decision.status?.applicationState?.state;
const later = (seconds: number) => ({ ...context, now: now + seconds * 1_000 });

describe('a new application', () => {
  it('declares its intent before anything is created', () => {
    const decision = decide(application(), seen(), context);
    assert.equal(state(decision), 'SUBMITTED');
    assert.equal(decision.status?.submissionID, context.newSubmissionId);
    assert.equal(decision.status?.sparkApplicationId, 'spark-99999999222243338444555555555555');
    assert.equal(decision.status?.driverInfo?.podName, 'pi-driver');
    assert.equal(decision.status?.submissionAttempts, 1);
    assert.equal(decision.status?.lastSubmissionAttemptTime, '2026-11-22T12:00:00Z');
    assert.equal(decision.action, undefined);
    assert.deepEqual(reasons(decision), ['SparkApplicationAdded']);
  });

  it('that is invalid fails with every field and its path', () => {
    const broken = { ...spec, mainClass: undefined, mode: 'client' };
    const decision = decide(application({}, { spec: broken }), seen(), context);
    assert.equal(state(decision), 'FAILED');
    assert.match(message(decision), /^invalid SparkApplication: /);
    assert.match(message(decision), /spec\.mode: /);
    assert.match(message(decision), /spec\.mainClass: /);
    assert.equal(decision.action, undefined);
    assert.equal(decision.status?.terminationTime, '2026-11-22T12:00:00Z');
  });

  it('that Spark would refuse fails without creating anything', () => {
    const record = application({}, { spec: { ...spec, mainApplicationFile: '/home/me/app.jar' } });
    const decision = decide(record, seen(), context);
    assert.equal(state(decision), 'FAILED');
    assert.match(message(decision), /^failed to submit spark application: .*an operator has no such files/);
    assert.deepEqual(reasons(decision), ['SparkApplicationSubmissionFailed', 'SparkApplicationFailed']);
    assert.equal(decision.action, undefined);
  });

  it('that is being deleted is left alone', () => {
    assert.deepEqual(decide(application({}, { deleting: true }), seen(), context), {});
  });

  it('of an unknown Spark release is submitted with a warning', () => {
    const decision = decide(application({}, { spec: { ...spec, sparkVersion: '9.9.9' } }), seen(), context);
    assert.equal(state(decision), 'SUBMITTED');
    assert.deepEqual(reasons(decision), ['SparkApplicationAdded', 'SparkApplicationWarning']);
  });
});

describe('after the intent', () => {
  const record = application(submittedStatus());

  it('the driver is created under the recorded submission id, also by a successor', () => {
    assert.deepEqual(decide(record, seen(), context), { action: { kind: 'create-driver' } });
  });

  it('the pod of this submission is claimed by uid, then released', () => {
    const decision = decide(record, seen(present(driverPod())), context);
    assert.equal(decision.status?.driverInfo?.podUid, 'pod-uid');
    assert.equal(decision.status?.executionAttempts, 1);
    assert.deepEqual(decision.action, { kind: 'release-driver' });
    assert.deepEqual(reasons(decision), ['SparkApplicationSubmitted']);
  });

  it('a pod that was not mutated as its tags ask is deleted and never claimed', () => {
    const tagged = { ...spec, driver: { env: [{ name: 'A', value: '1' }] } };
    const status = decide(application({}, { spec: tagged }), seen(), context).status ?? {};
    const pod = driverPod({ submissionId: context.newSubmissionId });
    const decision = decide(application(status, { spec: tagged }), seen(present(pod)), context);
    assert.equal(decision.action?.kind, 'delete-driver');
    assert.equal(decision.status, undefined);
  });

  it('the pod of an earlier submission is deleted by uid', () => {
    const decision = decide(record, seen(present(driverPod({ submissionId: 'older' }))), context);
    const action = { kind: 'delete-driver', pod: driverPod({ submissionId: 'older' }), onlyAsSeen: false };
    assert.deepEqual(decision, { action });
  });

  it("somebody else's pod of that name fails the submission and is not touched", () => {
    const foreign = driverPod({ ownerUid: undefined, applicationName: undefined });
    const decision = decide(record, seen(present(foreign)), context);
    assert.equal(state(decision), 'FAILED');
    assert.match(message(decision), /driver pod already exists: pi-driver/);
    assert.equal(decision.action, undefined);
  });

  it('the driver of a deleted application of the same name is waited for', () => {
    const decision = decide(record, seen(present(driverPod({ ownerUid: 'older-application' }))), context);
    assert.equal(state(decision), 'SUBMITTED');
    assert.match(message(decision), /waiting for pod pi-driver of an earlier application to go/);
  });

  it('a changed spec first declares a new intent, then the old pod is deleted as that of another submission', () => {
    const edited = application(submittedStatus(), { spec: { ...spec, arguments: ['7'] } });
    const intent = decide(edited, seen(present(driverPod())), context);
    assert.equal(intent.status?.submissionID, context.newSubmissionId);
    assert.equal(intent.status?.submissionAttempts, 2);
    assert.equal(intent.action, undefined);
    const next = decide({ ...edited, status: intent.status ?? {} }, seen(present(driverPod())), context);
    assert.equal(next.action?.kind, 'delete-driver');
  });

  it('a pod under the name that an earlier submission had must be gone before another is made', () => {
    const renamed = application(submittedStatus(), { spec: { ...spec, driver: { podName: 'other' } } });
    const intent = decide(renamed, seen(present(driverPod())), context);
    assert.deepEqual(intent.status?.submission?.replacedPods, ['pi-driver']);
    const record = { ...renamed, status: intent.status ?? {} };
    assert.deepEqual(decide(record, seen(), context).action, { kind: 'look-up-replaced' });
    const replaced = { kind: 'present', pod: driverPod() } as const;
    assert.equal(decide(record, seen({ replaced }), context).action?.kind, 'delete-driver');
    const going = { kind: 'present', pod: driverPod({ deleting: true }) } as const;
    assert.match(message(decide(record, seen({ replaced: going }), context)), /waiting for pod pi-driver to go/);
    assert.deepEqual(decide(record, seen({ replaced: { kind: 'absent' } }), context).action, { kind: 'create-driver' });
  });

  it('what was said to be tried later is not tried earlier, whatever event comes', () => {
    const decision = decide(record, seen({ waitUntil: now + 5_000 }), context);
    assert.deepEqual(decision, { recheckAfterMilliseconds: 5_000, holdsOff: true });
    assert.deepEqual(decide(record, seen({ waitUntil: now }), context).action, { kind: 'create-driver' });
  });

  it('a pod that is on its way out is waited for, with the reason and a deadline', () => {
    const decision = decide(record, seen(present(driverPod({ deleting: true }))), context);
    assert.match(message(decision), /waiting for pod pi-driver to go/);
    assert.equal(decision.recheckAfterMilliseconds, 1_000);
  });
});

describe('when the driver can not be created', () => {
  const record = application(submittedStatus());
  const wait: Setback = { kind: 'wait', message: 'failed calling webhook: connection refused' };

  it('for the moment, the application says why and looks again', () => {
    const decision = decide(record, seen({ setback: wait }), context);
    assert.equal(state(decision), 'SUBMITTED');
    assert.equal(message(decision), 'waiting to create the driver pod: failed calling webhook: connection refused');
    assert.equal(decision.recheckAfterMilliseconds, 1_000);
  });

  const waiting = application({
    ...submittedStatus(),
    submission: {
      specHash: specHash(spec),
      renderer: rendererOf(context.settings),
      waitingSince: '2026-11-22T12:00:00Z',
    },
  });

  it('looks come ever more rarely, but at least every half minute', () => {
    const pauses = [10, 60, 600].map(
      (seconds) => decide(waiting, seen({ setback: wait }), later(seconds)).recheckAfterMilliseconds,
    );
    assert.deepEqual(pauses, [2_500, 15_000, 30_000]);
  });

  it('until the deadline, the submission fails with the reason', () => {
    const decision = decide(waiting, seen({ setback: wait }), later(3_601));
    assert.equal(state(decision), 'FAILED');
    assert.match(message(decision), /gave up waiting to create the driver pod: failed calling webhook/);
  });

  it('the deadline counts from the first setback, not from the submission', () => {
    const decision = decide(record, seen({ setback: wait }), later(100_000));
    assert.equal(state(decision), 'SUBMITTED');
    assert.equal(decision.status?.submission?.waitingSince, '2026-11-23T15:46:40Z');
  });

  it('for good, the submission fails at once', () => {
    const decision = decide(
      record,
      seen({ setback: { kind: 'refused', message: 'serviceaccount "x" not found' } }),
      context,
    );
    assert.equal(state(decision), 'FAILED');
    assert.equal(message(decision), 'failed to submit spark application: serviceaccount "x" not found');
    assert.equal(decision.status?.executionAttempts, undefined);
  });
});

describe('after the claim', () => {
  const record = application(submittedStatus('pod-uid'));

  it('a successor asks for the ConfigMap, and releases a driver only where it is missing', () => {
    const pod = present(driverPod());
    assert.deepEqual(decide(record, seen(pod), context), { action: { kind: 'look-up-config-map' } });
    const missing = seen({ ...pod, configMap: 'absent' });
    assert.deepEqual(decide(record, missing, context), { action: { kind: 'release-driver' } });
    assert.equal(decide(record, seen({ ...pod, configMap: 'present' }), context).action, undefined);
  });

  it('a driver that the cache does not have is asked for before it counts as lost', () => {
    assert.deepEqual(decide(record, seen(), context), { action: { kind: 'look-up-driver' } });
  });

  it('a driver that is gone for certain has failed, and not by the fault of the application', () => {
    const decision = decide(record, seen({ driver: { kind: 'absent' } }), context);
    assert.equal(state(decision), 'FAILED');
    assert.match(message(decision), /driver pod not found: pi-driver/);
  });

  it('a claimed driver that is gone is never made again, not even for a changed spec', () => {
    const edited = application(submittedStatus('pod-uid'), { spec: { ...spec, arguments: ['7'] } });
    assert.match(message(decide(edited, seen({ driver: { kind: 'absent' } }), context)), /driver pod not found/);
  });

  it('a driver of an application that is being deleted is not released', () => {
    const deleted = application(submittedStatus('pod-uid'), { deleting: true });
    const decision = decide(deleted, seen({ ...present(driverPod()), configMap: 'absent' }), context);
    assert.equal(decision.action?.kind, 'delete-driver');
    assert.deepEqual(decide(deleted, seen({ driver: { kind: 'absent' } }), context), {});
  });

  it('another pod of that name is not taken for the driver', () => {
    const decision = decide(record, seen(present(driverPod({ uid: 'other' }))), context);
    assert.match(message(decision), /driver pod not found/);
  });

  it('objects that are refused for good cost the pod, then the submission', () => {
    const setback: Setback = { kind: 'refused', message: 'services is forbidden' };
    const first = decide(record, seen({ ...present(driverPod()), configMap: 'absent', setback }), context);
    assert.deepEqual(first, {
      action: { kind: 'delete-driver', pod: driverPod(), onlyAsSeen: true, because: setback },
    });
    const second = decide(record, seen({ driver: { kind: 'absent' }, setback }), context);
    assert.equal(message(second), 'failed to submit spark application: services is forbidden');
  });

  it('objects that do not come in time cost the pod first: a late answer must not start it', () => {
    const setback: Setback = { kind: 'wait', message: 'no answer' };
    const submission = {
      specHash: specHash(spec),
      renderer: rendererOf(defaultSettings),
      waitingSince: formatTime(now - defaultSettings.timeouts.submission),
    };
    const late = application({ ...submittedStatus('pod-uid'), submission });
    const first = decide(late, seen({ ...present(driverPod()), configMap: 'absent', setback }), context);
    assert.equal(first.status, undefined);
    assert.deepEqual([first.action?.kind, Object(first.action).onlyAsSeen], ['delete-driver', true]);
    const because: Setback = Object(first.action).because;
    const started = decide(late, seen({ ...present(driverPod({ phase: 'Running' })), setback: because }), context);
    assert.equal(state(started), 'RUNNING');
    const second = decide(late, seen({ driver: { kind: 'absent' }, setback: because }), context);
    assert.match(
      message(second),
      /^failed to submit spark application: gave up waiting to release the driver: no answer/,
    );
  });

  it('a changed spec asks for the ConfigMap, because only it tells whether the driver may start', () => {
    const edited = application(submittedStatus('pod-uid'), { spec: { ...spec, arguments: ['7'] } });
    const pod = present(driverPod());
    assert.deepEqual(decide(edited, seen(pod), context).action, { kind: 'look-up-config-map' });
    const unreleased = decide(edited, seen({ ...pod, configMap: 'absent' }), context);
    assert.equal(unreleased.status?.submissionID, context.newSubmissionId);
    assert.equal(unreleased.status?.driverInfo?.podUid, undefined);
    const released = decide(edited, seen({ ...pod, configMap: 'present' }), context);
    assert.equal(released.status?.submissionID, submissionId);
  });
});
