/** What the cached pods of an application say about it. */
import type { ApplicationRecord } from './application-record.js';
import type { Observation } from './decision.js';
import type { SparkPod } from './spark-pod.js';

/**
 * A cache may still show the pod of an earlier submission under the driver's name. Such a pod proves nothing, least of all
 * that the present one is gone: unless it is the very pod that was submitted, the driver is unknown until the API server
 * is asked.
 */
export function observePods(
  record: ApplicationRecord,
  pods: readonly SparkPod[],
): Pick<Observation, 'driver' | 'replaced' | 'strays' | 'executors'> {
  const drivers = pods.filter(({ role, ownerUid }) => role === 'driver' && ownerUid === record.uid);
  const driver = drivers.find((pod) => isTheDriver(record, pod));
  return {
    driver: driver === undefined ? { kind: 'unknown' } : { kind: 'present', pod: driver },
    replaced: { kind: 'unknown' },
    strays: drivers.filter((pod) => pod !== driver),
    executors: pods.filter(
      ({ role, submissionId }) => role === 'executor' && submissionId === record.status.submissionID,
    ),
  };
}

/** Once a submission has claimed its pod, only that one counts. */
function isTheDriver({ status }: ApplicationRecord, pod: SparkPod): boolean {
  const { podUid, podName } = status.driverInfo ?? {};
  return podUid == null ? pod.name === podName && pod.submissionId === status.submissionID : pod.uid === podUid;
}
