/**
 * An application that is being deleted and held by somebody's finalizer: its pods go now, those of spark-submit first, as they
 * may make a driver, and nothing new is made.
 */
import type { ApplicationRecord } from './application-record.js';
import type { Action, Decision, DriverObservation, Observation, StateHandler } from './decision.js';
import type { SparkPod } from './spark-pod.js';
import { isUndeletable } from './undeletable-pods.js';

type LookUp = 'look-up-submission-pod' | 'look-up-driver' | 'look-up-replaced';

export const whileDeleting: StateHandler = (record, observation) => {
  // `kubectl delete --cascade=orphan`: the driver is meant to stay.
  if (record.orphaning) return {};
  const stray = observation.strays.find((pod) => isOurs(record, pod) && !isUndeletable(observation, pod));
  if (stray !== undefined) return { action: deletion(stray) };
  for (const [lookUp, seen] of placesToLook(record, observation)) {
    const isRefused = seen.kind === 'present' && isUndeletable(observation, seen.pod);
    const decision = isRefused ? undefined : stop(record, seen, lookUp);
    if (decision !== undefined) return decision;
  }
  return {};
};

function placesToLook(
  { status }: ApplicationRecord,
  { submissionPod, driver, replaced }: Observation,
): readonly (readonly [LookUp, DriverObservation])[] {
  const { submission, driverInfo } = status;
  return [
    ...(submission?.submitter === 'pod' ? [['look-up-submission-pod', submissionPod] as const] : []),
    ...(driverInfo?.podName ? [['look-up-driver', driver] as const] : []),
    ...(submission?.replacedPods?.length ? [['look-up-replaced', replaced] as const] : []),
  ];
}

/** Undefined: there is none, or it goes already. */
function stop(record: ApplicationRecord, seen: DriverObservation, lookUp: LookUp): Decision | undefined {
  if (seen.kind === 'unknown') return { action: { kind: lookUp } };
  return seen.kind === 'present' && isOurs(record, seen.pod) ? { action: deletion(seen.pod) } : undefined;
}

const isOurs = ({ uid }: ApplicationRecord, pod: SparkPod) => pod.ownerUid === uid && !pod.deleting;

/** Only as it was seen: who takes the owner away means it to stay. */
const deletion = (pod: SparkPod): Action => ({ kind: 'delete-driver', pod, onlyAsSeen: true });
