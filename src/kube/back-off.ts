/**
 * Exponential back-off with equal jitter: each delay is between half and the whole of a bound that doubles. The lower half
 * keeps a failing caller from hammering; the random half keeps many callers from coming back in step.
 */
export interface BackOffOptions {
  initialMilliseconds: number;
  maximumMilliseconds: number;
  /** Uniform in [0, 1). */
  random: () => number;
}

export class BackOff {
  readonly #options: BackOffOptions;
  #bound: number;

  constructor(options: BackOffOptions) {
    this.#options = options;
    this.#bound = options.initialMilliseconds;
  }

  /** How long to wait after one more failure, in milliseconds. */
  next(): number {
    const { maximumMilliseconds, random } = this.#options;
    const bound = Math.min(this.#bound, maximumMilliseconds);
    this.#bound = Math.min(bound * 2, maximumMilliseconds);
    return bound / 2 + (random() * bound) / 2;
  }

  /** After a success. */
  reset(): void {
    this.#bound = this.#options.initialMilliseconds;
  }
}
