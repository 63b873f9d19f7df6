/** Waiting for a time. */

/** The longest that a timer sleeps at once; what is due later is looked at again. */
const longestPause = 6 * 3_600_000;

/** @param due milliseconds since the epoch, perhaps never */
export function recheckAt(due: number, now: number): { recheckAfterMilliseconds?: number } {
  if (due === Number.POSITIVE_INFINITY) return {};
  return { recheckAfterMilliseconds: Math.min(Math.max(due - now, 1), longestPause) };
}
