/**
 * Tells when nothing was heard for too long: the only way to notice a connection whose other end is gone without a word.
 * One timer that is set again only when it fires, so that hearing costs nothing.
 */
import type { Clock } from '../clock.js';

export class IdleWatchdog {
  readonly #clock: Clock;
  readonly #idleMilliseconds: number;
  readonly #onIdle: () => void;
  #heardAt: number;
  #cancel: () => void;

  constructor(clock: Clock, idleMilliseconds: number, onIdle: () => void) {
    this.#clock = clock;
    this.#idleMilliseconds = idleMilliseconds;
    this.#onIdle = onIdle;
    this.#heardAt = clock.elapsed();
    this.#cancel = clock.after(idleMilliseconds, () => this.#look());
  }

  heard(): void {
    this.#heardAt = this.#clock.elapsed();
  }

  stop(): void {
    this.#cancel();
  }

  #look(): void {
    const left = this.#heardAt + this.#idleMilliseconds - this.#clock.elapsed();
    if (left <= 0) this.#onIdle();
    else this.#cancel = this.#clock.after(left, () => this.#look());
  }
}
