/** COMPLETED and FAILED: executors may still end, drivers that are left over are in the way, and the time to live runs. */
import { parseTime } from '../src/api/status.js';
import type { ApplicationRecord } from './application-record.js';
import type { Action, StateHandler } from './decision.js';
import { recheckAt } from './due.js';
import { executorChange } from './executor-states.js';
import { leftOverDriver } from './left-overs.js';
import { adopted, invalidated, isInvalid } from './spec-change.js';

export const afterEnd: StateHandler = (record, observation, { now, settings }) => {
  if (isInvalid(record)) return invalidated(record);
  const { status } = record;
  const state = status.applicationState?.state ?? '';
  const executors = executorChange(status, observation.executors, state, settings.maximumTrackedExecutors);
  const pod = leftOverDriver(record, observation);
  const expiry = expiresAt(record);
  const action: Action | undefined =
    pod !== undefined
      ? { kind: 'delete-driver', pod, onlyAsSeen: true }
      : expiry <= now
        ? { kind: 'delete-application' }
        : undefined;
  return {
    status: { ...status, ...adopted(record), observedGeneration: record.generation, ...executors.status },
    events: executors.events,
    ...(action === undefined ? {} : { action }),
    ...recheckAt(expiry, now),
  };
};

/** In milliseconds since the epoch; zero or less: at once. */
function expiresAt({ spec, status }: ApplicationRecord): number {
  const seconds: unknown = 'timeToLiveSeconds' in spec ? spec.timeToLiveSeconds : undefined;
  const end = parseTime(status.terminationTime);
  return typeof seconds === 'number' && end !== undefined ? end + seconds * 1_000 : Number.POSITIVE_INFINITY;
}
