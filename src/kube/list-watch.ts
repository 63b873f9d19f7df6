/**
 * Keeps a sink equal to what the API server has: a paged LIST, then one WATCH after the other, each from the version where
 * the last one stopped, so that nothing is lost between them. One loop takes one turn at a time, hence watches never overlap.
 *
 * A watch is not trusted: it may end, go silent, send rubbish or refuse. Whatever happens the loop goes on as
 * `resume-point.ts` says, or with a new list when the sink could not take an object in.
 */
import { type Clock, pause } from '../clock.js';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import type { ApiClient } from './api-client.js';
import { ApiUnreachable } from './api-error.js';
import { IdleWatchdog } from './idle-watchdog.js';
import { type KubernetesObject, type ObjectKey, objectKey } from './objects.js';
import { listAll, listPages, type Selection, selectionPath, selectorQuery } from './paged-list.js';
import type { Resource } from './resources.js';
import { ResumePoint } from './resume-point.js';
import { parseWatchEvent, type WatchEvent } from './watch-event.js';
import { WatchTrouble } from './watch-trouble.js';

export interface ListWatchSink {
  /** Everything there is, at `resourceVersion`. */
  replace(objects: readonly KubernetesObject[], resourceVersion: string): void;
  upsert(object: KubernetesObject): void;
  /** @param object as it was last */
  remove(object: KubernetesObject): void;
  /**
   * In place of `replace`, for sinks that keep little of an object: each has come by `upsert`, page by page, and these are the
   * keys of all that there are at `resourceVersion`.
   */
  retain?(keys: ReadonlySet<ObjectKey>, resourceVersion: string): void;
}

export interface ListWatchOptions extends Selection {
  client: ApiClient;
  sink: ListWatchSink;
  clock: Clock;
  /** Uniform in [0, 1). */
  random: () => number;
  logger: Logger;
  /** Default 500. */
  pageLimit?: number;
  /** How long a watch may be silent; default: what the server was asked for and half a minute. */
  idleMilliseconds?: number;
  /** The server is asked to end each watch after a random time between these; default 300 to 600 s. */
  watchTimeoutSeconds?: { minimum: number; maximum: number };
}

const idleMarginMilliseconds = 30_000;
/** A watch that was up for so long works; one that ends sooner counts as a failure, or a broken proxy would make us spin. */
const settledAfterMilliseconds = 1_000;

export class ListWatch {
  /** Resolves when the sink has got its first whole list; for ever pending when stopped before. */
  readonly synced: Promise<void>;

  readonly #options: ListWatchOptions;
  readonly #stopping = new AbortController();
  readonly #trouble: WatchTrouble;
  readonly #resume: ResumePoint;
  readonly #markSynced: () => void;
  #loop: Promise<void> | undefined;
  #heardAt: number;
  /** The watch that is open. */
  #attempt: AbortController | undefined;

  constructor(options: ListWatchOptions) {
    this.#options = options;
    this.#heardAt = options.clock.elapsed();
    this.#trouble = new WatchTrouble(options.logger, options);
    this.#resume = new ResumePoint(options);
    let markSynced = () => {};
    this.synced = new Promise((resolve) => {
      markSynced = resolve;
    });
    this.#markSynced = markSynced;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Resolves when nothing more will reach the sink. */
  stop(): Promise<void> {
    this.#stopping.abort();
    return this.#loop ?? Promise.resolve();
  }

  /** Since the latest list, event or bookmark, or since the start where there was none. */
  get silentMilliseconds(): number {
    return Math.max(0, this.#options.clock.elapsed() - this.#heardAt);
  }

  /** Opens the watch anew where nothing has been heard for so long: it goes on where it was, and may have been dead. */
  reopenIfSilentFor(milliseconds: number): void {
    if (this.silentMilliseconds >= milliseconds) this.#attempt?.abort();
  }

  get resource(): Resource {
    return this.#options.resource;
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const delay = await this.#turn();
      if (delay > 0) await pause(this.#options.clock, delay, this.#stopping.signal);
    }
  }

  /** A list if one is needed and one watch; returns the milliseconds to wait before the next turn. */
  async #turn(): Promise<number> {
    try {
      const position = this.#resume.resourceVersion ?? (await this.#list());
      if (!this.#stopped) await this.#watch(position);
      return 0;
    } catch (failure) {
      return this.#stopped ? 0 : this.#recover(failure);
    }
  }

  async #list(): Promise<string> {
    const { sink, clock } = this.#options;
    const resourceVersion = await (sink.retain === undefined ? this.#listAtOnce() : this.#listByPages());
    if (this.#stopped) return resourceVersion;
    this.#resume.listed(resourceVersion);
    this.#heardAt = clock.elapsed();
    this.#trouble.over('list');
    this.#markSynced();
    return resourceVersion;
  }

  async #listAtOnce(): Promise<string> {
    const { client, sink, pageLimit } = this.#options;
    const { objects, resourceVersion } = await listAll(client, this.#options, pageLimit, this.#stopping.signal);
    if (!this.#stopped) deliver(() => sink.replace(objects, resourceVersion));
    return resourceVersion;
  }

  async #listByPages(): Promise<string> {
    const { client, sink, pageLimit } = this.#options;
    const keys = new Set<ObjectKey>();
    const take = (page: readonly KubernetesObject[]) => {
      if (this.#stopped) return;
      for (const object of page) {
        keys.add(objectKey(object.metadata));
        deliver(() => sink.upsert(object));
      }
    };
    const resourceVersion = await listPages(client, this.#options, pageLimit, this.#stopping.signal, take);
    if (!this.#stopped) deliver(() => sink.retain?.(keys, resourceVersion));
    return resourceVersion;
  }

  /** Returns when the server has ended the watch in good order. */
  async #watch(position: string): Promise<void> {
    const { client, clock, resource } = this.#options;
    const seconds = this.#randomTimeoutSeconds();
    const idleMilliseconds = this.#options.idleMilliseconds ?? seconds * 1_000 + idleMarginMilliseconds;
    const attempt = new AbortController();
    this.#attempt = attempt;
    const abort = () => attempt.abort();
    this.#stopping.signal.addEventListener('abort', abort, { once: true });
    const watchdog = new IdleWatchdog(clock, idleMilliseconds, abort);
    const startedAt = clock.elapsed();
    let cancelSettling = () => {};
    const opened = () => {
      watchdog.heard();
      cancelSettling = clock.after(settledAfterMilliseconds, () => this.#healthy());
    };
    try {
      const request = {
        method: 'GET' as const,
        path: selectionPath(this.#options),
        query: this.#watchQuery(position, seconds),
      };
      for await (const line of client.lines(request, attempt.signal, opened)) {
        if (this.#stopped) return;
        watchdog.heard();
        this.#heardAt = clock.elapsed();
        this.#take(parseWatchEvent(line, resource));
        this.#healthy();
      }
    } finally {
      this.#attempt = undefined;
      cancelSettling();
      watchdog.stop();
      this.#stopping.signal.removeEventListener('abort', abort);
    }
    if (this.#stopped) return;
    if (attempt.signal.aborted) throw this.#watchFailure(`nothing was heard for ${this.silentMilliseconds} ms`);
    const lasted = clock.elapsed() - startedAt;
    if (lasted < settledAfterMilliseconds) throw this.#watchFailure(`the watch ended after ${lasted} ms`);
    this.#healthy();
  }

  #take(event: WatchEvent): void {
    const { sink } = this.#options;
    switch (event.type) {
      case 'BOOKMARK':
        this.#resume.movedTo(event.resourceVersion);
        return;
      case 'DELETED':
        deliver(() => sink.remove(event.object));
        break;
      default:
        deliver(() => sink.upsert(event.object));
    }
    this.#resume.movedTo(event.object.metadata.resourceVersion);
  }

  #healthy(): void {
    this.#resume.healthy();
    this.#trouble.over('watch');
  }

  /** Returns the milliseconds to wait. */
  #recover(failure: unknown): number {
    const { logger, resource } = this.#options;
    if (failure instanceof SinkFailure) {
      logger.error({ err: failure.cause, resource: resource.plural }, 'a change was not taken in; taking a new list');
      return this.#resume.relist();
    }
    if (this.#resume.hasExpired(failure)) {
      logger.debug(
        { resource: resource.plural, reason: messageOf(failure) },
        'the watch has expired; taking a new list',
      );
      return this.#resume.relist();
    }
    this.#trouble.begin(this.#resume.resourceVersion === undefined ? 'list' : 'watch', failure);
    return this.#resume.failed(failure);
  }

  #watchQuery(position: string, seconds: number): Record<string, string> {
    return {
      ...selectorQuery(this.#options),
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: position,
      timeoutSeconds: String(seconds),
    };
  }

  /** Random, so that the watches of many clients do not end at one moment. */
  #randomTimeoutSeconds(): number {
    const { random, watchTimeoutSeconds: { minimum, maximum } = { minimum: 300, maximum: 600 } } = this.#options;
    return Math.floor(minimum + random() * (maximum - minimum));
  }

  #watchFailure(reason: string): ApiUnreachable {
    return new ApiUnreachable(`watch ${this.#options.resource.plural}`, new Error(reason));
  }
}

/** What the sink threw, told apart from what the API server did. */
class SinkFailure extends Error {}

function deliver(change: () => void): void {
  try {
    change();
  } catch (cause) {
    throw new SinkFailure('the sink threw', { cause });
  }
}
