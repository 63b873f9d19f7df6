/**
 * Between two runs: the status lets go of the old one first, so that nobody still works for it, and remembers the names of its
 * pods; then those pods go; and only when the API server has said that all are gone does anything else begin.
 */
import { boundMessage, formatTime, parseTime } from '../src/api/status.js';
import { timeoutsOf } from '../src/api/timeouts.js';
import type { ApplicationRecord } from './application-record.js';
import type { Decision, DecisionContext, Observation } from './decision.js';
import { recheckAt } from './due.js';
import { describeEnding, endIsDue } from './ending-driver.js';
import type { SparkPod } from './spark-pod.js';
import { failed } from './submission-ends.js';

/**
 * The next step against the pods of earlier submissions; undefined: all are gone.
 * @param wait what is done while one of them ends
 */
export function clearReplaced(
  { status }: ApplicationRecord,
  { replaced }: Observation,
  wait: (pod: SparkPod) => Decision,
): Decision | undefined {
  if (!status.submission?.replacedPods?.length || replaced.kind === 'absent') return undefined;
  if (replaced.kind === 'unknown') return { action: { kind: 'look-up-replaced' } };
  if (replaced.pod.deleting) return wait(replaced.pod);
  return { action: { kind: 'delete-driver', pod: replaced.pod, onlyAsSeen: false } };
}

/** The same between two runs, in the state that the application is in. */
export function cleanUp(
  record: ApplicationRecord,
  observation: Observation,
  context: DecisionContext,
): Decision | undefined {
  return clearReplaced(record, observation, (pod) => waitForEnd(record, context, pod));
}

/** An event says when the pod is gone; this is for the case that it does not come. */
const routineRecheck = 30_000;

/**
 * A pod that hangs on a lost node goes when Kubernetes says so, or when somebody deletes it by force. However long it has been
 * going already, this wait has its whole time.
 */
function waitForEnd(record: ApplicationRecord, context: DecisionContext, pod: SparkPod): Decision {
  const { now } = context;
  const waitingSince = sinceWhen(record, context);
  const due = endIsDue(record, context, pod, waitingSince);
  if (now >= due) return failed(record, context, `${gaveUp}: ${describeEnding(pod)}`);
  const isLate = pod.deletionDeadline !== undefined && now >= pod.deletionDeadline;
  const why = isLate ? `waiting: ${describeEnding(pod)}` : `waiting for pod ${pod.name} to go`;
  return waitUntil(due, why, waitingSince, record, context);
}

/** The same for a pod that can not even be deleted. */
export function waitForRefused(record: ApplicationRecord, context: DecisionContext, why: string): Decision {
  const waitingSince = sinceWhen(record, context);
  const due = waitingSince + timeoutsOf(record.annotations, context.settings.timeouts).termination;
  return context.now >= due
    ? failed(record, context, `${gaveUp}: ${why}`)
    : waitUntil(due, why, waitingSince, record, context);
}

const gaveUp = 'gave up waiting for the run before to end';

function sinceWhen({ status }: ApplicationRecord, { now }: DecisionContext): number {
  return parseTime(status.submission?.waitingSince) ?? now;
}

function waitUntil(
  due: number,
  why: string,
  waitingSince: number,
  { status }: ApplicationRecord,
  { now }: DecisionContext,
): Decision {
  const errorMessage = boundMessage(why);
  return {
    status: {
      ...status,
      applicationState: { state: status.applicationState?.state ?? '', errorMessage },
      ...(status.submission == null
        ? {}
        : { submission: { ...status.submission, waitingSince: formatTime(waitingSince) } }),
    },
    ...recheckAt(Math.min(due, now + routineRecheck), now),
  };
}
