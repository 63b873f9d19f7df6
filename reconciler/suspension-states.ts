/** `spec.suspend`: the run is stopped and cleaned up, and a new one begins when it is taken back. */
import type { SparkApplicationStatus } from '../src/api/status.js';
import { applicationEvents } from './application-events.js';
import type { ApplicationRecord } from './application-record.js';
import { cleanUp } from './clean-up.js';
import type { Decision, Observation, StateHandler } from './decision.js';
import { specHash } from './driver-rendering.js';
import { leftOverDriver } from './left-overs.js';
import { withoutRun } from './rerun.js';
import { podState } from './spark-pod.js';
import { begin } from './submission-intent.js';

/** States that suspension does not touch. */
const settled: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'SUSPENDING', 'SUSPENDED']);

function isSuspended({ spec }: ApplicationRecord): boolean {
  return 'suspend' in spec && spec.suspend === true;
}

export function mustSuspend(record: ApplicationRecord, { driver }: Observation): boolean {
  if (!isSuspended(record) || settled.has(record.status.applicationState?.state ?? '')) return false;
  const { podUid } = record.status.driverInfo ?? {};
  return !(driver.kind === 'present' && driver.pod.uid === podUid && podState(driver.pod) === 'COMPLETED');
}

/** States of a driver that may have ended meanwhile. */
const underWay: ReadonlySet<string> = new Set(['SUBMITTED', 'RUNNING', 'UNKNOWN']);

/** A driver that has ended well while nobody looked has done its work: that is no run to be stopped. */
export function suspend(record: ApplicationRecord, { driver }: Observation): Decision {
  const { applicationState, driverInfo } = record.status;
  const isSeen = driver.kind === 'absent' || (driver.kind === 'present' && driver.isLive === true);
  if (driverInfo?.podUid != null && underWay.has(applicationState?.state ?? '') && !isSeen) {
    return { action: { kind: 'look-up-driver' } };
  }
  return {
    status: { ...withoutRun(record), applicationState: { state: 'SUSPENDING' }, observedGeneration: record.generation },
    events: [applicationEvents.suspending(record.name)],
  };
}

export const suspending: StateHandler = (record, observation, context) => {
  const cleaning = cleanUp(record, observation, context);
  if (cleaning !== undefined) return cleaning;
  return {
    status: { ...withoutWait(record.status), applicationState: { state: 'SUSPENDED' } },
    events: [applicationEvents.suspended(record.name)],
  };
};

/** What is waited for after a resumption has its whole time. */
function withoutWait({ submission, ...status }: SparkApplicationStatus): SparkApplicationStatus {
  if (submission == null) return status;
  const { waitingSince, ...kept } = submission;
  return { ...status, submission: kept };
}

/** A pod that a late request made goes here too. */
export const suspended: StateHandler = (record, observation, context) => {
  if (!isSuspended(record)) return resume(record, observation, context);
  const pod = leftOverDriver(record, observation);
  return pod === undefined ? {} : { action: { kind: 'delete-driver', pod, onlyAsSeen: true } };
};

/** RESUMING is passed through. */
export const resume: StateHandler = (record, observation, context) => {
  const next = cleanUp(record, observation, context) ?? begin(withFreshBudget(record), observation, context);
  if (next.status?.applicationState?.state !== 'SUBMITTED') return next;
  return { ...next, events: [applicationEvents.resuming(record.name), ...(next.events ?? [])] };
};

/** Another spec than the one that was suspended has its tries before it. */
function withFreshBudget(record: ApplicationRecord): ApplicationRecord {
  if (record.status.submission?.specHash === specHash(record.spec)) return record;
  const { submissionAttempts, executionAttempts, infrastructureFailures, ...status } = record.status;
  return { ...record, status };
}
