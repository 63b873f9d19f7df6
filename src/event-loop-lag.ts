/**
 * How late the event loop gets to what is due: above some tenths of a second the process has too little CPU, or something in it works
 * for too long at a time. Of this minute and the one before, so that no scrape misses a stall and none sees it for ever.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from './clock.js';
import { Gauge, type Metric } from './metrics.js';

/** Of Node's `IntervalHistogram`, in nanoseconds. */
export interface DelayHistogram {
  readonly max: number;
  percentile(percentile: number): number;
  reset(): void;
  enable(): void;
  disable(): void;
}

interface Lag {
  readonly p99: number;
  readonly longest: number;
}

const resolutionMilliseconds = 20;
const windowMilliseconds = 60_000;
const none: Lag = { p99: 0, longest: 0 };

export class EventLoopLag {
  readonly #clock: Clock;
  readonly #histogram: DelayHistogram;
  #before = none;
  #cancel = () => {};

  /** @param histogram the system's; it costs no JavaScript */
  constructor(clock: Clock, histogram: DelayHistogram = monitorEventLoopDelay({ resolution: resolutionMilliseconds })) {
    this.#clock = clock;
    this.#histogram = histogram;
  }

  start(): void {
    this.#histogram.enable();
    this.#cancel = this.#clock.after(windowMilliseconds, () => {
      this.#before = this.#now();
      this.#histogram.reset();
      this.start();
    });
  }

  stop(): void {
    this.#cancel();
    this.#histogram.disable();
  }

  /** @param prefix of the names */
  read(prefix = ''): readonly Metric[] {
    const now = this.#now();
    return rows.map(({ name, help, of }) => {
      const gauge = new Gauge(`${prefix}${name}`, help);
      gauge.set(Math.max(of(now), of(this.#before)));
      return gauge;
    });
  }

  /** In seconds. */
  #now(): Lag {
    return { p99: seconds(this.#histogram.percentile(99)), longest: seconds(this.#histogram.max) };
  }
}

const rows: readonly { readonly name: string; readonly help: string; readonly of: (lag: Lag) => number }[] = [
  {
    name: 'firesteel_event_loop_lag_p99_seconds',
    help: 'How late the event loop was for what was due, p99 of the latest minute or two.',
    of: ({ p99 }) => p99,
  },
  {
    name: 'firesteel_event_loop_lag_longest_seconds',
    help: 'The longest that the event loop was held up, in the latest minute or two.',
    of: ({ longest }) => longest,
  },
];

/** What is measured is the time between two looks, which is the resolution when nothing is late. */
function seconds(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e9 - resolutionMilliseconds / 1_000);
}
