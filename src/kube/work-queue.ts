/**
 * Keys to be worked on, level-triggered: a key says that something about it may have changed, and the worker looks at how
 * it is now. So a key that waits needs no second place, and one that is added while it is worked on is worked on once more.
 * A key is in the queue, in the delays or with a worker; nothing else is kept of it but the back-off of one that failed.
 *
 * Keys wait in lanes, each of which has workers of its own, and take turns by group in each (ready-keys.ts).
 */
import type { Clock } from '../clock.js';
import { BackOff } from './back-off.js';
import { DelayedKeys } from './delayed-keys.js';
import { type LaneLimits, ReadyKeys } from './ready-keys.js';

/** Where a key waits for a worker. */
export interface Place<Lane extends string> {
  readonly lane: Lane;
  /** Groups take turns. */
  readonly group: string;
  /** Within the group the lowest goes first; left out: who came first. Not for some keys of a lane only. */
  readonly rank?: number;
}

export interface WorkQueueOptions<K extends string, Lane extends string = string> {
  /** How many keys of each lane are worked on at one time; never two workers for one key. */
  lanes: Readonly<Record<Lane, LaneLimits>>;
  /** Asked whenever a key is added; one that waits already moves when it is another place than before. */
  placeOf: (key: K) => Place<Lane>;
  clock: Clock;
  /** Uniform in [0, 1). */
  random: () => number;
  /** Works on a key. What it throws is retried with back-off; what it returns may ask for another look later. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing is the usual one
  handle: (key: K) => Promise<Requeue | void>;
  /** Told of every error of `handle`. It must not throw. */
  onError: (key: K, error: unknown, retryInMilliseconds: number) => void;
  /** Default 200. */
  initialBackOffMilliseconds?: number;
  /** Default 60,000. */
  maximumBackOffMilliseconds?: number;
}

export interface Requeue {
  requeueAfterMilliseconds?: number;
}

/** For queues whose keys are all alike. */
export function oneLane(concurrency: number): Pick<WorkQueueOptions<string, 'only'>, 'lanes' | 'placeOf'> {
  return { lanes: { only: { concurrency } }, placeOf: () => ({ lane: 'only', group: '' }) };
}

interface Waiting<Lane extends string> extends Place<Lane> {
  /** On the clock that nobody sets. */
  readonly since: number;
}

interface Working<Lane extends string> extends Waiting<Lane> {
  /** Added again meanwhile. */
  again: boolean;
  done: Promise<void>;
}

export class WorkQueue<K extends string, Lane extends string = string> {
  readonly #options: WorkQueueOptions<K, Lane>;
  readonly #lanes = new Map<Lane, ReadyKeys<K>>();
  readonly #waiting = new Map<K, Waiting<Lane>>();
  readonly #delayed = new DelayedKeys<K>();
  readonly #working = new Map<K, Working<Lane>>();
  #arrivals = 0;
  readonly #backOffs = new Map<K, BackOff>();
  #phase: 'new' | 'started' | 'stopped' = 'new';
  /** When a worker last took a key, or could have for the first time. */
  #takenAt = 0;
  #alarm: { due: number; cancel: () => void } | undefined;

  constructor(options: WorkQueueOptions<K, Lane>) {
    this.#options = options;
    for (const lane of lanesOf(options)) this.#lanes.set(lane, new ReadyKeys(options.lanes[lane]));
  }

  /** How many keys wait for a worker; those with a delay are not among them. */
  get depth(): number {
    return this.#waiting.size;
  }

  /** The same, of one lane. */
  depthOf(lane: Lane): number {
    return this.#lanes.get(lane)?.size ?? 0;
  }

  /** Keys that wait for a worker, those that came first in front, with when each came, as `Clock.elapsed` tells it. */
  *waiting(): IterableIterator<{ key: K; lane: Lane; since: number }> {
    for (const [key, { lane, since }] of this.#waiting) yield { key, lane, since };
  }

  /** For how long the work on a key has gone on that has taken the longest; 0: there is none. */
  get longestWorkMilliseconds(): number {
    const begun = [...this.#working.values()].map(({ since }) => since);
    return begun.length === 0 ? 0 : Math.max(0, this.#options.clock.elapsed() - Math.min(...begun));
  }

  /** For how long keys have waited while no worker took any; 0: none waits, or nobody works yet. */
  get stalledMilliseconds(): number {
    const [oldest] = this.#waiting.values();
    if (oldest === undefined || this.#phase !== 'started') return 0;
    return Math.max(0, this.#options.clock.elapsed() - Math.max(oldest.since, this.#takenAt));
  }

  /** Now: a delay of the key is void. Nothing happens after `stop`. */
  add(key: K): void {
    if (this.#phase === 'stopped') return;
    this.#delayed.delete(key);
    const work = this.#working.get(key);
    if (work !== undefined) work.again = true;
    else this.#enqueue(key);
  }

  /** Later; of several delays the one that ends first holds, and none where the key waits for a worker already. */
  addAfter(key: K, milliseconds: number): void {
    if (milliseconds <= 0) {
      this.add(key);
      return;
    }
    if (this.#phase === 'stopped' || this.#waiting.has(key) || this.#working.get(key)?.again) return;
    this.#delayed.add(key, this.#options.clock.elapsed() + milliseconds);
    this.#setAlarm();
  }

  /** Keys added before wait until then. */
  start(): void {
    if (this.#phase !== 'new') return;
    this.#phase = 'started';
    this.#takenAt = this.#options.clock.elapsed();
    for (const lane of this.#lanes.keys()) this.#handOut(lane);
  }

  /** Forgets what waits; resolves when the running handlers have ended. */
  async stop(): Promise<void> {
    this.#phase = 'stopped';
    this.#alarm?.cancel();
    this.#alarm = undefined;
    for (const [key, { lane, group }] of this.#waiting) this.#lanes.get(lane)?.delete(key, group);
    this.#waiting.clear();
    this.#delayed.clear();
    await Promise.all([...this.#working.values()].map(({ done }) => done));
    this.#backOffs.clear();
  }

  #enqueue(key: K): void {
    const place = this.#options.placeOf(key);
    const before = this.#waiting.get(key);
    if (before?.lane === place.lane && before.group === place.group) return;
    if (before !== undefined) this.#lanes.get(before.lane)?.delete(key, before.group);
    const since = before?.since ?? this.#options.clock.elapsed();
    this.#waiting.set(key, { ...place, since });
    this.#arrivals += 1;
    this.#lanes.get(place.lane)?.add(key, place.group, place.rank ?? this.#arrivals);
    this.#handOut(place.lane);
  }

  #handOut(lane: Lane): void {
    while (this.#phase === 'started') {
      const key = this.#lanes.get(lane)?.take();
      if (key === undefined) return;
      const { group } = this.#waiting.get(key) ?? { group: '' };
      this.#waiting.delete(key);
      const since = this.#options.clock.elapsed();
      this.#takenAt = since;
      this.#working.set(key, { lane, group, since, again: false, done: this.#work(key) });
    }
  }

  async #work(key: K): Promise<void> {
    // Whoever adds a key goes on first; the handler never runs inside of `add`.
    await Promise.resolve();
    let delay: number | undefined;
    let failed = false;
    try {
      const requeue = await this.#options.handle(key);
      this.#backOffs.delete(key);
      delay = requeue?.requeueAfterMilliseconds;
    } catch (error) {
      failed = true;
      delay = this.#backOffOf(key).next();
      this.#options.onError(key, error, delay);
    } finally {
      this.#release(key, delay, failed);
    }
  }

  #release(key: K, delay: number | undefined, failed: boolean): void {
    const work = this.#working.get(key);
    if (work === undefined) return;
    this.#working.delete(key);
    this.#lanes.get(work.lane)?.release(work.group);
    // What changed meanwhile is seen when the back-off is over; it must not turn a failure into a hot loop.
    if (work.again && !failed) this.add(key);
    else if (delay !== undefined) this.addAfter(key, delay);
    this.#handOut(work.lane);
  }

  #backOffOf(key: K): BackOff {
    const { random, initialBackOffMilliseconds = 200, maximumBackOffMilliseconds = 60_000 } = this.#options;
    const present = this.#backOffs.get(key);
    if (present !== undefined) return present;
    const backOff = new BackOff({
      initialMilliseconds: initialBackOffMilliseconds,
      maximumMilliseconds: maximumBackOffMilliseconds,
      random,
    });
    this.#backOffs.set(key, backOff);
    return backOff;
  }

  /** One timer, for the delay that ends first. */
  #setAlarm(): void {
    const due = this.#delayed.nextDue;
    if (due === undefined || (this.#alarm !== undefined && this.#alarm.due <= due)) return;
    this.#alarm?.cancel();
    const milliseconds = Math.min(Math.max(0, due - this.#options.clock.elapsed()), longestTimerMilliseconds);
    this.#alarm = { due, cancel: this.#options.clock.after(milliseconds, () => this.#ring()) };
  }

  #ring(): void {
    this.#alarm = undefined;
    const now = this.#options.clock.elapsed();
    for (let key = this.#delayed.takeDue(now); key !== undefined; key = this.#delayed.takeDue(now)) this.add(key);
    this.#setAlarm();
  }
}

function lanesOf<Lane extends string>({ lanes }: { lanes: Readonly<Record<Lane, LaneLimits>> }): Lane[] {
  return Object.keys(lanes) as Lane[];
}

/** Node fires timers beyond 2^31 ms at once; time to live in a SparkApplication may be longer. */
const longestTimerMilliseconds = 2 ** 31 - 1;
