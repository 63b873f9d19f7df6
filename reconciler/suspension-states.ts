/** `spec.suspend`: the run is stopped and cleaned up, and a new one begins when it is taken back. */
import { applicationEvents } from './application-events.js';
import type { ApplicationRecord } from './application-record.js';
import { cleanUp, withoutRun } from './clean-up.js';
import type { Decision, StateHandler } from './decision.js';
import { leftOverDriver } from './left-overs.js';
import { begin } from './submission-intent.js';

/** States that suspension does not touch. */
const settled: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'SUSPENDING', 'SUSPENDED']);

function isSuspended({ spec }: ApplicationRecord): boolean {
  return 'suspend' in spec && spec.suspend === true;
}

export function mustSuspend(record: ApplicationRecord): boolean {
  return isSuspended(record) && !settled.has(record.status.applicationState?.state ?? '');
}

export function suspend(record: ApplicationRecord): Decision {
  return {
    status: { ...withoutRun(record), applicationState: { state: 'SUSPENDING' }, observedGeneration: record.generation },
    events: [applicationEvents.suspending(record.name)],
  };
}

export const suspending: StateHandler = (record, observation) => {
  const cleaning = cleanUp(record, observation);
  if (cleaning !== undefined) return cleaning;
  return {
    status: { ...record.status, applicationState: { state: 'SUSPENDED' } },
    events: [applicationEvents.suspended(record.name)],
  };
};

/** A pod that a late request made goes here too. */
export const suspended: StateHandler = (record, observation, context) => {
  if (!isSuspended(record)) return resume(record, observation, context);
  const pod = leftOverDriver(record, observation);
  return pod === undefined ? {} : { action: { kind: 'delete-driver', pod, onlyAsSeen: true } };
};

/** RESUMING is passed through. */
export const resume: StateHandler = (record, observation, context) => {
  const { status, events = [], ...next } = cleanUp(record, observation) ?? begin(record, observation, context);
  const isBegun = status?.applicationState?.state === 'SUBMITTED';
  return {
    ...next,
    ...(status === undefined ? {} : { status }),
    events: [...(isBegun ? [applicationEvents.resuming(record.name)] : []), ...events],
  };
};
