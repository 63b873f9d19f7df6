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
  /** Of reviews, since the start. */
  readonly requestCount: number;
}

const pollMilliseconds = 50;

/** Resolves when it is time to end. */
export async function drain(server: Drained, clock: Clock, { delay, quiet, limit }: DrainTimes): Promise<void> {
  const start = clock.elapsed();
  let { requestCount } = server;
  let looked = start;
  let quietFor = 0;
  for (let passed = 0; passed < limit && (passed < delay || quietFor < quiet); passed = looked - start) {
    if (passed >= delay) server.closeConnections();
    await pause(clock, pollMilliseconds);
    // After a stall, requests may wait that have not been looked at: a long gap counts as a short one.
    quietFor += Math.min(clock.elapsed() - looked, 2 * pollMilliseconds);
    looked = clock.elapsed();
    if (server.requestCount !== requestCount) quietFor = 0;
    ({ requestCount } = server);
  }
}
