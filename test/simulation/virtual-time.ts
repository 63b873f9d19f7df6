/**
 * Time that passes only when the run says so. Every process has a clock of its own on it: a paused process hears no timer
 * until it goes on, a dead one never again, and its wall clock may be set to something else while its timers stay as they are.
 */
import type { Clock } from '../../src/clock.js';

interface Timer {
  /** On the true time. */
  readonly due: number;
  readonly callback: () => void;
}

export class ProcessClock implements Clock {
  readonly timers = new Set<Timer>();
  isPaused = false;
  /** What its wall clock is ahead of the true time, in milliseconds. */
  offset = 0;

  constructor(private readonly time: VirtualTime) {}

  now(): number {
    const shown = this.time.now + this.offset;
    this.time.latestShown = Math.max(this.time.latestShown, shown);
    return shown;
  }

  elapsed(): number {
    return this.time.now;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { due: this.time.now + Math.max(0, milliseconds), callback };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }
}

export class VirtualTime {
  /** Milliseconds since the epoch. */
  now = Date.UTC(2026, 0, 1);
  /** The latest time that any wall clock has shown: times in a status may lie in the future. */
  latestShown = 0;
  readonly #clocks = new Set<ProcessClock>();

  clock(): ProcessClock {
    const clock = new ProcessClock(this);
    this.#clocks.add(clock);
    return clock;
  }

  forget(clock: ProcessClock): void {
    this.#clocks.delete(clock);
    clock.timers.clear();
  }

  /** Milliseconds until the next timer that will be heard. */
  get untilNextTimer(): number | undefined {
    const next = this.#next();
    return next && Math.max(0, next.timer.due - this.now);
  }

  /** Timer by timer, and after each whatever follows from it. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    for (let next = this.#next(); next !== undefined && next.timer.due <= end; next = this.#next()) {
      this.now = Math.max(this.now, next.timer.due);
      next.clock.timers.delete(next.timer);
      next.timer.callback();
      await settled();
    }
    this.now = end;
  }

  /** As when the whole machine slept: what is due meanwhile is heard only afterwards. */
  async jump(milliseconds: number): Promise<void> {
    this.now += milliseconds;
    await this.pass(0);
  }

  #next(): { clock: ProcessClock; timer: Timer } | undefined {
    let first: { clock: ProcessClock; timer: Timer } | undefined;
    for (const clock of this.#clocks) {
      if (clock.isPaused) continue;
      for (const timer of clock.timers) {
        if (first === undefined || timer.due < first.timer.due) first = { clock, timer };
      }
    }
    return first;
  }
}

/** Everything has run that can run without another event. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
