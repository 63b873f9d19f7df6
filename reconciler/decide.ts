/**
 * The one place where the next step of an application is decided: a pure function of what is stored, what is seen and the
 * time. A state is a row.
 */
import { boundMessage, formatTime } from '../src/api/status.js';
import { applicationEvents } from './application-events.js';
import type { ApplicationRecord } from './application-record.js';
import type { Decision, DecisionContext, Observation, StateHandler, StateTable } from './decision.js';
import { afterEnd, monitor } from './monitoring-states.js';
import { begin, submitted } from './submission-states.js';

/** States that only the peer writes so far: they are left to it. */
const leave: StateHandler = () => ({});

/** The peer's stop on the way to FAILED; without retries nothing is left to do in it. */
const endAsFailed: StateHandler = ({ status, name }, _, { now }) => {
  const errorMessage = boundMessage(status.applicationState?.errorMessage ?? 'the submission failed');
  return {
    status: { ...status, applicationState: { state: 'FAILED', errorMessage }, terminationTime: formatTime(now) },
    events: [applicationEvents.failed(name, errorMessage)],
  };
};

const states: StateTable = {
  '': begin,
  SUBMITTED: submitted,
  RUNNING: monitor,
  UNKNOWN: monitor,
  SUCCEEDING: monitor,
  FAILING: monitor,
  SUBMISSION_FAILED: endAsFailed,
  COMPLETED: afterEnd,
  FAILED: afterEnd,
  PENDING_RERUN: leave,
  INVALIDATING: leave,
  SUSPENDING: leave,
  SUSPENDED: leave,
  RESUMING: leave,
};

export function decide(record: ApplicationRecord, observation: Observation, context: DecisionContext): Decision {
  return states[record.status.applicationState?.state ?? ''](record, observation, context);
}
