/**
 * Keys to be worked on, level-triggered: a key says that something about it may have changed, and the worker looks at how
 * it is now. So a key that waits needs no second place, and one that is added while it is worked on is worked on once more.
 * A key is in the queue, in the delays or with a worker; nothing else is kept of it but the back-off of one that failed.
 */
import type { Clock } from '../clock.js';
import { BackOff } from './back-off.js';
import { DelayedKeys } from './delayed-keys.js';
import { Fifo } from './fifo.js';

export interface WorkQueueOptions<K extends string> {
  /** How many keys are worked on at one time; never two workers for one key. */
  concurrency: number;
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

export class WorkQueue<K extends string> {
  readonly #options: WorkQueueOptions<K>;
  readonly #ready = new Fifo<K>();
  readonly #isReady = new Set<K>();
  readonly #delayed = new DelayedKeys<K>();
  /** Those with a worker; true: added again meanwhile. */
  readonly #working = new Map<K, { again: boolean; done: Promise<void> }>();
  readonly #backOffs = new Map<K, BackOff>();
  #phase: 'new' | 'started' | 'stopped' = 'new';
  #alarm: { due: number; cancel: () => void } | undefined;

  constructor(options: WorkQueueOptions<K>) {
    this.#options = options;
  }

  /** How many keys wait for a worker; those with a delay are not among them. */
  get depth(): number {
    return this.#ready.size;
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
    if (this.#phase === 'stopped' || this.#isReady.has(key) || this.#working.get(key)?.again) return;
    this.#delayed.add(key, this.#options.clock.elapsed() + milliseconds);
    this.#setAlarm();
  }

  /** Keys added before wait until then. */
  start(): void {
    if (this.#phase !== 'new') return;
    this.#phase = 'started';
    this.#handOut();
  }

  /** Forgets what waits; resolves when the running handlers have ended. */
  async stop(): Promise<void> {
    this.#phase = 'stopped';
    this.#alarm?.cancel();
    this.#alarm = undefined;
    this.#ready.clear();
    this.#isReady.clear();
    this.#delayed.clear();
    await Promise.all([...this.#working.values()].map(({ done }) => done));
    this.#backOffs.clear();
  }

  #enqueue(key: K): void {
    if (this.#isReady.has(key)) return;
    this.#isReady.add(key);
    this.#ready.push(key);
    this.#handOut();
  }

  #handOut(): void {
    while (this.#phase === 'started' && this.#working.size < this.#options.concurrency) {
      const key = this.#ready.shift();
      if (key === undefined) return;
      this.#isReady.delete(key);
      this.#working.set(key, { again: false, done: this.#work(key) });
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
    const again = this.#working.get(key)?.again;
    this.#working.delete(key);
    // What changed meanwhile is seen when the back-off is over; it must not turn a failure into a hot loop.
    if (again && !failed) this.add(key);
    else if (delay !== undefined) this.addAfter(key, delay);
    this.#handOut();
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

/** Node fires timers beyond 2^31 ms at once; time to live in a SparkApplication may be longer. */
const longestTimerMilliseconds = 2 ** 31 - 1;
