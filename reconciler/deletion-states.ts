/** An application that is being deleted and held by somebody's finalizer: its driver goes now, and nothing new is made. */
import type { StateHandler } from './decision.js';

export const whileDeleting: StateHandler = (record, { driver }) => {
  // `kubectl delete --cascade=orphan`: the driver is meant to stay.
  if (record.orphaning || !record.status.driverInfo?.podName) return {};
  if (driver.kind === 'unknown') return { action: { kind: 'look-up-driver' } };
  if (driver.kind === 'absent' || driver.pod.ownerUid !== record.uid || driver.pod.deleting) return {};
  return { action: { kind: 'delete-driver', pod: driver.pod, onlyAsSeen: false } };
};
