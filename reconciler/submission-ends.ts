/** How a submission that can not go on ends, or what it says while it waits. */
import { boundMessage, formatTime, parseTime, type SparkApplicationStatus } from '../src/api/status.js';
import { timeoutsOf } from '../src/api/timeouts.js';
import { applicationEvents } from './application-events.js';
import type { ApplicationRecord } from './application-record.js';
import type { Decision, DecisionContext } from './decision.js';
import { renderer, specHash } from './driver-rendering.js';
import { withoutRun } from './rerun.js';
import { nextSubmissionAt } from './restart-policy.js';

const shortestPause = 1_000;
export const longestPause = 30_000;

/**
 * Says why, and looks again ever more rarely, up to the deadline of waiting. The status remembers when the wait began, so
 * that what went well for days is not ended by the first hitch.
 */
export function waitFor(record: ApplicationRecord, context: DecisionContext, message: string): Decision {
  const { since, elapsed, remaining } = waitSoFar(record, context);
  if (remaining <= 0) return submissionFailed(record, context, `gave up ${message}`);
  const pause = Math.min(Math.max(elapsed / 4, shortestPause), longestPause, remaining);
  return { status: waitingStatus(record, message, since), recheckAfterMilliseconds: pause, holdsOff: true };
}

/** Whether the next `waitFor` would give up. */
export function isWaitOver(record: ApplicationRecord, context: DecisionContext): boolean {
  return waitSoFar(record, context).remaining <= 0;
}

function waitSoFar({ status, annotations }: ApplicationRecord, { now, settings }: DecisionContext) {
  const since = parseTime(status.submission?.waitingSince) ?? now;
  const elapsed = Math.max(0, now - since);
  return { since, elapsed, remaining: timeoutsOf(annotations, settings.timeouts).submission - elapsed };
}

function waitingStatus({ status }: ApplicationRecord, message: string, since: number): SparkApplicationStatus {
  return {
    ...status,
    applicationState: { state: 'SUBMITTED', errorMessage: boundMessage(message) },
    ...(status.submission == null ? {} : { submission: { ...status.submission, waitingSince: formatTime(since) } }),
  };
}

/** SUBMISSION_FAILED, and with no retry to follow at once FAILED. */
export function submissionFailed(record: ApplicationRecord, context: DecisionContext, why: string): Decision {
  const message = `failed to submit spark application: ${why}`;
  const event = applicationEvents.submissionFailed(record.name, why);
  if (nextSubmissionAt(record) !== undefined) {
    const { submission, ...kept } = withoutRun(record);
    const status = {
      ...kept,
      ...withoutClaim(record),
      applicationState: { state: 'SUBMISSION_FAILED', errorMessage: boundMessage(message) },
      observedGeneration: record.generation,
      submission: { ...submission, specHash: specHash(record.spec), renderer },
    };
    return { status, events: [event] };
  }
  const decision = failed({ ...record, status: { ...record.status, ...withoutClaim(record) } }, context, message);
  return { ...decision, events: [event, ...(decision.events ?? [])] };
}

/** A driver that was claimed and never released has not run. */
export function withoutClaim({ status }: ApplicationRecord): Pick<SparkApplicationStatus, 'executionAttempts'> {
  if (status.driverInfo?.podUid == null) return {};
  return { executionAttempts: Math.max(0, (status.executionAttempts ?? 0) - 1) };
}

export function failed(record: ApplicationRecord, { now }: DecisionContext, why: string): Decision {
  const errorMessage = boundMessage(why);
  return {
    status: {
      ...record.status,
      applicationState: { state: 'FAILED', errorMessage },
      terminationTime: formatTime(now),
      observedGeneration: record.generation,
      // A change of the spec is what it takes to try again.
      submission: { ...record.status.submission, specHash: specHash(record.spec), renderer },
    },
    events: [applicationEvents.failed(record.name, errorMessage)],
  };
}
