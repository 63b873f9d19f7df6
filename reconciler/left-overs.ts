/** Pods of an application that no submission needs any more. */
import type { ApplicationRecord } from './application-record.js';
import type { Observation } from './decision.js';
import { hasEnded, type SparkPod } from './spark-pod.js';

/**
 * One that may still run: of submissions that are over, and, unless the application ended well, its own, which may have been
 * about to start or just started. Drivers that ended are kept for their logs; of a submission pod the status has the last words.
 */
export function leftOverDriver(
  record: ApplicationRecord,
  { driver, submissionPod, strays }: Observation,
): SparkPod | undefined {
  const isCompleted = record.status.applicationState?.state === 'COMPLETED';
  const own = isCompleted ? [] : [submissionPod, driver].flatMap((seen) => (seen.kind === 'present' ? [seen.pod] : []));
  return [...own, ...strays].find(
    (pod) => pod.ownerUid === record.uid && !pod.deleting && (pod.isSubmitter || !hasEnded(pod)),
  );
}

/**
 * Executors whose run the status has let go of: their driver goes, and as the application owns them too, nobody else would
 * collect them.
 */
export function leftOverExecutors(
  record: ApplicationRecord,
  { executors, strayExecutors }: Observation,
): readonly SparkPod[] {
  const { driverInfo, submission } = record.status;
  const isRunOver = record.deleting || (submission != null && !driverInfo?.podName);
  const isOurs = ({ applicationUid, deleting }: SparkPod) => applicationUid === record.uid && !deleting;
  return record.orphaning ? [] : [...(isRunOver ? executors : []), ...strayExecutors].filter(isOurs);
}

/** A pod in which spark-submit has done its work, or never will. */
export function spentSubmissionPod({ strays }: Observation): SparkPod | undefined {
  return strays.find((pod) => pod.isSubmitter && !pod.deleting);
}
