/** What the cached pods of an application say about it. */
import type { ApplicationRecord } from './application-record.js';
import type { DriverObservation, Observation } from './decision.js';
import type { SparkPod } from './spark-pod.js';

/**
 * A cache may still show the pod of an earlier submission under the driver's name. Such a pod proves nothing, least of all
 * that the present one is gone: unless it is the very pod that was submitted, the driver is unknown until the API server
 * is asked. The same holds for the submission pod.
 */
export function observePods(
  record: ApplicationRecord,
  pods: readonly SparkPod[],
): Pick<Observation, 'driver' | 'submissionPod' | 'replaced' | 'strays' | 'executors' | 'strayExecutors'> {
  const own = pods.filter((pod) => (pod.role === 'driver' || pod.isSubmitter) && isOwnPod(record, pod));
  const driver = own.find((pod) => isTheDriver(record, pod));
  const submissionPod = own.find((pod) => isTheSubmissionPod(record, pod));
  return {
    driver: seen(driver),
    submissionPod: seen(submissionPod),
    replaced: { kind: 'unknown' },
    strays: own.filter((pod) => pod !== driver && pod !== submissionPod),
    ...sortExecutors(record, pods),
  };
}

/** Those of the submission that the status names, and those of others. */
export function sortExecutors(
  { uid, status }: ApplicationRecord,
  pods: readonly SparkPod[],
): Pick<Observation, 'executors' | 'strayExecutors'> {
  const executors = pods.filter(({ role }) => role === 'executor');
  const isOfRun = ({ submissionId }: SparkPod) => submissionId === status.submissionID;
  return {
    executors: executors.filter(isOfRun),
    strayExecutors: executors.filter((pod) => pod.applicationUid === uid && !isOfRun(pod)),
  };
}

/** Drivers of the peer have no owner where its webhook was off; then what its status names must do. */
export function isOwnPod({ uid, status }: ApplicationRecord, pod: SparkPod): boolean {
  if (pod.ownerUid !== undefined) return pod.ownerUid === uid;
  if (status.driverInfo?.podUid != null) return pod.uid === status.driverInfo.podUid;
  return status.submission == null && pod.submissionId !== undefined && pod.submissionId === status.submissionID;
}

function seen(pod: SparkPod | undefined): DriverObservation {
  return pod === undefined ? { kind: 'unknown' } : { kind: 'present', pod };
}

/** Once a submission has claimed its pod, only that one counts. */
function isTheDriver({ status }: ApplicationRecord, pod: SparkPod): boolean {
  if (pod.isSubmitter) return false;
  const { podUid, podName } = status.driverInfo ?? {};
  return podUid == null ? pod.name === podName && pod.submissionId === status.submissionID : pod.uid === podUid;
}

/** Once the driver is claimed, spark-submit has done its work. */
function isTheSubmissionPod({ status }: ApplicationRecord, pod: SparkPod): boolean {
  const { submitter, submissionPodUid } = status.submission ?? {};
  if (!pod.isSubmitter || submitter !== 'pod' || status.driverInfo?.podUid != null) return false;
  return submissionPodUid == null ? pod.submissionId === status.submissionID : pod.uid === submissionPodUid;
}
