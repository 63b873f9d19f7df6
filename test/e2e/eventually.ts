/** Waiting for a condition: asked again and again until it holds, so that a test takes as long as it must and no longer. */
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../src/errors.js';

const pollMilliseconds = 50;

/**
 * The first value of `probe` that is neither undefined nor false.
 * @param what as a noun phrase, for the error: `the driver pod`
 * @throws when there is none in time, with what `probe` threw last; at once when it threw a `Hopeless`
 */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  withinMilliseconds = 45_000,
): Promise<T> {
  const deadline = Date.now() + withinMilliseconds;
  for (;;) {
    let thrown: unknown;
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      thrown = error;
    }
    if (Date.now() > deadline) {
      const why = thrown === undefined ? '' : `; last: ${messageOf(thrown)}`;
      throw new Error(`waited ${withinMilliseconds} ms in vain for ${what}${why}`, { cause: thrown });
    }
    await delay(pollMilliseconds);
  }
}

/** Thrown by a probe that knows that waiting on is of no use. */
export class Hopeless extends Error {}
