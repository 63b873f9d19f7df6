/**
 * How fast requests may be sent: `perSecond` in the long run, `burst` of them at once. Who takes a place is told how long to wait for
 * it; places are given out in the order in which they are taken. Pure.
 */
export interface RequestLimit {
  /** More than 0. */
  readonly perSecond: number;
  /** At least 1. */
  readonly burst: number;
}

export class TokenBucket {
  readonly #interval: number;
  readonly #ahead: number;
  /** When the bucket would be full again, in milliseconds. */
  #fullAt = Number.NEGATIVE_INFINITY;

  constructor({ perSecond, burst }: RequestLimit) {
    this.#interval = 1_000 / perSecond;
    this.#ahead = this.#interval * (burst - 1);
  }

  /** @param now milliseconds of a clock that nobody sets; @returns the milliseconds to wait */
  take(now: number): number {
    const begin = Math.max(this.#fullAt, now);
    this.#fullAt = begin + this.#interval;
    return Math.max(0, begin - this.#ahead - now);
  }

  /** One place is not used after all: everybody behind is a little late, those who come are not. */
  giveBack(): void {
    this.#fullAt -= this.#interval;
  }
}
