/**
 * The one place where the next step of an application is decided: a pure function of what is stored, what is seen and the
 * time. A state is a row.
 */
import type { ApplicationRecord } from './application-record.js';
import type { Decision, DecisionContext, Observation, StateHandler, StateTable } from './decision.js';
import { whileDeleting } from './deletion-states.js';
import { afterEnd } from './ended-states.js';
import { leftOverExecutors } from './left-overs.js';
import { monitor } from './monitoring-states.js';
import { failing, invalidating, pendingRerun, submissionHasFailed, succeeding } from './rerun-states.js';
import { begin } from './submission-intent.js';
import { submitted } from './submission-states.js';
import { mustSuspend, resume, suspend, suspended, suspending } from './suspension-states.js';
import { despiteRefusals } from './undeletable-pods.js';

const states: StateTable = {
  '': begin,
  SUBMITTED: submitted,
  RUNNING: monitor,
  UNKNOWN: monitor,
  SUCCEEDING: succeeding,
  FAILING: failing,
  SUBMISSION_FAILED: submissionHasFailed,
  COMPLETED: afterEnd,
  FAILED: afterEnd,
  PENDING_RERUN: pendingRerun,
  INVALIDATING: invalidating,
  SUSPENDING: suspending,
  SUSPENDED: suspended,
  RESUMING: resume,
};

const handlers: ReadonlyMap<string, StateHandler> = new Map(Object.entries(states));

/** A state that a later version wrote is left to it. */
const leave: StateHandler = () => ({});

export function decide(record: ApplicationRecord, observation: Observation, context: DecisionContext): Decision {
  const decision = decideByState(record, observation, context);
  // Last of all: they are in nobody's way.
  const pods = decision.action === undefined ? leftOverExecutors(record, observation) : [];
  const whole: Decision = pods.length === 0 ? decision : { ...decision, action: { kind: 'delete-executors', pods } };
  return despiteRefusals(whole, record, observation, context);
}

function decideByState(record: ApplicationRecord, observation: Observation, context: DecisionContext): Decision {
  const handle = handlers.get(record.status.applicationState?.state ?? '');
  if (handle === undefined) return leave(record, observation, context);
  if (record.deleting) return whileDeleting(record, observation, context);
  if (mustSuspend(record, observation)) return suspend(record, observation);
  return handle(record, observation, context);
}
