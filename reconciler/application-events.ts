/** The events on a SparkApplication: the peer's reasons, types and the gist of its messages (compatibility: events). */
import type { PodState } from '../src/api/status.js';
import type { SubmissionLimits } from './application-lanes.js';
import type { ApplicationEvent } from './decision.js';
import type { SparkPod } from './spark-pod.js';

const normal = (reason: string, message: string): ApplicationEvent => ({ type: 'Normal', reason, message });
const warning = (reason: string, message: string): ApplicationEvent => ({ type: 'Warning', reason, message });

/** Beyond the peer. */
export const unmutatedPodReason = 'SparkPodUnmutated';

export const applicationEvents = {
  added: (name: string) =>
    normal('SparkApplicationAdded', `SparkApplication ${name} was added, enqueuing it for submission`),
  submitted: (name: string) =>
    normal('SparkApplicationSubmitted', `SparkApplication ${name} was submitted successfully`),
  submittedByPod: (name: string, because: string) =>
    normal(
      'SparkApplicationSubmissionPod',
      `SparkApplication ${name} is submitted by spark-submit in a pod: ${because}`,
    ),
  submissionFailed: (name: string, why: string) =>
    warning('SparkApplicationSubmissionFailed', `failed to submit SparkApplication ${name}: ${why}`),
  completed: (name: string) => normal('SparkApplicationCompleted', `SparkApplication ${name} completed`),
  failed: (name: string, why: string) => warning('SparkApplicationFailed', `SparkApplication ${name} failed: ${why}`),
  pendingRerun: (name: string) => warning('SparkApplicationPendingRerun', `SparkApplication ${name} is pending rerun`),
  invalidating: (name: string) =>
    normal(
      'SparkApplicationInvalidating',
      `SparkApplication ${name} was changed: it is cleaned up and submitted again`,
    ),
  suspending: (name: string) => warning('SparkApplicationSuspending', `SparkApplication ${name} is suspending`),
  suspended: (name: string) => warning('SparkApplicationSuspended', `SparkApplication ${name} is suspended`),
  resuming: (name: string) => warning('SparkApplicationResuming', `SparkApplication ${name} is resuming`),
  doubt: (message: string) => warning('SparkApplicationWarning', message),
  notReconciled: (name: string, why: string) =>
    warning('SparkApplicationNotReconciled', `SparkApplication ${name} can not be worked on for the moment: ${why}`),
  driverRunning: (pod: string) => normal('SparkDriverRunning', `Driver ${pod} is running`),
  driverCompleted: (pod: string) => normal('SparkDriverCompleted', `Driver ${pod} completed`),
  driverFailed: (pod: string, why: string) => warning('SparkDriverFailed', `Driver ${pod} failed: ${why}`),
  driverUnknown: (pod: string) => warning('SparkDriverUnknown', `Driver ${pod} in unknown state`),
  podUnmutated: (pod: string) =>
    warning(
      unmutatedPodReason,
      `Pod ${pod} was admitted without the features that its annotations ask for; check that the ` +
        'MutatingWebhookConfiguration and the ValidatingAdmissionPolicy of Firesteel are there',
    ),
  /** Beyond the peer. */
  queued: (waiting: number, { concurrency, perNamespace }: SubmissionLimits) =>
    normal(
      'SparkApplicationQueued',
      `waiting for its turn to be submitted, with ${waiting} applications in all: at most ${concurrency} are submitted ` +
        `at one time (--max-concurrent-submissions)${perNamespace === 0 ? '' : `, ${perNamespace} of one namespace`}`,
    ),
  driverNotFound: (pod: string) => warning('SparkDriverNotFound', `Driver ${pod} not found`),
} as const;

const executorEventOf: Readonly<Record<PodState, (name: string, pod: SparkPod | undefined) => ApplicationEvent>> = {
  PENDING: (name) => normal('SparkExecutorPending', `Executor ${name} is pending`),
  RUNNING: (name) => normal('SparkExecutorRunning', `Executor ${name} is running`),
  COMPLETED: (name) => normal('SparkExecutorCompleted', `Executor ${name} completed`),
  FAILED: (name, pod) => warning('SparkExecutorFailed', `Executor ${name} failed with ${describeEnd(pod)}`),
  UNKNOWN: (name) => warning('SparkExecutorUnknown', `Executor ${name} in unknown state`),
};

export function executorEvent(state: PodState, name: string, pod: SparkPod | undefined): ApplicationEvent {
  return executorEventOf[state](name, pod);
}

function describeEnd(pod: SparkPod | undefined): string {
  if (pod?.end === undefined) return `ExitCode: -1, Reason: ${pod?.failure ?? 'Unknown (Container not Found)'}`;
  const { exitCode, reason = 'Unknown' } = pod.end;
  return `ExitCode: ${exitCode}, Reason: ${reason}${pod.failure === undefined ? '' : `, Message: ${pod.failure}`}`;
}
