/**
 * The table of metrics: what of a transition of an application moves which, by the names and types of the peer (compatibility
 * reference: operator metrics). A transition is a status that was written, with the events that tell of it: states that are
 * passed through in one write have theirs. What restarts, replays and conflicts bring moves nothing. Pure.
 */
import type { PodState } from '../src/api/status.js';
import { parseTime, type SparkApplicationStatus } from '../src/api/status.js';
import { unmutatedPodReason } from './application-events.js';
import type { ApplicationRecord } from './application-record.js';
import type { ApplicationEvent } from './decision.js';

export interface Transition {
  /** Before. */
  readonly record: ApplicationRecord;
  /** As it was written. */
  readonly status: SparkApplicationStatus;
  readonly events: readonly Pick<ApplicationEvent, 'reason'>[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

interface Row {
  readonly name: string;
  readonly help: string;
  /** By whose labels: executors may have some of their own. */
  readonly of?: 'executor' | 'operator';
}

/** Moved by a number, mostly none. */
export interface CounterRow extends Row {
  readonly type: 'counter';
  readonly by: (transition: Transition) => number;
}

/** Takes a value in seconds, mostly none. */
export interface LengthRow extends Row {
  readonly type: 'summary' | 'histogram';
  /** Whose buckets. */
  readonly buckets?: 'submit' | 'start';
  readonly seconds: (transition: Transition) => number | undefined;
}

/** Counted when it is read, so that it is right at once after a restart. */
export interface GaugeRow extends Row {
  readonly type: 'gauge';
  readonly now: (application: ApplicationRecord) => number;
}

export const applicationMetrics: readonly (CounterRow | LengthRow | GaugeRow)[] = [
  {
    name: 'spark_application_count',
    type: 'counter',
    help: 'Applications that were taken up.',
    by: told('SparkApplicationAdded'),
  },
  {
    name: 'spark_application_submit_count',
    type: 'counter',
    help: 'Submissions that succeeded: a driver is there.',
    by: told('SparkApplicationSubmitted'),
  },
  {
    name: 'spark_application_failed_submission_count',
    type: 'counter',
    help: 'Submissions that failed, whether or not they are tried again.',
    by: told('SparkApplicationSubmissionFailed'),
  },
  {
    name: 'spark_application_running_count',
    type: 'gauge',
    help: 'Applications that run now.',
    now: ({ status }) => (status.applicationState?.state === 'RUNNING' ? 1 : 0),
  },
  {
    name: 'spark_application_success_count',
    type: 'counter',
    help: 'Applications that completed.',
    by: told('SparkApplicationCompleted'),
  },
  {
    name: 'spark_application_failure_count',
    type: 'counter',
    help: 'Applications that failed for good.',
    by: told('SparkApplicationFailed'),
  },
  {
    name: 'spark_application_retry_count',
    type: 'counter',
    help: 'Runs and submissions that failed and are tried again.',
    by: ({ record, status }) => (isRetried(status) && !isRetried(record.status) ? 1 : 0),
  },
  {
    name: 'spark_application_success_execution_time_seconds',
    type: 'summary',
    help: 'From the latest submission to the end, of applications that completed.',
    seconds: (transition) => runTime(transition, 'COMPLETED'),
  },
  {
    name: 'spark_application_failure_execution_time_seconds',
    type: 'summary',
    help: 'From the latest submission to the end, of applications that failed.',
    seconds: (transition) => runTime(transition, 'FAILED'),
  },
  {
    name: 'spark_application_submit_latency_seconds',
    type: 'summary',
    help: 'From the creation of an application to its submission, of those submitted at the first try.',
    seconds: submitLatency,
  },
  {
    name: 'spark_application_submit_latency_seconds_histogram',
    type: 'histogram',
    buckets: 'submit',
    help: 'From the creation of an application to its submission, of those submitted at the first try.',
    seconds: submitLatency,
  },
  {
    name: 'spark_application_start_latency_seconds',
    type: 'summary',
    help: 'From the creation of an application to its running, of those in their first run.',
    seconds: startLatency,
  },
  {
    name: 'spark_application_start_latency_seconds_histogram',
    type: 'histogram',
    buckets: 'start',
    help: 'From the creation of an application to its running, of those in their first run.',
    seconds: startLatency,
  },
  {
    name: 'spark_executor_running_count',
    type: 'gauge',
    of: 'executor',
    help: 'Executors that run now.',
    now: ({ status }) => (status.terminationTime == null ? (status.executorCounts?.RUNNING ?? 0) : 0),
  },
  {
    name: 'spark_executor_success_count',
    type: 'counter',
    of: 'executor',
    help: 'Executors that completed.',
    by: more('COMPLETED'),
  },
  {
    name: 'spark_executor_failure_count',
    type: 'counter',
    of: 'executor',
    help: 'Executors that failed.',
    by: more('FAILED'),
  },
  {
    name: 'unmutated_pods_total',
    type: 'counter',
    of: 'operator',
    help: 'Pods that were admitted without the features that their annotations ask for.',
    by: told(unmutatedPodReason),
  },
];

function told(reason: string): CounterRow['by'] {
  return ({ events }) => events.filter((event) => event.reason === reason).length;
}

/** How many more executors of the run have ended so. */
function more(state: PodState): CounterRow['by'] {
  return ({ record, status }) =>
    Math.max(0, (status.executorCounts?.[state] ?? 0) - (record.status.executorCounts?.[state] ?? 0));
}

const retried: ReadonlySet<string> = new Set(['FAILING', 'SUBMISSION_FAILED']);

function isRetried({ applicationState }: SparkApplicationStatus): boolean {
  return retried.has(applicationState?.state ?? '');
}

function runTime(transition: Transition, end: string): number | undefined {
  const { status } = transition;
  if (!isEntered(transition, end)) return undefined;
  return secondsBetween(parseTime(status.lastSubmissionAttemptTime), parseTime(status.terminationTime));
}

function submitLatency(transition: Transition): number | undefined {
  const { record, status, now } = transition;
  const isFirst = status.submissionAttempts === 1 && told('SparkApplicationSubmitted')(transition) > 0;
  return isFirst ? secondsBetween(record.createdAt, now) : undefined;
}

function startLatency(transition: Transition): number | undefined {
  const { record, status, now } = transition;
  const isFirst = status.executionAttempts === 1 && isEntered(transition, 'RUNNING');
  return isFirst ? secondsBetween(record.createdAt, now) : undefined;
}

function isEntered({ record, status }: Transition, state: string): boolean {
  return status.applicationState?.state === state && record.status.applicationState?.state !== state;
}

function secondsBetween(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : Math.max(0, to - from) / 1_000;
}
