/** Which state may follow which in one write of the status: a row is a state. What is not here must never happen. */
import type { ApplicationState } from '../../src/api/status.js';

/** Whatever the state of an application that has not ended, it can be changed or suspended. */
const interruptions = ['INVALIDATING', 'SUSPENDING'] as const;

/** Where a driver that may run leads to; PENDING_RERUN with restart policy `Always`. */
const ends = ['COMPLETED', 'FAILED', 'FAILING', 'SUCCEEDING', 'PENDING_RERUN'] as const;

export const stateTransitions: Readonly<Record<ApplicationState, readonly ApplicationState[]>> = {
  '': ['SUBMITTED', 'SUBMISSION_FAILED', 'FAILED', 'SUSPENDING'],
  SUBMITTED: ['RUNNING', 'UNKNOWN', 'SUBMISSION_FAILED', ...ends, ...interruptions],
  RUNNING: ['UNKNOWN', ...ends, ...interruptions],
  UNKNOWN: ['RUNNING', ...ends, ...interruptions],
  SUCCEEDING: ['COMPLETED', 'PENDING_RERUN', ...interruptions],
  FAILING: ['PENDING_RERUN', 'FAILED', ...interruptions],
  SUBMISSION_FAILED: ['SUBMITTED', 'FAILED', ...interruptions],
  COMPLETED: ['INVALIDATING'],
  FAILED: ['INVALIDATING'],
  PENDING_RERUN: ['SUBMITTED', 'SUBMISSION_FAILED', 'FAILED', ...interruptions],
  INVALIDATING: ['SUBMITTED', 'SUBMISSION_FAILED', 'FAILED', 'PENDING_RERUN', 'SUSPENDING'],
  SUSPENDING: ['SUSPENDED'],
  SUSPENDED: ['SUBMITTED', 'SUBMISSION_FAILED', 'FAILED', 'RESUMING'],
  RESUMING: ['SUBMITTED', 'SUBMISSION_FAILED', 'FAILED', ...interruptions],
};

/** How far a submission has come; among equals it may go to and fro. */
const progress: Readonly<Record<string, number>> = {
  SUBMITTED: 1,
  RUNNING: 2,
  UNKNOWN: 2,
  SUCCEEDING: 3,
  FAILING: 3,
  COMPLETED: 4,
  FAILED: 4,
};

/** Undefined: the state is not of a submission, but between two. */
export function progressOf(state: string): number | undefined {
  return progress[state];
}
