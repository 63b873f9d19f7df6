/**
 * A driver that does not run yet: why, in Kubernetes' words, and for how long that may go on. Where the pod itself says no
 * more than that it is on its way, Kubernetes' warnings about it are asked for, but not before it takes unusually long.
 */
import { formatDuration } from '../src/api/duration.js';
import { boundMessage, type SparkApplicationStatus } from '../src/api/status.js';
import { timeouts, timeoutsOf } from '../src/api/timeouts.js';
import type { ApplicationRecord } from './application-record.js';
import type { Action, DecisionContext, Observation } from './decision.js';
import { onNode } from './driver-failure.js';
import { givenUp, type Outcome } from './outcome.js';
import { isPullFailure, type PendingPod, type PendingStage } from './pending-pod.js';
import type { SparkPod } from './spark-pod.js';

/** What takes no longer needs no words. */
export const usual = 30_000;
const longestPause = 5 * 60_000;

/** What is said of a pod that says nothing itself. */
const onItsWay: Readonly<Record<PendingStage, string>> = {
  scheduling: 'no scheduler has looked at it yet; is there one of the name in its schedulerName?',
  'container creation': 'its containers are being created: volumes are mounted, images are pulled',
  'image pull': 'its images are being pulled',
  'init containers': 'its init containers are at work',
};

/** An action where more must be known first. */
export function pendingOutcome(
  record: ApplicationRecord,
  observation: Observation,
  { now, settings }: DecisionContext,
  pod: SparkPod,
): Outcome | Action {
  const { pending } = pod;
  if (pending === undefined) return { state: 'SUBMITTED', events: [] };
  const since = Math.max(pending.since, observation.releasedAt ?? 0);
  if (pending.because === undefined) {
    if (now < since + usual) return { state: 'SUBMITTED', events: [], validUntil: since + usual };
    if (observation.driverWarning === undefined) return { kind: 'look-up-driver-warning', pod, since };
  }
  const reason = reasonOf(pending, observation, record.status);
  const timeout = timeoutsOf(record.annotations, settings.timeouts)[pending.stage];
  if (now >= since + timeout) return timedOut(pod, pending.stage, timeout, reason);
  const nextLook = now + Math.min(Math.max(usual, (now - since) / 4), longestPause);
  return {
    state: 'SUBMITTED',
    message: boundMessage(`${prefix}${reason}`),
    events: [],
    validUntil: pending.because === undefined ? Math.min(nextLook, since + timeout) : since + timeout,
  };
}

const prefix = 'driver pod is pending: ';

/** In Kubernetes' words, as far as it has any. */
export function pendingReason({ because, stage }: PendingPod, { driverWarning }: Observation): string {
  const warning = driverWarning === 'none' ? undefined : driverWarning;
  const known = because ?? warning;
  return known === undefined ? onItsWay[stage] : `${known.reason}: ${known.message}`;
}

/** Of the two that a failing pull alternates between, the first to be seen stays. */
function reasonOf(pending: PendingPod, observation: Observation, status: SparkApplicationStatus): string {
  const { because } = pending;
  if (because === undefined) return pendingReason(pending, observation);
  const before = status.applicationState?.errorMessage ?? '';
  const [, reason = ''] = /^driver pod is pending: (\w+): /.exec(before) ?? [];
  if (isPullFailure(because.reason) && isPullFailure(reason)) return before.slice(prefix.length);
  return pendingReason(pending, observation);
}

/** That no node was found in time is the cluster's doing; what can not be pulled, mounted or set up is named by the application. */
function timedOut(pod: SparkPod, stage: PendingStage, timeout: number, reason: string): Outcome {
  const why =
    `driver pod ${pod.name}${onNode(pod)} did not start: ${stage} took more than ${formatDuration(timeout)} ` +
    `(--${timeouts[stage].name}): ${reason}`;
  return givenUp(pod.name, why, stage === 'scheduling');
}
