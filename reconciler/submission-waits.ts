/** What a submission waits for before it can go on: pods that are in its way, and the time of the next try. */
import type { ApplicationRecord } from './application-record.js';
import { clearReplaced } from './clean-up.js';
import type { Decision, DecisionContext, Observation } from './decision.js';
import type { SparkPod } from './spark-pod.js';
import { longestPause, submissionFailed, waitFor } from './submission-ends.js';

/** By the driver of a deleted application of this name, which is about to go, or by something that is not ours at all. */
export function nameIsTaken(record: ApplicationRecord, context: DecisionContext, pod: SparkPod): Decision {
  const isOfPredecessor = pod.applicationName === record.name && pod.ownerUid !== undefined;
  if (isOfPredecessor || pod.deleting) {
    return waitFor(record, context, `waiting for pod ${pod.name} of an earlier application to go`);
  }
  return submissionFailed(record, context, `driver pod already exists: ${pod.name} is not of this application`);
}

/** Events come whenever they like; what was said to be tried later is tried later, even if clocks are set back. */
export function unlessWaiting({ waitUntil = 0 }: Observation, { now }: DecisionContext, decision: Decision): Decision {
  if (waitUntil <= now) return decision;
  return { recheckAfterMilliseconds: Math.min(waitUntil - now, longestPause), holdsOff: true };
}

export function waitToGo(
  record: ApplicationRecord,
  { setback }: Observation,
  context: DecisionContext,
  pod: SparkPod,
): Decision {
  return waitFor(record, context, setback?.message ?? `waiting for pod ${pod.name} to go`);
}

/** The next step against the pods that earlier submissions had under other names; undefined: all are gone. */
export function clearTheWay(
  record: ApplicationRecord,
  observation: Observation,
  context: DecisionContext,
): Decision | undefined {
  return clearReplaced(record, observation, (pod) => waitToGo(record, observation, context, pod));
}
