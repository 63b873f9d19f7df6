/**
 * From a new application to a driver that may start. Each step first leaves its mark where a successor finds it:
 *
 * 1. intent: a status with the submission id and the name of the pod, before anything exists;
 * 2. pod: it can not start, because its ConfigMap is missing: the fence;
 * 3. claim: the uid of the one pod that may run, in the status;
 * 4. release: Service and the rest, the driver's ConfigMap last.
 */
import { applicationEvents } from './application-events.js';
import { type ApplicationRecord, readApplication } from './application-record.js';
import type { Decision, DecisionContext, Observation, StateHandler } from './decision.js';
import { expectedDigest } from './driver-rendering.js';
import { driverLost, monitor } from './monitoring-states.js';
import { hasStarted, type SparkPod } from './spark-pod.js';
import { invalidated, isInvalid } from './spec-change.js';
import { isWaitOver, submissionFailed, waitFor, withoutClaim } from './submission-ends.js';
import { begin, isCurrentSubmission } from './submission-intent.js';
import { submittedByPod } from './submission-pod-states.js';
import { clearTheWay, nameIsTaken, unlessWaiting, waitToGo } from './submission-waits.js';

/** SUBMITTED: wherever the last leader stopped, go on from there. */
export const submitted: StateHandler = (record, observation, context) => {
  // A submission without our mark is the peer's: it was complete when the peer wrote this state.
  if (record.status.submission == null) return monitor(record, observation, context);
  if (isInvalid(record)) return invalidated(record);
  if (record.status.submission.submitter === 'pod') return submittedByPod(record, observation, context);
  if (record.status.driverInfo?.podUid == null) return beforeClaim(record, observation, context);
  return afterClaim(record, observation, context, record.status.driverInfo.podUid);
};

function beforeClaim(record: ApplicationRecord, observation: Observation, context: DecisionContext): Decision {
  const reading = readApplication(record);
  // The new intent goes before the deletion of what the old one made, so that nobody still works for the old one.
  if (!reading.ok || !isCurrentSubmission(record, context)) return begin(record, observation, context);
  const pod = observation.driver.kind === 'present' ? observation.driver.pod : undefined;
  if (pod === undefined) return createOrWait(record, observation, context);
  if (pod.ownerUid !== record.uid) return nameIsTaken(record, context, pod);
  if (pod.deleting) return waitToGo(record, observation, context, pod);
  if (pod.submissionId !== record.status.submissionID) {
    return { action: { kind: 'delete-driver', pod, onlyAsSeen: false } };
  }
  if (pod.applied !== expectedDigest(reading.application)) {
    return {
      events: [applicationEvents.podUnmutated(pod.name)],
      action: { kind: 'delete-driver', pod, onlyAsSeen: true, because: { kind: 'wait', message: unmutated(pod) } },
    };
  }
  return claim(record, pod);
}

function unmutated(pod: SparkPod): string {
  return (
    `pod ${pod.name} was admitted without the features that its annotations ask for, and was deleted; ` +
    'check the MutatingWebhookConfiguration of Firesteel'
  );
}

function createOrWait(record: ApplicationRecord, observation: Observation, context: DecisionContext): Decision {
  const { setback } = observation;
  if (setback === undefined) return unlessWaiting(observation, context, create(record, observation, context));
  if (setback.kind === 'refused') return submissionFailed(record, context, setback.message);
  return waitFor(record, context, `waiting to create the driver pod: ${setback.message}`);
}

/** The pods of earlier submissions under other names go first. */
function create(record: ApplicationRecord, observation: Observation, context: DecisionContext): Decision {
  return clearTheWay(record, observation, context) ?? { action: { kind: 'create-driver' } };
}

function claim(record: ApplicationRecord, pod: SparkPod): Decision {
  const { status, name } = record;
  if (status.submission == null) return {};
  const { waitingSince, replacedPods: _, ...submission } = status.submission;
  return {
    status: {
      ...status,
      applicationState: { state: 'SUBMITTED' },
      executionAttempts: (status.executionAttempts ?? 0) + 1,
      driverInfo: { ...status.driverInfo, podUid: pod.uid },
      submission: { ...submission, ...(pod.configMapId === undefined ? {} : { configMapId: pod.configMapId }) },
    },
    events: [applicationEvents.submitted(name)],
    action: { kind: 'release-driver' },
  };
}

function afterClaim(
  record: ApplicationRecord,
  observation: Observation,
  context: DecisionContext,
  podUid: string,
): Decision {
  const { driver, setback } = observation;
  if (driver.kind === 'unknown') return { action: { kind: 'look-up-driver' } };
  const pod = driver.kind === 'present' && driver.pod.uid === podUid ? driver.pod : undefined;
  const isReleased = observation.released || observation.configMap === 'present';
  if (pod !== undefined && (isReleased || hasStarted(pod))) return monitor(record, observation, context);
  if (setback?.kind === 'refused' && (pod === undefined || pod.deleting)) {
    return submissionFailed(record, context, setback.message);
  }
  // It may have run: nobody but a new submission may ever make another one.
  if (pod === undefined) return driverLost(record, observation, context);
  if (observation.configMap === 'unknown') {
    return unlessWaiting(observation, context, { action: { kind: 'look-up-config-map' } });
  }
  if (pod.deleting) return waitToGo(record, observation, context, pod);
  if (setback?.kind === 'refused')
    return { action: { kind: 'delete-driver', pod, onlyAsSeen: true, because: setback } };
  if (setback?.kind === 'wait') return waitToRelease(record, context, pod, setback.message);
  // The spec or the code changed, and the driver can not have started: a new intent takes the claim back, and the pod is
  // deleted as that of another submission. The other way round a late release could start it in between.
  return isCurrentSubmission(record, context)
    ? { action: { kind: 'release-driver' } }
    : begin({ ...record, status: { ...record.status, ...withoutClaim(record) } }, observation, context);
}

/** A ConfigMap whose creation was not answered may still come, and the driver start: it goes before the submission is given up. */
function waitToRelease(record: ApplicationRecord, context: DecisionContext, pod: SparkPod, why: string): Decision {
  const message = `waiting to release the driver: ${why}`;
  if (!isWaitOver(record, context)) return waitFor(record, context, message);
  const because = { kind: 'refused', message: `gave up ${message}` } as const;
  return { action: { kind: 'delete-driver', pod, onlyAsSeen: true, because } };
}
