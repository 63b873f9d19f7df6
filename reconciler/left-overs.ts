/** Driver pods of an application that no submission needs any more. */
import type { PodState } from '../src/api/status.js';
import type { ApplicationRecord } from './application-record.js';
import type { Observation } from './decision.js';
import { podState, type SparkPod } from './spark-pod.js';

const ended: ReadonlySet<PodState> = new Set(['COMPLETED', 'FAILED']);

/**
 * One that may still run: of submissions that are over, and, unless the application ended well, its own, which may have been
 * about to start or just started. Those that ended are kept for their logs.
 */
export function leftOverDriver(record: ApplicationRecord, { driver, strays }: Observation): SparkPod | undefined {
  const isCompleted = record.status.applicationState?.state === 'COMPLETED';
  const pods = !isCompleted && driver.kind === 'present' ? [driver.pod, ...strays] : strays;
  return pods.find((pod) => pod.ownerUid === record.uid && !pod.deleting && !ended.has(podState(pod)));
}
