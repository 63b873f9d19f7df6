/** A clock on which a minute passes in less than a second, so that what waits for minutes can be tested on real sockets. */
import type { Clock } from '../../src/clock.js';

export class HurriedClock implements Clock {
  readonly #factor: number;
  readonly #begin = performance.now();
  #ahead = Date.parse('2026-01-02T03:04:05Z');

  /** @param factor milliseconds of this clock in one of the machine's */
  constructor(factor: number) {
    this.#factor = factor;
  }

  now(): number {
    return Math.floor(this.#ahead + this.elapsed());
  }

  elapsed(): number {
    return (performance.now() - this.#begin) * this.#factor;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = setTimeout(callback, milliseconds / this.#factor);
    return () => clearTimeout(timer);
  }

  /** As an administrator, or a machine that was paused, sets the time. */
  jump(milliseconds: number): void {
    this.#ahead += milliseconds;
  }
}
