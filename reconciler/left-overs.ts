/** Pods of an application that no submission needs any more. */
import type { ApplicationRecord } from './application-record.js';
import type { Observation } from './decision.js';
import { hasEnded, type SparkPod } from './spark-pod.js';
import { isUndeletable } from './undeletable-pods.js';

/**
 * One that may still run: of submissions that are over, and, unless the application ended well, its own, which may have been
 * about to start or just started. Drivers that ended are kept for their logs; of a submission pod the status has the last words.
 */
export function leftOverDriver(record: ApplicationRecord, observation: Observation): SparkPod | undefined {
  const { driver, submissionPod, strays } = observation;
  const isCompleted = record.status.applicationState?.state === 'COMPLETED';
  const own = isCompleted ? [] : [submissionPod, driver].flatMap((seen) => (seen.kind === 'present' ? [seen.pod] : []));
  const isLeftOver = (pod: SparkPod) =>
    pod.ownerUid === record.uid && !pod.deleting && (pod.isSubmitter || !hasEnded(pod));
  return [...own, ...strays].find((pod) => isLeftOver(pod) && !isUndeletable(observation, pod));
}

/**
 * Executors whose run the status has let go of: their driver goes, and as the application owns them too, nobody else would
 * collect them.
 */
export function leftOverExecutors(record: ApplicationRecord, observation: Observation): readonly SparkPod[] {
  const { executors, strayExecutors } = observation;
  const { driverInfo, submission } = record.status;
  const isRunOver = record.deleting || (submission != null && !driverInfo?.podName);
  // The executors of a driver that stays would only be made again.
  const stays = ({ uid, ownerUid = '' }: SparkPod) =>
    [uid, ownerUid].some((one) => isUndeletable(observation, { uid: one }));
  const isOurs = (pod: SparkPod) => pod.applicationUid === record.uid && !pod.deleting && !stays(pod);
  return record.orphaning ? [] : [...(isRunOver ? executors : []), ...strayExecutors].filter(isOurs);
}

/** A pod in which spark-submit has done its work, or never will. */
export function spentSubmissionPod(observation: Observation): SparkPod | undefined {
  return observation.strays.find((pod) => pod.isSubmitter && !pod.deleting && !isUndeletable(observation, pod));
}
