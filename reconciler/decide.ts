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

/** States that only the peer, or a later version, writes so far: they are left to it. */
const leave: StateHandler = () => ({});

/** The peer's stops on the way to an end; without retries nothing is left to do in them. */
const endAsFailed: StateHandler = ({ status, name }, _, { now }) => {
  const errorMessage = boundMessage(status.applicationState?.errorMessage ?? 'the submission failed');
  return {
    status: { ...status, applicationState: { state: 'FAILED', errorMessage }, terminationTime: formatTime(now) },
    events: [applicationEvents.failed(name, errorMessage)],
  };
};

const endAsCompleted: StateHandler = ({ status, name }, _, { now }) => ({
  status: {
    ...status,
    applicationState: { state: 'COMPLETED' },
    terminationTime: status.terminationTime ?? formatTime(now),
  },
  events: [applicationEvents.completed(name)],
});

const states: StateTable = {
  '': begin,
  SUBMITTED: submitted,
  RUNNING: monitor,
  UNKNOWN: monitor,
  SUCCEEDING: endAsCompleted,
  FAILING: endAsFailed,
  SUBMISSION_FAILED: endAsFailed,
  COMPLETED: afterEnd,
  FAILED: afterEnd,
  PENDING_RERUN: leave,
  INVALIDATING: leave,
  SUSPENDING: leave,
  SUSPENDED: leave,
  RESUMING: leave,
};

const handlers: ReadonlyMap<string, StateHandler> = new Map(Object.entries(states));

export function decide(record: ApplicationRecord, observation: Observation, context: DecisionContext): Decision {
  const handle = handlers.get(record.status.applicationState?.state ?? '') ?? leave;
  return handle(record, observation, context);
}
