/** An application that is being deleted and held by somebody's finalizer: its pods go now, and nothing new is made. */
import type { ApplicationRecord } from './application-record.js';
import type { Decision, DriverObservation, Observation, StateHandler } from './decision.js';

export const whileDeleting: StateHandler = (record, observation) => {
  // `kubectl delete --cascade=orphan`: the driver is meant to stay.
  if (record.orphaning || !record.status.driverInfo?.podName) return {};
  return stopSubmissionPod(record, observation) ?? stop(record, observation.driver, 'look-up-driver');
};

/** First, as it may make the driver; undefined: it is gone. */
function stopSubmissionPod(record: ApplicationRecord, { submissionPod }: Observation): Decision | undefined {
  if (record.status.submission?.submitter !== 'pod' || submissionPod.kind === 'absent') return undefined;
  if (submissionPod.kind === 'present' && submissionPod.pod.ownerUid !== record.uid) return undefined;
  return stop(record, submissionPod, 'look-up-submission-pod');
}

function stop(
  record: ApplicationRecord,
  seen: DriverObservation,
  lookUp: 'look-up-driver' | 'look-up-submission-pod',
): Decision {
  if (seen.kind === 'unknown') return { action: { kind: lookUp } };
  if (seen.kind === 'absent' || seen.pod.ownerUid !== record.uid || seen.pod.deleting) return {};
  return { action: { kind: 'delete-driver', pod: seen.pod, onlyAsSeen: false } };
}
