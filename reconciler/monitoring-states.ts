/** From a driver that may start to the end of the application: the status follows the driver pod and its executors. */
import { boundMessage, formatTime, type PodState, type SparkApplicationStatus } from '../src/api/status.js';
import { applicationEvents } from './application-events.js';
import type { ApplicationRecord } from './application-record.js';
import { rerun } from './clean-up.js';
import type { ApplicationEvent, Decision, DecisionContext, Observation, StateHandler } from './decision.js';
import { executorChange } from './executor-states.js';
import { spentSubmissionPod } from './left-overs.js';
import { nextRunAt, runsForEver } from './restart-policy.js';
import { podState, type SparkPod } from './spark-pod.js';
import { adopted, invalidated, isInvalid } from './spec-change.js';

/** What the state of the driver makes of its application. */
interface Outcome {
  readonly state: 'SUBMITTED' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'UNKNOWN';
  readonly message?: string;
  readonly events: readonly ApplicationEvent[];
}

type OutcomeOf = (pod: SparkPod, status: SparkApplicationStatus) => Outcome;

const outcomes: Readonly<Record<PodState, OutcomeOf>> = {
  PENDING: (pod, status) => ({ state: 'SUBMITTED', ...waitingMessage(pod, status), events: [] }),
  RUNNING: (pod) => ({ state: 'RUNNING', events: [applicationEvents.driverRunning(pod.name)] }),
  UNKNOWN: (pod) => ({ state: 'UNKNOWN', events: [applicationEvents.driverUnknown(pod.name)] }),
  COMPLETED: (pod) => ({ state: 'COMPLETED', events: [applicationEvents.driverCompleted(pod.name)] }),
  FAILED: (pod) => {
    const message = failureMessage(pod);
    return { state: 'FAILED', message, events: [applicationEvents.driverFailed(pod.name, message)] };
  },
};

const pullFailures: ReadonlySet<string> = new Set(['ErrImagePull', 'ImagePullBackOff']);

/** Kubernetes' own reason. Of the two that a failing pull alternates between, the first to be seen stays. */
function waitingMessage({ waiting }: SparkPod, status: SparkApplicationStatus): { message?: string } {
  if (waiting === undefined) return {};
  const before = status.applicationState?.errorMessage ?? '';
  const isSamePull =
    pullFailures.has(waiting.reason) && [...pullFailures].some((reason) => before.includes(`: ${reason}: `));
  return { message: isSamePull ? before : `driver pod is pending: ${waiting.reason}: ${waiting.message}` };
}

function failureMessage({ end, failure }: SparkPod): string {
  if (end === undefined) return boundMessage(['driver container status missing', failure].filter(Boolean).join('; '));
  const { exitCode, reason = 'Unknown', message } = end;
  const parts = [`driver container failed with ExitCode: ${exitCode}, Reason: ${reason}`, failure, lastWords(message)];
  return boundMessage(parts.filter(Boolean).join('; '));
}

function lastWords(message: string | undefined): string | undefined {
  const words = message?.trim() ?? '';
  return words === '' ? undefined : `last words: ${words}`;
}

/** SUBMITTED (released), RUNNING, UNKNOWN. */
export const monitor: StateHandler = (record, observation, context) => {
  if (isInvalid(record)) return invalidated(record);
  const spent = spentSubmissionPod(observation);
  if (spent !== undefined) return { action: { kind: 'delete-driver', pod: spent, onlyAsSeen: false } };
  const { driver } = observation;
  if (driver.kind === 'unknown') return { action: { kind: 'look-up-driver' } };
  if (driver.kind === 'absent' || !isTheDriver(record, driver.pod)) return driverLost(record, observation, context);
  const outcome = outcomes[podState(driver.pod)](driver.pod, record.status);
  return follow(record, observation, context, outcome);
};

/** A submission of the peer names no uid; then the owner must do. */
function isTheDriver({ uid, status }: ApplicationRecord, pod: SparkPod): boolean {
  const claimed = status.driverInfo?.podUid;
  return claimed == null ? pod.ownerUid === uid : pod.uid === claimed;
}

/** The driver is gone and nobody saw it end. Whatever stands under its name instead is not the one that was submitted. */
export function driverLost(record: ApplicationRecord, observation: Observation, context: DecisionContext): Decision {
  const name = record.status.driverInfo?.podName ?? '';
  const message = `driver pod not found: ${name} was deleted, or its node was lost`;
  return follow(record, observation, context, {
    state: 'FAILED',
    message,
    events: [applicationEvents.driverNotFound(name)],
  });
}

function follow(
  record: ApplicationRecord,
  observation: Observation,
  context: DecisionContext,
  { state, message, events }: Outcome,
): Decision {
  const { status, generation } = record;
  const end = endOf(record, state);
  const wanted = end?.state ?? state;
  const executors = executorChange(status, observation.executors, wanted, context.settings.maximumTrackedExecutors);
  const followed: SparkApplicationStatus = {
    ...status,
    ...waitIsOver(status),
    ...(wanted === 'RUNNING' ? adopted(record) : {}),
    ...(status.submission == null && wanted !== 'RUNNING' ? {} : { observedGeneration: generation }),
    applicationState: { state: wanted, ...(message === undefined ? {} : { errorMessage: message }) },
    ...(end === undefined ? {} : { terminationTime: formatTime(context.now) }),
    ...executors.status,
  };
  const isNewState = status.applicationState?.state !== wanted;
  const told = [...events, ...(end?.events(record.name, message ?? '') ?? [])];
  return {
    status: wanted === 'PENDING_RERUN' ? rerun(record) : followed,
    events: [...(isNewState ? told : []), ...executors.events],
    ...(end === undefined ? { recheckAfterMilliseconds: routineRecheck } : {}),
  };
}

interface End {
  readonly state: 'COMPLETED' | 'FAILED' | 'FAILING' | 'PENDING_RERUN';
  readonly events: (name: string, message: string) => readonly ApplicationEvent[];
}

/** What follows the end of a driver; SUCCEEDING is passed through. */
function endOf(record: ApplicationRecord, state: Outcome['state']): End | undefined {
  if (state === 'COMPLETED') {
    return runsForEver(record)
      ? { state: 'PENDING_RERUN', events: (name) => [applicationEvents.pendingRerun(name)] }
      : { state, events: (name) => [applicationEvents.completed(name)] };
  }
  if (state !== 'FAILED') return undefined;
  return nextRunAt(record) === undefined
    ? { state, events: (name, message) => [applicationEvents.failed(name, message)] }
    : { state: 'FAILING', events: () => [] };
}

/** A pod that drops out of the cache without an event (its labels were changed, say) must not be waited for for ever. */
const routineRecheck = 5 * 60_000;

function waitIsOver({ submission }: SparkApplicationStatus): SparkApplicationStatus {
  if (submission?.waitingSince == null) return {};
  const { waitingSince, ...kept } = submission;
  return { submission: kept };
}
