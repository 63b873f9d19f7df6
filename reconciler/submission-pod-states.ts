/**
 * A submission whose driver is made by spark-submit in a pod. That pod goes through the protocol of a native driver: intent,
 * pod, claim, release, with the ConfigMap of its properties as the fence. The driver that comes of it has no fence of its own:
 * it is adopted, by submission id, once it has started or spark-submit has ended well; and nothing else is begun before the
 * API server has said that the pod of spark-submit has ended, and only then what became of the driver.
 */
import { applicationEvents } from './application-events.js';
import { type ApplicationRecord, readApplication } from './application-record.js';
import type { Decision, DecisionContext, Observation } from './decision.js';
import { expectedDigest } from './driver-rendering.js';
import { driverLost, monitor } from './monitoring-states.js';
import { pendingReason, usual } from './pending-driver.js';
import { hasEnded, hasStarted, podState, type SparkPod } from './spark-pod.js';
import { submissionPodName } from './submission/names.js';
import { submissionFailed, waitFor } from './submission-ends.js';
import { begin, isCurrentSubmission } from './submission-intent.js';
import { clearTheWay, nameIsTaken, unlessWaiting, waitToGo } from './submission-waits.js';

/** SUBMITTED, by pod. */
export function submittedByPod(
  record: ApplicationRecord,
  observation: Observation,
  context: DecisionContext,
): Decision {
  if (record.status.driverInfo?.podUid != null) return monitor(record, observation, context);
  const claimed = record.status.submission?.submissionPodUid;
  if (claimed == null) return beforeClaim(record, observation, context);
  return afterClaim(record, observation, context, claimed);
}

/** Nothing has run: another intent may take this one's place at once. */
function beforeClaim(record: ApplicationRecord, observation: Observation, context: DecisionContext): Decision {
  if (!readApplication(record).ok || !isCurrentSubmission(record, context)) return begin(record, observation, context);
  const { submissionPod, setback } = observation;
  if (submissionPod.kind === 'present') return claimOrClear(record, observation, context, submissionPod.pod);
  if (setback?.kind === 'refused') return submissionFailed(record, context, setback.message);
  if (setback !== undefined)
    return waitFor(record, context, `waiting to create the submission pod: ${setback.message}`);
  return unlessWaiting(
    observation,
    context,
    clearTheWay(record, observation, context) ??
      clearDriver(record, observation, context) ?? { action: { kind: 'create-submission-pod' } },
  );
}

/** No driver of an earlier submission may be there when spark-submit makes this one's. */
function clearDriver(
  record: ApplicationRecord,
  observation: Observation,
  context: DecisionContext,
): Decision | undefined {
  const { driver } = observation;
  if (driver.kind === 'absent') return undefined;
  if (driver.kind === 'unknown') return { action: { kind: 'look-up-driver' } };
  if (driver.pod.ownerUid !== record.uid) return nameIsTaken(record, context, driver.pod);
  if (driver.pod.deleting) return waitToGo(record, observation, context, driver.pod);
  return { action: { kind: 'delete-driver', pod: driver.pod, onlyAsSeen: false } };
}

function claimOrClear(
  record: ApplicationRecord,
  observation: Observation,
  context: DecisionContext,
  pod: SparkPod,
): Decision {
  if (pod.ownerUid !== record.uid) return nameIsTaken(record, context, pod);
  if (pod.deleting) return waitToGo(record, observation, context, pod);
  if (pod.submissionId !== record.status.submissionID || pod.configMapId === undefined) {
    return { action: { kind: 'delete-driver', pod, onlyAsSeen: false } };
  }
  const clearing = clearTheWay(record, observation, context) ?? clearDriver(record, observation, context);
  return clearing ?? claim(record, pod);
}

function claim({ status }: ApplicationRecord, { uid, configMapId }: SparkPod): Decision {
  if (status.submission == null) return {};
  const { waitingSince, replacedPods, ...submission } = status.submission;
  return {
    status: {
      ...status,
      applicationState: { state: 'SUBMITTED' },
      submission: { ...submission, submissionPodUid: uid, configMapId },
    },
    action: { kind: 'release-submission-pod' },
  };
}

function afterClaim(
  record: ApplicationRecord,
  observation: Observation,
  context: DecisionContext,
  claimed: string,
): Decision {
  const { driver, submissionPod, setback } = observation;
  // It has all that it needs: spark-submit makes the driver's ConfigMap last.
  const madeDriver = driver.kind === 'present' && isOfSubmission(record, driver.pod) ? driver.pod : undefined;
  if (madeDriver !== undefined && hasStarted(madeDriver)) return adopt(record, observation, context, madeDriver);
  if (submissionPod.kind === 'unknown') return { action: { kind: 'look-up-submission-pod' } };
  const pod = submissionPod.kind === 'present' && submissionPod.pod.uid === claimed ? submissionPod.pod : undefined;
  if (pod === undefined || hasEnded(pod)) return afterSubmit(record, observation, context, pod);
  if (pod.deleting) return waitToGo(record, observation, context, pod);
  if (hasStarted(pod)) return waitFor(record, context, `waiting for spark-submit in pod ${pod.name}`);
  if (setback?.kind === 'refused') return submissionFailed(record, context, setback.message);
  if (setback !== undefined) return waitFor(record, context, `waiting to release pod ${pod.name}: ${setback.message}`);
  if (observation.released) return whilePending(record, observation, context, pod);
  return unlessWaiting(observation, context, { action: { kind: 'release-submission-pod' } });
}

function isOfSubmission({ status, name }: ApplicationRecord, pod: SparkPod): boolean {
  return pod.submissionId === status.submissionID && pod.applicationName === name;
}

/** Why it does not start stands nowhere but in events, as long as the pod says no more than that it is on its way. */
function whilePending(
  record: ApplicationRecord,
  observation: Observation,
  context: DecisionContext,
  pod: SparkPod,
): Decision {
  const since = Math.max(pod.pending?.since ?? context.now, observation.releasedAt ?? 0);
  const isSilent = pod.pending?.because === undefined && context.now >= since + usual;
  if (isSilent && observation.driverWarning === undefined) {
    return { action: { kind: 'look-up-driver-warning', pod, since } };
  }
  const why = pod.pending === undefined ? 'pending' : `pending: ${pendingReason(pod.pending, observation)}`;
  return waitFor(record, context, `waiting for submission pod ${pod.name}, which is ${why}`);
}

/** spark-submit has ended (`pod`) or its pod is gone: only now does it count what the API server says of the driver. */
function afterSubmit(
  record: ApplicationRecord,
  observation: Observation,
  context: DecisionContext,
  pod: SparkPod | undefined,
): Decision {
  const { driver } = observation;
  if (driver.kind === 'unknown') return { action: { kind: 'look-up-driver' } };
  const isWell = pod !== undefined && podState(pod) === 'COMPLETED';
  if (driver.kind === 'present' && driver.pod.deleting) return waitToGo(record, observation, context, driver.pod);
  if (driver.kind === 'present' && isOfSubmission(record, driver.pod)) {
    return isWell ? adopt(record, observation, context, driver.pod) : deleteHalfMade(driver.pod);
  }
  if (isWell) return driverLost(asExecuted(record), observation, context);
  return submissionFailed(record, context, failureOf(record, pod));
}

/** It waits for a ConfigMap that nobody makes any more; should it start all the same, it is adopted. */
function deleteHalfMade(pod: SparkPod): Decision {
  return { action: { kind: 'delete-driver', pod, onlyAsSeen: true } };
}

function failureOf({ name }: ApplicationRecord, pod: SparkPod | undefined): string {
  if (pod === undefined)
    return `submission pod ${submissionPodName(name)} not found: it was deleted, or its node was lost`;
  const { end, failure } = pod;
  const code = end === undefined ? [] : [`spark-submit ended with exit code ${end.exitCode}`];
  const words = end?.message?.trim() ?? '';
  const parts = [
    ...code,
    ...(failure === undefined ? [] : [failure]),
    ...(words === '' ? [] : [`last words: ${words}`]),
  ];
  return `submission pod ${pod.name} failed: ${parts.join('; ') || 'its container has no status'}`;
}

function asExecuted(record: ApplicationRecord): ApplicationRecord {
  const executionAttempts = (record.status.executionAttempts ?? 0) + 1;
  return { ...record, status: { ...record.status, executionAttempts } };
}

/** The claim: from now on this pod, and no other, is the driver. */
function adopt(record: ApplicationRecord, _: Observation, context: DecisionContext, pod: SparkPod): Decision {
  const reading = readApplication(record);
  if (reading.ok && (pod.ownerUid !== record.uid || pod.applied !== expectedDigest(reading.application, 'pod'))) {
    return refuseUnmutated(record, context, pod);
  }
  const { status } = asExecuted(record);
  if (status.submission == null) return {};
  const { waitingSince, ...submission } = status.submission;
  return {
    status: {
      ...status,
      applicationState: { state: 'SUBMITTED' },
      ...(pod.applicationId === undefined ? {} : { sparkApplicationId: pod.applicationId }),
      driverInfo: { ...status.driverInfo, podUid: pod.uid },
      submission,
    },
    events: [applicationEvents.submitted(record.name)],
  };
}

function refuseUnmutated(record: ApplicationRecord, context: DecisionContext, pod: SparkPod): Decision {
  if (pod.deleting) return waitFor(record, context, `waiting for pod ${pod.name} to go`);
  return {
    events: [applicationEvents.podUnmutated(pod.name)],
    action: {
      kind: 'delete-driver',
      pod,
      onlyAsSeen: false,
      because: {
        kind: 'wait',
        message: `pod ${pod.name} was admitted without the features that its annotations ask for`,
      },
    },
  };
}
