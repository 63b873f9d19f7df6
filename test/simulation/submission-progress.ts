/** A submission never goes back, whatever happens. */

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
