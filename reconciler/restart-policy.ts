/**
 * Whether and when an application is run, or its submission tried, again: the peer's arithmetic (compatibility: restart policy).
 * A budget of n retries means n + 1 tries; the wait is the interval times the tries so far, from the start of the latest.
 */
import { type DefaultedSpec, withDefaults } from '../src/api/defaults.js';
import { parseTime, type SparkApplicationStatus } from '../src/api/status.js';
import { type ApplicationRecord, readApplication } from './application-record.js';
import type { ReconcilerSettings } from './settings.js';

type RestartPolicy = DefaultedSpec['restartPolicy'];

/** Of a spec that can not be read: nothing is tried again. */
function restartPolicyOf(record: ApplicationRecord): RestartPolicy {
  const reading = readApplication(record);
  return reading.ok ? withDefaults(reading.application.spec).restartPolicy : { type: 'Never' };
}

/** The run that has just ended was ended by the cluster. */
export function withInfrastructureFailure(record: ApplicationRecord): ApplicationRecord {
  const infrastructureFailures = (record.status.infrastructureFailures ?? 0) + 1;
  return { ...record, status: { ...record.status, infrastructureFailures } };
}

type Budget = Pick<ReconcilerSettings, 'infrastructureRetries'>;

/** After a run that ended well. */
export function runsForEver(record: ApplicationRecord): boolean {
  return restartPolicyOf(record).type === 'Always';
}

/** After a run that failed: when the next one may begin, in milliseconds since the epoch; undefined: never. */
export function nextRunAt(record: ApplicationRecord, settings: Budget): number | undefined {
  const { type, onFailureRetries, onFailureRetryInterval } = restartPolicyOf(record);
  const { submissionAttempts } = record.status;
  const runs = record.status.executionAttempts ?? 0;
  const disrupted = record.status.infrastructureFailures ?? 0;
  // What the cluster ended uses up none of the application's tries, but a budget of its own.
  if (type === 'OnFailure' && disrupted > settings.infrastructureRetries) return undefined;
  const retries = disrupted > 0 ? (onFailureRetries ?? 0) : onFailureRetries;
  if (!hasTriesLeft(type, retries, runs - disrupted)) return undefined;
  // An application that runs for ever must not wait for all the runs of its life.
  const tries = type === 'Always' ? submissionAttempts : runs;
  return dueAt(record.status, onFailureRetryInterval, tries ?? 1);
}

/** After a submission that failed. */
export function nextSubmissionAt(record: ApplicationRecord): number | undefined {
  const { type, onSubmissionFailureRetries, onSubmissionFailureRetryInterval } = restartPolicyOf(record);
  const tries = record.status.submissionAttempts ?? 0;
  return hasTriesLeft(type, onSubmissionFailureRetries, tries)
    ? dueAt(record.status, onSubmissionFailureRetryInterval, tries)
    : undefined;
}

function hasTriesLeft(type: RestartPolicy['type'], retries: number | undefined, tries: number): boolean {
  return type === 'Always' || (type === 'OnFailure' && retries !== undefined && tries <= retries);
}

function dueAt({ lastSubmissionAttemptTime }: SparkApplicationStatus, intervalSeconds = 0, tries: number): number {
  return (parseTime(lastSubmissionAttemptTime) ?? 0) + intervalSeconds * 1_000 * Math.max(tries, 1);
}
