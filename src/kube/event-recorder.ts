/**
 * Kubernetes events: what a user sees under `kubectl describe`. They are told, not promised: sent in the background, in
 * order for each object, a bounded number of times, and never a reason for the work itself to fail or to wait. One that speaks
 * for several (`event-series.ts`) is brought up to date now and then, not with each of them.
 */
import type { Clock } from '../clock.js';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import { type ApiClient, createObject, mergePatch } from './api-client.js';
import { ApiError, ApiUnreachable, isNotFound } from './api-error.js';
import { type EventBody, eventBody, type RecordedEvent, withOneMore } from './event-body.js';
import { EventSeries } from './event-series.js';
import { Fifo } from './fifo.js';
import { events } from './resources.js';
import { oneLane, WorkQueue } from './work-queue.js';

export type { RecordedEvent } from './event-body.js';

export interface EventRecorderOptions {
  client: ApiClient;
  /** Who reports, such as `spark-application-controller`. */
  component: string;
  clock: Clock;
  logger: Logger;
  /** Events not sent yet, of about 1 KB each; more are dropped. Default 20,000. */
  maximumPending?: number;
  /** Requests at one time, of new events and of others each. Default 8. */
  concurrency?: number;
  /** Different events of one reason about one object, beyond which one speaks for the rest. Default 10. */
  maximumSimilar?: number;
  /** Uniform in [0, 1); for names and back-off. Default `Math.random`. */
  random?: () => number;
}

/** An event as it should stand, and as it was sent. */
interface Told {
  body: EventBody;
  sent: EventBody | undefined;
  attempts: number;
}

const maximumAttempts = 6;

/** Between two updates of an event. */
const updateMilliseconds = 5_000;

export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #random: () => number;
  readonly #series: EventSeries<Told>;
  /** New events by the uid of the object. */
  readonly #pending = new Map<string, Fifo<Told>>();
  readonly #queue: WorkQueue<string>;
  /** Events that were sent and have changed since, by their names. */
  readonly #changed = new Map<string, Told>();
  readonly #updates: WorkQueue<string>;
  #count = 0;
  #dropping = false;
  #whenEmpty: (() => void)[] = [];

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    const now = () => options.clock.now();
    this.#series = new EventSeries<Told>({
      maximumSimilar: options.maximumSimilar ?? 10,
      begin: (event) => ({
        body: eventBody(event, options.component, now(), this.#random),
        sent: undefined,
        attempts: 0,
      }),
      add: (told, event) => {
        told.body = withOneMore(told.body, event, now());
      },
    });
    this.#queue = this.#startQueue((uid) => this.#sendAll(uid));
    this.#updates = this.#startQueue((name) => this.#update(name));
  }

  #startQueue(handle: (key: string) => Promise<void>): WorkQueue<string> {
    const { clock, logger, concurrency = 8 } = this.#options;
    const queue = new WorkQueue<string>({
      ...oneLane(concurrency),
      clock,
      random: this.#random,
      handle,
      onError: (_, error, retryIn) =>
        logger.debug({ reason: messageOf(error), retryIn }, 'an event could not be sent; trying again'),
      maximumBackOffMilliseconds: 5_000,
    });
    queue.start();
    return queue;
  }

  record(event: RecordedEvent): void {
    const { clock, logger, maximumPending = 20_000 } = this.#options;
    if (this.#count >= maximumPending) {
      if (!this.#dropping) logger.warn({ pending: this.#count }, 'too many events wait to be sent; dropping new ones');
      this.#dropping = true;
      return;
    }
    const { told, isNew } = this.#series.take(event, clock.now());
    if (isNew) this.#enqueue(event.object.uid, told);
    else if (told.sent !== undefined) this.#scheduleUpdate(told);
  }

  #enqueue(uid: string, told: Told): void {
    this.#count += 1;
    const waiting = this.#pending.get(uid);
    if (waiting !== undefined) {
      // Behind one that is being sent or waits for its next attempt, which must not come sooner for it.
      waiting.push(told);
      return;
    }
    this.#pending.set(uid, new Fifo([told]));
    this.#queue.add(uid);
  }

  #scheduleUpdate(told: Told): void {
    const { name } = told.body.metadata;
    if (this.#changed.has(name)) return;
    this.#changed.set(name, told);
    this.#count += 1;
    told.attempts = 0;
    this.#updates.addAfter(name, this.#whenEmpty.length > 0 ? 0 : updateMilliseconds);
  }

  /** Resolves when each event recorded so far, and any recorded meanwhile, was sent or given up. */
  flush(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    for (const name of this.#changed.keys()) this.#updates.add(name);
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

  async #send(told: Told): Promise<void> {
    const { client } = this.#options;
    const { body } = told;
    // An earlier attempt whose answer was lost may have made it.
    const isThere = (thrown: unknown) => told.attempts > 1 && thrown instanceof ApiError && thrown.status === 409;
    told.attempts += 1;
    await this.#attempt(told, () => createObject(client, events, body.metadata.namespace, body), isThere);
    told.sent = body;
    if (told.body !== body) this.#scheduleUpdate(told);
  }

  /** One that has expired meanwhile is made anew. */
  async #update(key: string): Promise<void> {
    const told = this.#changed.get(key);
    if (told === undefined) return;
    const { client } = this.#options;
    const { body } = told;
    const { namespace, name } = body.metadata;
    const { message, count, lastTimestamp } = body;
    told.attempts += 1;
    await this.#attempt(told, async () => {
      try {
        await mergePatch(client, events, { namespace, name }, { message, count, lastTimestamp });
      } catch (error) {
        if (!isNotFound(error)) throw error;
        await createObject(client, events, namespace, body);
      }
    });
    told.sent = body;
    this.#changed.delete(key);
    if (told.body !== body) this.#scheduleUpdate(told);
    this.#settleOne();
  }

  /** @throws what may pass, as long as there are attempts left */
  async #attempt(
    { body, attempts }: Told,
    request: () => Promise<unknown>,
    isDone: (thrown: unknown) => boolean = () => false,
  ): Promise<void> {
    try {
      await request();
    } catch (thrown) {
      if (mayPass(thrown) && attempts < maximumAttempts) throw thrown;
      if (isDone(thrown)) return;
      const { reason, involvedObject } = body;
      const { kind, namespace, name } = involvedObject;
      this.#options.logger.warn(
        { event: reason, kind, namespace, name, reason: messageOf(thrown) },
        'an event was not recorded',
      );
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
