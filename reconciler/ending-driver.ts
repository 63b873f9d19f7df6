/**
 * A driver that Kubernetes is ending, or has lost sight of. It is not replaced before Kubernetes says that it is gone: it may
 * still be at work on a node that nobody can reach. But it is not waited for for ever either.
 */
import { formatDuration } from '../src/api/duration.js';
import { parseTime } from '../src/api/status.js';
import { timeoutsOf } from '../src/api/timeouts.js';
import { applicationEvents } from './application-events.js';
import type { ApplicationRecord } from './application-record.js';
import type { DecisionContext } from './decision.js';
import { onNode } from './driver-failure.js';
import { givenUp, type Outcome } from './outcome.js';
import type { SparkPod } from './spark-pod.js';

/**
 * Until when a pod that is being deleted is waited for, in milliseconds since the epoch.
 * @param since when the wait began, where that was later than the deletion
 */
export function endIsDue(
  { annotations }: ApplicationRecord,
  { settings }: DecisionContext,
  { deletionDeadline }: SparkPod,
  since = 0,
): number {
  if (deletionDeadline === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(deletionDeadline, since) + timeoutsOf(annotations, settings.timeouts).termination;
}

export function describeEnding(pod: SparkPod): string {
  const hint = 'if you know that it is gone, kubectl delete pod --force says so';
  return `pod ${pod.name}${onNode(pod)} is being deleted and does not end; ${hint}`;
}

/** What is said of a driver that has not ended, while its pod is being deleted. */
export function whileEnding(
  record: ApplicationRecord,
  context: DecisionContext,
  pod: SparkPod,
  outcome: Outcome,
): Outcome {
  const { deletionDeadline } = pod;
  if (deletionDeadline === undefined || outcome.state === 'COMPLETED' || outcome.state === 'FAILED') return outcome;
  if (context.now < deletionDeadline) return { ...outcome, validUntil: deletionDeadline };
  const due = endIsDue(record, context, pod);
  if (context.now >= due) return givenUp(pod.name, `gave up waiting: driver ${describeEnding(pod)}`, true);
  return { ...outcome, message: `driver ${describeEnding(pod)}`, validUntil: due };
}

/** Phase Unknown: its node does not answer. */
export function unknownDriver(
  { status, annotations }: ApplicationRecord,
  context: DecisionContext,
  pod: SparkPod,
): Outcome {
  const before = status.applicationState?.state === 'UNKNOWN' ? parseTime(status.submission?.waitingSince) : undefined;
  const waitingSince = before ?? context.now;
  const timeout = timeoutsOf(annotations, context.settings.timeouts).termination;
  if (context.now >= waitingSince + timeout) {
    const why = `nothing has been heard of driver pod ${pod.name}${onNode(pod)} for ${formatDuration(timeout)}`;
    return givenUp(pod.name, why, true);
  }
  return {
    state: 'UNKNOWN',
    events: [applicationEvents.driverUnknown(pod.name)],
    waitingSince,
    validUntil: waitingSince + timeout,
  };
}
