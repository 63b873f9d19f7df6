/** COMPLETED and FAILED: executors may still end, drivers that are left over are in the way, and the time to live runs. */
import { parseTime } from '../src/api/status.js';
import type { ApplicationRecord } from './application-record.js';
import type { DecisionContext, Observation, StateHandler } from './decision.js';
import { recheckAt } from './due.js';
import { executorChange } from './executor-states.js';
import { leftOverDriver } from './left-overs.js';
import { type Chore, outlivingPods } from './outliving-pods.js';
import { adopted, invalidated, isInvalid } from './spec-change.js';

export const afterEnd: StateHandler = (record, observation, context) => {
  if (isInvalid(record)) return invalidated(record);
  const { status } = record;
  const state = status.applicationState?.state ?? '';
  const executors = executorChange(status, observation.executors, state, context.settings.maximumTrackedExecutors);
  const chores = outstanding(record, observation, context);
  const next = chores.find(({ due }) => due <= context.now);
  return {
    status: { ...status, ...adopted(record), observedGeneration: record.generation, ...executors.status },
    events: executors.events,
    ...(next === undefined ? {} : { action: next.action }),
    ...recheckAt(Math.min(...chores.map(({ due }) => due)), context.now),
  };
};

/** What is still to be done, and when. */
function outstanding(record: ApplicationRecord, observation: Observation, context: DecisionContext): readonly Chore[] {
  const pod = leftOverDriver(record, observation);
  return [
    ...(pod === undefined ? [] : [{ action: { kind: 'delete-driver', pod, onlyAsSeen: true }, due: 0 } as const]),
    ...outlivingPods(record, observation, context),
    { action: { kind: 'delete-application' }, due: expiresAt(record) },
  ];
}

/** In milliseconds since the epoch; zero or less: at once. */
function expiresAt({ spec, status }: ApplicationRecord): number {
  const seconds: unknown = 'timeToLiveSeconds' in spec ? spec.timeToLiveSeconds : undefined;
  const end = parseTime(status.terminationTime);
  return typeof seconds === 'number' && end !== undefined ? end + seconds * 1_000 : Number.POSITIVE_INFINITY;
}
