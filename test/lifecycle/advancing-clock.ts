/**
 * A clock that a test moves. It goes as the real one does, so that what waits a moment for the network goes on by itself, but
 * ahead of it, as far as it was moved; or it stands still, so that a time can be met to the millisecond.
 */
import { type Clock, systemClock } from '../../src/clock.js';

interface Timer {
  /** Milliseconds since the epoch, by this clock. */
  readonly due: number;
  readonly callback: () => void;
  cancel: () => void;
}

export class AdvancingClock implements Clock {
  readonly #timers = new Set<Timer>();
  #ahead = 0;
  #standsAt: number | undefined;

  now(): number {
    return this.#standsAt ?? systemClock.now() + this.#ahead;
  }

  elapsed(): number {
    return this.now();
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer: Timer = { due: this.now() + milliseconds, callback, cancel: () => {} };
    this.#timers.add(timer);
    this.#wind(timer);
    return () => this.#drop(timer);
  }

  /** Moves on by that much, and goes on from there. */
  advance(milliseconds: number): void {
    const time = this.now() + milliseconds;
    this.#ahead = time - systemClock.now();
    this.#standsAt = undefined;
    this.#fire(time);
  }

  /** Moves there, and stays. */
  standAt(time: number): void {
    if (time < this.now()) throw new RangeError(`the clock is past ${new Date(time).toISOString()} already`);
    this.#standsAt = time;
    this.#fire(time);
  }

  /** After `standAt`: goes on from where it stands. */
  go(): void {
    this.advance(0);
  }

  #fire(time: number): void {
    const due = [...this.#timers].filter((timer) => timer.due <= time).sort((a, b) => a.due - b.due);
    for (const timer of due) {
      if (!this.#timers.has(timer)) continue; // an earlier one has cancelled it
      this.#drop(timer);
      timer.callback();
    }
    for (const timer of this.#timers) this.#wind(timer);
  }

  #wind(timer: Timer): void {
    timer.cancel();
    if (this.#standsAt !== undefined) return;
    timer.cancel = systemClock.after(Math.max(0, timer.due - this.now()), () => {
      this.#drop(timer);
      timer.callback();
    });
  }

  #drop(timer: Timer): void {
    timer.cancel();
    this.#timers.delete(timer);
  }
}
