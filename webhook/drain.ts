/**
 * Leaving so that no review is lost. Readiness fails first, and everything is served as before while the endpoints of the
 * Service lose this replica; then each answer closes its connection, for API servers go on using those they have; and when
 * nothing has come for a while, there is nobody left to lose.
 */
import { type Clock, pause } from '../src/clock.js';

export interface DrainTimes {
  /** How long to serve as before, in milliseconds. */
  readonly delay: number;
  /** How long nothing must have come, before the end. */
  readonly quiet: number;
  /** How long all of it may take; within the grace period of the pod. */
  readonly limit: number;
}

export const drainTimes: DrainTimes = { delay: 3_000, quiet: 2_000, limit: 20_000 };

export interface Drained {
  /** From now on each answer closes its connection. */
  closeConnections(): void;
  /** When the latest request came, in milliseconds of the clock. */
  readonly latestRequest: number;
}

const pollMilliseconds = 50;

/** Resolves when it is time to end. */
export async function drain(server: Drained, clock: Clock, { delay, quiet, limit }: DrainTimes): Promise<void> {
  const start = clock.now();
  await pause(clock, delay);
  server.closeConnections();
  const isOver = () => {
    const now = clock.now();
    return now - server.latestRequest >= quiet || now - start >= limit;
  };
  while (!isOver()) await pause(clock, pollMilliseconds);
}
