/** From a driver that may start to the end of the application: the status follows the driver pod and its executors. */
import { boundMessage, formatTime, type PodState, type SparkApplicationStatus } from '../src/api/status.js';
import { applicationEvents } from './application-events.js';
import type { ApplicationRecord } from './application-record.js';
import type { ApplicationEvent, Decision, DecisionContext, Observation, StateHandler } from './decision.js';
import { specHash } from './driver-rendering.js';
import { executorChange } from './executor-states.js';
import { podState, type SparkPod } from './spark-pod.js';

/** What the state of the driver makes of its application. */
interface Outcome {
  readonly state: 'SUBMITTED' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'UNKNOWN';
  readonly message?: string;
  readonly events: readonly ApplicationEvent[];
}

type OutcomeOf = (name: string, pod: SparkPod, status: SparkApplicationStatus) => Outcome;

const outcomes: Readonly<Record<PodState, OutcomeOf>> = {
  PENDING: (_, pod, status) => ({ state: 'SUBMITTED', ...waitingMessage(pod, status), events: [] }),
  RUNNING: (_, pod) => ({ state: 'RUNNING', events: [applicationEvents.driverRunning(pod.name)] }),
  UNKNOWN: (_, pod) => ({ state: 'UNKNOWN', events: [applicationEvents.driverUnknown(pod.name)] }),
  // SUCCEEDING and FAILING would be next; without a retry nothing is left to do in them.
  COMPLETED: (name, pod) => ({
    state: 'COMPLETED',
    events: [applicationEvents.driverCompleted(pod.name), applicationEvents.completed(name)],
  }),
  FAILED: (name, pod) => {
    const message = failureMessage(pod);
    const events = [applicationEvents.driverFailed(pod.name, message), applicationEvents.failed(name, message)];
    return { state: 'FAILED', message, events };
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

const ended: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED']);

/** SUBMITTED (released), RUNNING, UNKNOWN. */
export const monitor: StateHandler = (record, observation, context) => {
  const { driver } = observation;
  if (driver.kind === 'unknown') return { action: { kind: 'look-up-driver' } };
  if (driver.kind === 'absent' || !isTheDriver(record, driver.pod)) return driverLost(record, observation, context);
  const outcome = outcomes[podState(driver.pod)](record.name, driver.pod, record.status);
  return follow(record, observation, context, outcome);
};

/** A submission of the peer names no uid; then the owner must do. */
function isTheDriver({ uid, status }: ApplicationRecord, pod: SparkPod): boolean {
  const claimed = status.driverInfo?.podUid;
  return claimed == null ? pod.ownerUid === uid : pod.uid === claimed;
}

/** The driver is gone and nobody saw it end. Whatever stands under its name instead is not the one that was submitted. */
export function driverLost(record: ApplicationRecord, observation: Observation, context: DecisionContext): Decision {
  // Its going with the application is no failure.
  if (record.deleting) return {};
  const name = record.status.driverInfo?.podName ?? '';
  const message = `driver pod not found: ${name} was deleted, or its node was lost`;
  const events = [applicationEvents.driverNotFound(name), applicationEvents.failed(record.name, message)];
  return follow(record, observation, context, { state: 'FAILED', message, events });
}

function follow(
  record: ApplicationRecord,
  observation: Observation,
  { now, settings }: DecisionContext,
  { state, message, events }: Outcome,
): Decision {
  const { status } = record;
  const executors = executorChange(status, observation.executors, state, settings.maximumTrackedExecutors);
  const spec = specChange(record);
  const next: SparkApplicationStatus = {
    ...status,
    ...waitIsOver(status),
    ...spec.status,
    applicationState: { state, ...(message === undefined ? {} : { errorMessage: message }) },
    ...(ended.has(state) ? { terminationTime: formatTime(now) } : {}),
    ...executors.status,
  };
  const isNewState = status.applicationState?.state !== state;
  return {
    status: next,
    events: [...spec.events, ...(isNewState ? events : []), ...executors.events],
    ...(ended.has(state) ? {} : { recheckAfterMilliseconds: routineRecheck }),
  };
}

/** A pod that drops out of the cache without an event (its labels were changed, say) must not be waited for for ever. */
const routineRecheck = 5 * 60_000;

function waitIsOver({ submission }: SparkApplicationStatus): SparkApplicationStatus {
  if (submission?.waitingSince == null) return {};
  const { waitingSince, ...kept } = submission;
  return { submission: kept };
}

/** A spec edited after its submission is not applied yet; its owner is told once per edit. */
function specChange(record: ApplicationRecord): { status: SparkApplicationStatus; events: ApplicationEvent[] } {
  const { status, generation, spec, name } = record;
  if (status.submission == null || status.observedGeneration === generation) return { status: {}, events: [] };
  const isEdited = specHash(spec) !== status.submission.specHash;
  return {
    status: { observedGeneration: generation },
    events: isEdited ? [applicationEvents.specChangeNotApplied(name)] : [],
  };
}

/** COMPLETED and FAILED: the executors may still end, and drivers that are left over are in the way. */
export const afterEnd: StateHandler = (record, observation, { settings }) => {
  const { status } = record;
  const state = status.applicationState?.state ?? '';
  const executors = executorChange(status, observation.executors, state, settings.maximumTrackedExecutors);
  const spec = specChange(record);
  const next = {
    ...status,
    ...spec.status,
    ...executors.status,
  };
  const pod = leftOver(record, observation);
  return {
    status: next,
    events: [...spec.events, ...executors.events],
    ...(pod === undefined ? {} : { action: { kind: 'delete-driver' as const, pod, onlyAsSeen: true } }),
  };
};

/** Drivers of submissions that are over; and that of a failed one, which may have been about to start or just started. */
function leftOver(record: ApplicationRecord, { driver, strays }: Observation): SparkPod | undefined {
  const isFailed = record.status.applicationState?.state === 'FAILED';
  const pods = isFailed && driver.kind === 'present' ? [driver.pod, ...strays] : strays;
  return pods.find((pod) => pod.ownerUid === record.uid && !pod.deleting && !endedStates.has(podState(pod)));
}

const endedStates: ReadonlySet<PodState> = new Set(['COMPLETED', 'FAILED']);
