/**
 * In which lane of the queue an application waits: one that has to be submitted takes many requests, one whose driver runs
 * takes one, and must not stand behind a thousand of the former. Pure.
 */
import type { ApplicationState } from '../src/api/status.js';
import { type ObjectKey, splitKey } from '../src/kube/objects.js';
import type { LaneLimits } from '../src/kube/ready-keys.js';
import type { Place } from '../src/kube/work-queue.js';
import type { ApplicationRecord } from './application-record.js';

export type ApplicationLane = 'status' | 'submission';

/** States from which the next step leads to a submission, or makes way for one. */
const beforeSubmission: ReadonlySet<string> = new Set<ApplicationState>([
  '',
  'SUBMISSION_FAILED',
  'FAILING',
  'PENDING_RERUN',
  'INVALIDATING',
  'RESUMING',
]);

/** @param record undefined: it is gone */
export function placeOf(key: ObjectKey, record: ApplicationRecord | undefined): Place<ApplicationLane> {
  const group = splitKey(key).namespace ?? '';
  if (record === undefined || !isToBeSubmitted(record)) return { lane: 'status', group };
  return { lane: 'submission', group, rank: record.createdAt ?? 0 };
}

function isToBeSubmitted({ deleting, status }: ApplicationRecord): boolean {
  if (deleting) return false;
  const state = status.applicationState?.state ?? '';
  return beforeSubmission.has(state) || (state === 'SUBMITTED' && status.driverInfo?.podUid == null);
}

export interface SubmissionLimits {
  /** Submissions under way at one time, until the driver is released; `--max-concurrent-submissions`. */
  readonly concurrency: number;
  /** The same in one namespace; 0: no limit of its own; `--max-concurrent-submissions-per-namespace`. */
  readonly perNamespace: number;
}

export function lanes(
  statusConcurrency: number,
  { concurrency, perNamespace }: SubmissionLimits,
): Readonly<Record<ApplicationLane, LaneLimits>> {
  return {
    status: { concurrency: statusConcurrency },
    submission: { concurrency, ...(perNamespace === 0 ? {} : { concurrencyPerGroup: perNamespace }) },
  };
}
