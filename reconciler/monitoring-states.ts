/** From a driver that may start to the end of the application: the status follows the driver pod and its executors. */
import { formatTime, type PodState, type SparkApplicationStatus } from '../src/api/status.js';
import { applicationEvents } from './application-events.js';
import type { ApplicationRecord } from './application-record.js';
import { isOwnPod } from './cached-pods.js';
import type { Action, ApplicationEvent, Decision, DecisionContext, Observation, StateHandler } from './decision.js';
import { driverFailure } from './driver-failure.js';
import { recheckAt } from './due.js';
import { unknownDriver, whileEnding } from './ending-driver.js';
import { executorChange } from './executor-states.js';
import { spentSubmissionPod } from './left-overs.js';
import type { Outcome } from './outcome.js';
import { pendingOutcome } from './pending-driver.js';
import { rerunAfterSuccess } from './rerun.js';
import { nextRunAt, runsForEver, withInfrastructureFailure } from './restart-policy.js';
import type { ReconcilerSettings } from './settings.js';
import { podState, type SparkPod } from './spark-pod.js';
import { adopted, invalidated, isInvalid } from './spec-change.js';

type OutcomeOf = (
  pod: SparkPod,
  record: ApplicationRecord,
  observation: Observation,
  context: DecisionContext,
) => Outcome | Action;

const outcomes: Readonly<Record<PodState, OutcomeOf>> = {
  PENDING: (pod, record, observation, context) => pendingOutcome(record, observation, context, pod),
  RUNNING: (pod) => ({ state: 'RUNNING', events: [applicationEvents.driverRunning(pod.name)] }),
  UNKNOWN: (pod, record, _, context) => unknownDriver(record, context, pod),
  COMPLETED: (pod, record) => ({
    state: 'COMPLETED',
    events: [...unseenStart(pod, record), applicationEvents.driverCompleted(pod.name)],
  }),
  FAILED: (pod, record) => {
    const failure = driverFailure(pod);
    const failed = applicationEvents.driverFailed(pod.name, failure.message);
    return { state: 'FAILED', ...failure, events: [...unseenStart(pod, record), failed] };
  },
};

/** Under load a driver may have ended before anybody looked; that it ran is told all the same. */
function unseenStart({ name, end }: SparkPod, { status }: ApplicationRecord): readonly ApplicationEvent[] {
  const isUnseen = end !== undefined && status.applicationState?.state === 'SUBMITTED';
  return isUnseen ? [applicationEvents.driverRunning(name)] : [];
}

/** SUBMITTED (released), RUNNING, UNKNOWN. */
export const monitor: StateHandler = (record, observation, context) => {
  if (isInvalid(record)) return invalidated(record);
  const spent = spentSubmissionPod(observation);
  if (spent !== undefined) return { action: { kind: 'delete-driver', pod: spent, onlyAsSeen: false } };
  const { driver } = observation;
  if (driver.kind === 'unknown') return { action: { kind: 'look-up-driver' } };
  if (driver.kind === 'absent' || !isTheDriver(record, driver.pod)) return driverLost(record, observation, context);
  // It runs, or did: that it still waits is old news, which the next of the watch corrects.
  if (hasRun(record) && podState(driver.pod) === 'PENDING') return { recheckAfterMilliseconds: routineRecheck };
  const outcome = outcomes[podState(driver.pod)](driver.pod, record, observation, context);
  if ('kind' in outcome) return { action: outcome };
  const next = whileEnding(record, context, driver.pod, outcome);
  if (next.isGivenUp && !driver.isLive) return { action: { kind: 'look-up-driver' } };
  return follow(claimed(record, driver.pod), observation, context, next);
};

function hasRun({ status }: ApplicationRecord): boolean {
  return status.applicationState?.state === 'RUNNING' || status.applicationState?.state === 'UNKNOWN';
}

/** A submission of the peer names no uid; then the owner must do, or where its webhook was off the submission. */
function isTheDriver(record: ApplicationRecord, pod: SparkPod): boolean {
  const claimed = record.status.driverInfo?.podUid;
  return claimed == null ? isOwnPod(record, pod) : pod.uid === claimed;
}

/** The driver of a submission of the peer is told apart by its uid from now on. */
function claimed(record: ApplicationRecord, { uid }: SparkPod): ApplicationRecord {
  const { status } = record;
  if (status.submission != null) return record;
  return { ...record, status: { ...status, driverInfo: { ...status.driverInfo, podUid: uid } } };
}

/** The driver is gone and nobody saw it end. Whatever stands under its name instead is not the one that was submitted. */
export function driverLost(record: ApplicationRecord, observation: Observation, context: DecisionContext): Decision {
  const name = record.status.driverInfo?.podName ?? '';
  const message = `driver pod not found: ${name} was deleted, or its node was lost; infrastructure failure`;
  return follow(record, observation, context, {
    state: 'FAILED',
    message,
    isInfrastructure: true,
    events: [applicationEvents.driverNotFound(name)],
  });
}

function follow(
  seen: ApplicationRecord,
  observation: Observation,
  context: DecisionContext,
  outcome: Outcome,
): Decision {
  const { state, message, events } = outcome;
  const record = outcome.isInfrastructure ? withInfrastructureFailure(seen) : seen;
  const { status, generation } = record;
  const end = endOf(record, state, context.settings);
  const wanted = end?.state ?? state;
  const executors = executorChange(status, observation.executors, wanted, context.settings.maximumTrackedExecutors);
  const followed: SparkApplicationStatus = {
    ...status,
    ...waiting(status, outcome.waitingSince),
    ...(wanted === 'RUNNING' ? adopted(record) : {}),
    ...(status.submission == null && wanted !== 'RUNNING' ? {} : { observedGeneration: generation }),
    applicationState: { state: wanted, ...(message === undefined ? {} : { errorMessage: message }) },
    ...(end === undefined ? {} : { terminationTime: formatTime(context.now) }),
    ...executors.status,
  };
  const isNewState = status.applicationState?.state !== wanted;
  const told = [...events, ...(end?.events(record.name, message ?? '') ?? [])];
  return {
    status: wanted === 'PENDING_RERUN' ? rerunAfterSuccess(record) : followed,
    events: [...(isNewState ? told : []), ...executors.events],
    ...(end === undefined ? recheck(outcome, context) : {}),
  };
}

/** A pod that drops out of the cache without an event (its labels were changed, say) must not be waited for for ever. */
const routineRecheck = 5 * 60_000;

function recheck({ validUntil = Number.POSITIVE_INFINITY }: Outcome, { now }: DecisionContext): Partial<Decision> {
  return recheckAt(Math.min(validUntil, now + routineRecheck), now);
}

interface End {
  readonly state: 'COMPLETED' | 'FAILED' | 'FAILING' | 'PENDING_RERUN';
  readonly events: (name: string, message: string) => readonly ApplicationEvent[];
}

/** What follows the end of a driver; SUCCEEDING is passed through. */
function endOf(record: ApplicationRecord, state: Outcome['state'], settings: ReconcilerSettings): End | undefined {
  if (state === 'COMPLETED') {
    return runsForEver(record)
      ? { state: 'PENDING_RERUN', events: (name) => [applicationEvents.pendingRerun(name)] }
      : { state, events: (name) => [applicationEvents.completed(name)] };
  }
  if (state !== 'FAILED') return undefined;
  return nextRunAt(record, settings) === undefined
    ? { state, events: (name, message) => [applicationEvents.failed(name, message)] }
    : { state: 'FAILING', events: () => [] };
}

/** The wait that a status remembers is over, unless it goes on. */
function waiting({ submission }: SparkApplicationStatus, since: number | undefined): SparkApplicationStatus {
  if (submission == null) return {};
  if (since !== undefined) return { submission: { ...submission, waitingSince: formatTime(since) } };
  if (submission.waitingSince == null) return {};
  const { waitingSince, ...kept } = submission;
  return { submission: kept };
}
