/**
 * Pods that the API server refuses to delete: the operator lacks the right, or an admission policy is against it. What can go on
 * without that goes on; what can not says why it waits, and gives up in time. Every pass tries again.
 */
import type { ApplicationRecord } from './application-record.js';
import { waitForRefused } from './clean-up.js';
import type { Action, Decision, DecisionContext, Observation } from './decision.js';
import type { SparkPod } from './spark-pod.js';
import { waitFor } from './submission-ends.js';

/** Who may delete it now tells nobody. */
const pause = 5 * 60_000;

export function isUndeletable({ undeletable }: Observation, { uid }: Pick<SparkPod, 'uid'>): boolean {
  return undeletable?.has(uid) ?? false;
}

type Wait = (record: ApplicationRecord, context: DecisionContext, why: string) => Decision;

/** States in which nothing goes on before an old pod is gone. */
const waits: ReadonlyMap<string, Wait> = new Map([
  ['SUBMITTED', waitFor],
  ['SUBMISSION_FAILED', waitForRefused],
  ['PENDING_RERUN', waitForRefused],
  ['INVALIDATING', waitForRefused],
  ['SUSPENDING', waitForRefused],
  ['SUSPENDED', waitForRefused],
  ['RESUMING', waitForRefused],
]);

/** What becomes of a decision in this pass, after a deletion was refused in it. */
export function despiteRefusals(
  decision: Decision,
  record: ApplicationRecord,
  observation: Observation,
  context: DecisionContext,
): Decision {
  const { undeletable } = observation;
  if (undeletable === undefined) return decision;
  const { action, ...rest } = decision;
  const why = refusalOf(action, undeletable);
  if (action !== undefined && why === undefined) return decision;
  const wait = record.deleting ? undefined : waits.get(record.status.applicationState?.state ?? '');
  if (why !== undefined && wait !== undefined) return wait(record, context, why);
  return { ...rest, recheckAfterMilliseconds: Math.min(rest.recheckAfterMilliseconds ?? pause, pause) };
}

function refusalOf(action: Action | undefined, undeletable: ReadonlyMap<string, string>): string | undefined {
  if (action?.kind !== 'delete-driver') return undefined;
  const { uid, name } = action.pod;
  const refusal = undeletable.get(uid);
  return refusal && `waiting for pod ${name} to go: its deletion is refused: ${refusal}`;
}
