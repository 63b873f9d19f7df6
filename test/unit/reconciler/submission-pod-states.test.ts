import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApplicationRecord } from '../../../reconciler/application-record.js';
import { readApplication } from '../../../reconciler/application-record.js';
import { decide } from '../../../reconciler/decide.js';
import type { Decision, Observation } from '../../../reconciler/decision.js';
import { expectedDigest } from '../../../reconciler/driver-rendering.js';
import type { SparkPod } from '../../../reconciler/spark-pod.js';
import { submitterAnnotation } from '../../../src/api/labels.js';
import { objectKey } from '../../../src/kube/objects.js';
import { application, context, driverPod, now, pending, present, seen, spec, submittedStatus } from './applications.js';

const annotations = { [submitterAnnotation]: 'pod' };
const absent = { kind: 'absent' } as const;

function submissionPod(changes: Partial<SparkPod> = {}): SparkPod {
  const name = 'pi-submission';
  const key = objectKey({ namespace: 'team', name });
  return driverPod({ key, name, uid: 'submission-pod-uid', role: undefined, isSubmitter: true, ...changes });
}

/** After the intent, and with `submissionPodUid` after the claim. */
function record(submissionPodUid?: string, changes: Partial<ApplicationRecord> = {}): ApplicationRecord {
  const { submission, ...status } = submittedStatus();
  assert.ok(submission);
  const marks = { ...submission, submitter: 'pod', ...(submissionPodUid === undefined ? {} : { submissionPodUid }) };
  return application({ ...status, submission: marks }, { annotations, ...changes });
}

const claimed = (changes?: Partial<ApplicationRecord>) => record('submission-pod-uid', changes);
const withSubmissionPod = (pod: SparkPod): Pick<Observation, 'submissionPod'> => ({
  submissionPod: { kind: 'present', pod },
});

/** As the webhook leaves it. */
function madeDriver(changes: Partial<SparkPod> = {}): SparkPod {
  const reading = readApplication(record());
  assert.ok(reading.ok);
  return driverPod({ applied: expectedDigest(reading.application, 'pod'), ...changes });
}

const state = ({ status }: Decision) => status?.applicationState?.state;
const message = ({ status }: Decision) => status?.applicationState?.errorMessage ?? '';
const next = (of: ApplicationRecord, changes: Partial<Observation>) => decide(of, seen(changes), context);
const failed = submissionPod({ phase: 'Failed', end: { exitCode: 1, message: 'no such file' } });
const ended = submissionPod({ phase: 'Succeeded', end: { exitCode: 0 } });

describe('a submission by pod', () => {
  it('is declared before anything exists, with the reason as an event', () => {
    const decision = next(application({}, { annotations }), {});
    assert.equal(state(decision), 'SUBMITTED');
    assert.equal(decision.status?.submission?.submitter, 'pod');
    assert.equal(decision.status?.sparkApplicationId, undefined);
    assert.equal(decision.action, undefined);
    assert.match(decision.events?.at(-1)?.message ?? '', /in a pod: the annotation asks for it/);
  });

  it('is refused where there is no webhook to give the driver its owner', () => {
    const settings = { ...context.settings, podMutation: 'template' } as const;
    const decision = decide(application({}, { annotations }), seen(), { ...context, settings });
    assert.match(message(decision), /the annotation asks for it: takes a submission pod, which needs the webhook/);
  });

  it('begins when the API server has said that no driver is there', () => {
    assert.deepEqual(next(record(), {}), { action: { kind: 'look-up-driver' } });
    assert.deepEqual(next(record(), { driver: absent }), { action: { kind: 'create-submission-pod' } });
  });

  it('first deletes the driver of an earlier submission', () => {
    const decision = next(record(), present(driverPod({ submissionId: 'older' })));
    assert.equal(decision.action?.kind, 'delete-driver');
  });

  it('claims its pod by uid, then lets it start', () => {
    const decision = next(record(), { ...withSubmissionPod(submissionPod()), driver: absent });
    assert.equal(decision.status?.submission?.submissionPodUid, 'submission-pod-uid');
    assert.equal(decision.status?.submission?.configMapId, '0123456789abcdef');
    assert.deepEqual(decision.action, { kind: 'release-submission-pod' });
  });

  it('deletes the submission pod of an earlier submission', () => {
    const decision = next(record(), { ...withSubmissionPod(submissionPod({ submissionId: 'older' })), driver: absent });
    assert.equal(decision.action?.kind, 'delete-driver');
  });

  it('lets its pod start after a restart, unless it runs', () => {
    assert.deepEqual(next(claimed(), withSubmissionPod(submissionPod())), {
      action: { kind: 'release-submission-pod' },
    });
    const running = next(claimed(), withSubmissionPod(submissionPod({ phase: 'Running' })));
    assert.equal(running.action, undefined);
    assert.match(message(running), /waiting for spark-submit in pod pi-submission/);
  });

  it('says why its pod is pending', () => {
    const because = { reason: 'ImagePullBackOff', message: 'no such image' };
    const decision = next(claimed(), {
      ...withSubmissionPod(submissionPod(pending('image pull', because))),
      released: true,
    });
    assert.match(
      message(decision),
      /waiting for submission pod pi-submission, which is pending: ImagePullBackOff: no such image/,
    );
  });

  it('asks what Kubernetes warns of where its pod says no more than that it is on its way, and tells it', () => {
    const silent = submissionPod(pending('container creation'));
    const view = { ...withSubmissionPod(silent), released: true };
    const late = { ...context, now: now + 30_000 };
    const asking = decide(claimed(), seen(view), late);
    assert.deepEqual(asking.action, { kind: 'look-up-driver-warning', pod: silent, since: now });
    const driverWarning = { reason: 'FailedMount', message: 'no such volume' };
    const told = decide(claimed(), seen({ ...view, driverWarning }), late);
    assert.match(message(told), /which is pending: FailedMount: no such volume/);
    assert.equal(decide(claimed(), seen(view), { ...context, now }).action, undefined);
  });

  it('adopts a driver that has started, though spark-submit has not ended', () => {
    const driver = present(madeDriver({ phase: 'Running' }));
    const decision = next(claimed(), { ...driver, ...withSubmissionPod(submissionPod({ phase: 'Running' })) });
    assert.equal(decision.status?.driverInfo?.podUid, 'pod-uid');
    assert.equal(decision.status?.executionAttempts, 1);
    assert.equal(decision.status?.sparkApplicationId, madeDriver().applicationId);
  });

  it('adopts a driver that has not started once spark-submit has ended well, not before', () => {
    const driver = present(madeDriver());
    const early = next(claimed(), { ...driver, ...withSubmissionPod(submissionPod({ phase: 'Running' })) });
    assert.equal(early.status?.driverInfo?.podUid, undefined);
    const decision = next(claimed(), { ...driver, ...withSubmissionPod(ended) });
    assert.equal(decision.status?.driverInfo?.podUid, 'pod-uid');
  });

  it('does not adopt a driver that was not mutated', () => {
    const driver = present(madeDriver({ applied: undefined, phase: 'Running' }));
    const decision = next(claimed(), { ...driver, ...withSubmissionPod(ended) });
    assert.equal(decision.action?.kind, 'delete-driver');
    assert.equal(decision.status, undefined);
  });

  it('fails with the last words of spark-submit, but only when there is no driver', () => {
    assert.deepEqual(next(claimed(), withSubmissionPod(failed)), { action: { kind: 'look-up-driver' } });
    const decision = next(claimed(), { ...withSubmissionPod(failed), driver: absent });
    assert.equal(state(decision), 'FAILED');
    assert.match(message(decision), /failed to submit .* exit code 1; last words: no such file/);
  });

  it('deletes a driver that a failed spark-submit left half made, unless it starts meanwhile', () => {
    const decision = next(claimed(), { ...withSubmissionPod(failed), ...present(madeDriver()) });
    assert.deepEqual(decision.action, { kind: 'delete-driver', pod: madeDriver(), onlyAsSeen: true });
  });

  it('is tried again only when its pod, and then its driver, are gone', () => {
    const restartPolicy = { type: 'OnFailure', onSubmissionFailureRetries: 1 };
    const retried = claimed({ spec: { ...spec, restartPolicy } });
    const ofSpec = { ...retried, generation: 1 };
    const decision = next(ofSpec, { ...withSubmissionPod(failed), driver: absent });
    assert.equal(state(decision), 'SUBMISSION_FAILED');
    assert.deepEqual(decision.status?.submission?.replacedPods, ['pi-submission', 'pi-driver']);
  });

  it('of which the pod is gone asks for it, then for the driver, and fails', () => {
    assert.deepEqual(next(claimed(), {}), { action: { kind: 'look-up-submission-pod' } });
    assert.deepEqual(next(claimed(), { submissionPod: absent }), { action: { kind: 'look-up-driver' } });
    const decision = next(claimed(), { submissionPod: absent, driver: absent });
    assert.match(message(decision), /submission pod pi-submission not found/);
  });

  it('gives up on a pod that is not scheduled', () => {
    const waiting = claimed();
    const { submission } = waiting.status;
    assert.ok(submission);
    const status = { ...waiting.status, submission: { ...submission, waitingSince: '2026-11-22T10:00:00Z' } };
    const observation = seen({ ...withSubmissionPod(submissionPod()), released: true });
    assert.match(
      message(decide({ ...waiting, status }, observation, { ...context, now })),
      /gave up waiting for submission pod/,
    );
  });

  it('is invalidated by another spec, and its pod goes first', () => {
    const decision = next(claimed({ spec: { ...spec, arguments: ['7'] }, generation: 2 }), {});
    assert.equal(state(decision), 'INVALIDATING');
    assert.deepEqual(decision.status?.submission?.replacedPods, ['pi-submission', 'pi-driver']);
  });

  it('that is suspended remembers its pod', () => {
    const decision = next(claimed({ spec: { ...spec, suspend: true } }), {});
    assert.equal(state(decision), 'SUSPENDING');
    assert.deepEqual(decision.status?.submission?.replacedPods, ['pi-submission', 'pi-driver']);
  });

  it('of an application that is being deleted stops spark-submit before it looks for the driver', () => {
    const deleting = claimed({ deleting: true });
    assert.deepEqual(next(deleting, {}), { action: { kind: 'look-up-submission-pod' } });
    assert.equal(next(deleting, withSubmissionPod(submissionPod())).action?.kind, 'delete-driver');
    assert.deepEqual(next(deleting, { submissionPod: absent }), { action: { kind: 'look-up-driver' } });
  });

  it('leaves no pod behind once the driver is adopted', () => {
    const status = { ...claimed().status, driverInfo: { podName: 'pi-driver', podUid: 'pod-uid' } };
    const decision = next(application(status, { annotations }), { ...present(madeDriver()), strays: [ended] });
    assert.deepEqual(decision.action, { kind: 'delete-driver', pod: ended, onlyAsSeen: false });
  });

  it('leaves no pod behind that failed', () => {
    const status = { ...claimed().status, applicationState: { state: 'FAILED', errorMessage: 'why' } };
    const decision = next(application(status, { annotations }), { ...withSubmissionPod(failed), driver: absent });
    assert.equal(decision.action?.kind, 'delete-driver');
  });
});
