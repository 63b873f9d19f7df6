/**
 * Kubernetes events: what a user sees under `kubectl describe`. They are told, not promised: sent in the background, in
 * order for each object, a bounded number of times, and never a reason for the work itself to fail or to wait.
 */
import type { Clock } from '../clock.js';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import { type ApiClient, createObject } from './api-client.js';
import { ApiError, ApiUnreachable } from './api-error.js';
import { eventBody, type RecordedEvent } from './event-body.js';
import { Fifo } from './fifo.js';
import { events } from './resources.js';
import { WorkQueue } from './work-queue.js';

export type { RecordedEvent } from './event-body.js';

export interface EventRecorderOptions {
  client: ApiClient;
  /** Who reports, such as `spark-application-controller`. */
  component: string;
  clock: Clock;
  logger: Logger;
  /** Events not sent yet; more are dropped. Default 1,000. */
  maximumPending?: number;
  /** Requests at one time. Default 4. */
  concurrency?: number;
  /** Uniform in [0, 1); for names and back-off. Default `Math.random`. */
  random?: () => number;
}

interface Pending {
  body: ReturnType<typeof eventBody>;
  attempts: number;
}

const maximumAttempts = 6;

export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #random: () => number;
  /** By the uid of the object. */
  readonly #pending = new Map<string, Fifo<Pending>>();
  readonly #queue: WorkQueue<string>;
  #count = 0;
  #dropping = false;
  #whenEmpty: (() => void)[] = [];

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#queue = new WorkQueue<string>({
      concurrency: options.concurrency ?? 4,
      clock: options.clock,
      random: this.#random,
      handle: (uid) => this.#sendAll(uid),
      onError: (_, error, retryIn) =>
        options.logger.debug({ reason: messageOf(error), retryIn }, 'an event could not be sent; trying again'),
      maximumBackOffMilliseconds: 5_000,
    });
    this.#queue.start();
  }

  record(event: RecordedEvent): void {
    const { clock, component, logger, maximumPending = 1_000 } = this.#options;
    if (this.#count >= maximumPending) {
      if (!this.#dropping) logger.warn({ pending: this.#count }, 'too many events wait to be sent; dropping new ones');
      this.#dropping = true;
      return;
    }
    const uid = event.object.uid;
    const pending = { body: eventBody(event, component, clock.now(), this.#random), attempts: 0 };
    this.#count += 1;
    const waiting = this.#pending.get(uid);
    if (waiting !== undefined) {
      // Behind one that is being sent or waits for its next attempt, which must not come sooner for it.
      waiting.push(pending);
      return;
    }
    this.#pending.set(uid, new Fifo([pending]));
    this.#queue.add(uid);
  }

  /** Resolves when each event recorded so far, and any recorded meanwhile, was sent or given up. */
  flush(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenEmpty.push(resolve);
    });
  }

  /** @throws what the next event failed with, to be called again after a pause */
  async #sendAll(uid: string): Promise<void> {
    const waiting = this.#pending.get(uid);
    for (let next = waiting?.peek(); next !== undefined; next = waiting?.peek()) {
      await this.#send(next);
      waiting?.shift();
      this.#settleOne();
    }
    this.#pending.delete(uid);
  }

  async #send(pending: Pending): Promise<void> {
    const { client, logger } = this.#options;
    const { reason, involvedObject, metadata } = pending.body;
    pending.attempts += 1;
    try {
      await createObject(client, events, metadata.namespace, pending.body);
    } catch (thrown) {
      if (mayPass(thrown) && pending.attempts < maximumAttempts) throw thrown;
      // An earlier attempt whose answer was lost has made it.
      if (pending.attempts > 1 && thrown instanceof ApiError && thrown.status === 409) return;
      const { kind, namespace, name } = involvedObject;
      logger.warn({ event: reason, kind, namespace, name, reason: messageOf(thrown) }, 'an event was not recorded');
    }
  }

  #settleOne(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    this.#dropping = false;
    const waiting = this.#whenEmpty;
    this.#whenEmpty = [];
    for (const resolve of waiting) resolve();
  }
}

function mayPass(thrown: unknown): boolean {
  if (thrown instanceof ApiUnreachable) return true;
  return thrown instanceof ApiError && (thrown.status === 429 || thrown.status >= 500);
}
