/**
 * From the end of a run, of a submission or of a spec to the next submission. FAILING and SUBMISSION_FAILED wait for their time,
 * INVALIDATING and PENDING_RERUN for the pods of the old run to go; where there is nothing to wait for they are passed through.
 */
import { boundMessage, formatTime } from '../src/api/status.js';
import { applicationEvents } from './application-events.js';
import type { ApplicationRecord } from './application-record.js';
import { cleanUp } from './clean-up.js';
import type { Decision, DecisionContext, StateHandler } from './decision.js';
import { recheckAt } from './due.js';
import { leftOverDriver } from './left-overs.js';
import { rerun, rerunAfterSuccess } from './rerun.js';
import { nextRunAt, nextSubmissionAt, runsForEver } from './restart-policy.js';
import { invalidated, isInvalid } from './spec-change.js';
import { begin } from './submission-intent.js';

/** A run failed. */
export const failing: StateHandler = (record, observation, context) => {
  if (isInvalid(record)) return invalidated(record);
  // One that was given up might still start.
  const pod = leftOverDriver(record, observation);
  if (pod !== undefined) return { action: { kind: 'delete-driver', pod, onlyAsSeen: true } };
  const due = nextRunAt(record, context.settings);
  if (due === undefined) return endAsFailed(record, context, 'the driver failed');
  if (due > context.now) return recheckAt(due, context.now);
  return { status: rerun(record), events: [applicationEvents.pendingRerun(record.name)] };
};

/** A run ended well. */
export const succeeding: StateHandler = (record, _, { now }) => {
  if (isInvalid(record)) return invalidated(record);
  const { status, name } = record;
  if (runsForEver(record)) return { status: rerunAfterSuccess(record), events: [applicationEvents.pendingRerun(name)] };
  const terminationTime = status.terminationTime ?? formatTime(now);
  return {
    status: { ...status, applicationState: { state: 'COMPLETED' }, terminationTime },
    events: [applicationEvents.completed(name)],
  };
};

/** A submission failed. */
export const submissionHasFailed: StateHandler = (record, observation, context) => {
  if (isInvalid(record)) return invalidated(record);
  const due = nextSubmissionAt(record);
  if (due === undefined) return endAsFailed(record, context, 'the submission failed');
  if (due > context.now) return recheckAt(due, context.now);
  return cleanUp(record, observation, context) ?? begin(record, observation, context);
};

export const pendingRerun: StateHandler = (record, observation, context) => {
  if (isInvalid(record)) return invalidated(record);
  return cleanUp(record, observation, context) ?? begin(record, observation, context);
};

export const invalidating: StateHandler = (record, observation, context) => {
  const cleaning = cleanUp(record, observation, context);
  if (cleaning !== undefined) return cleaning;
  const next = begin(record, observation, context);
  return { ...next, events: [applicationEvents.pendingRerun(record.name), ...(next.events ?? [])] };
};

function endAsFailed({ status, name }: ApplicationRecord, { now }: DecisionContext, unknown: string): Decision {
  const errorMessage = boundMessage(status.applicationState?.errorMessage ?? unknown);
  return {
    status: {
      ...status,
      applicationState: { state: 'FAILED', errorMessage },
      terminationTime: status.terminationTime ?? formatTime(now),
    },
    events: [applicationEvents.failed(name, errorMessage)],
  };
}
