/**
 * A list+watch of the whole cluster of which a store keeps what is in the namespaces that are let in, now or later: however
 * many they are, it is one watch. A namespace that is let in while the watch is on is listed, again and again until that works.
 */
import { pause } from '../clock.js';
import { BackOff } from './back-off.js';
import { ListWatch, type ListWatchOptions } from './list-watch.js';
import { type GatedStore, NamespaceGate } from './namespace-gate.js';
import { listPages } from './paged-list.js';
import type { Resource } from './resources.js';
import { WatchTrouble } from './watch-trouble.js';

export interface GatedListWatchOptions extends Omit<ListWatchOptions, 'sink' | 'namespace'> {
  store: GatedStore;
}

const delays = { initialMilliseconds: 200, maximumMilliseconds: 30_000 };

export class GatedListWatch {
  readonly #options: GatedListWatchOptions;
  readonly #gate: NamespaceGate;
  readonly #watch: ListWatch;
  hasStarted = false;

  constructor(options: GatedListWatchOptions) {
    this.#options = options;
    this.#gate = new NamespaceGate(options.store);
    this.#watch = new ListWatch({ ...options, sink: this.#gate });
  }

  get synced(): Promise<void> {
    return this.#watch.synced;
  }

  get resource(): Resource {
    return this.#options.resource;
  }

  get silentMilliseconds(): number {
    return this.#watch.silentMilliseconds;
  }

  reopenIfSilentFor(milliseconds: number): void {
    this.#watch.reopenIfSilentFor(milliseconds);
  }

  start(): void {
    this.hasStarted = true;
    this.#watch.start();
  }

  stop(): Promise<void> {
    return this.#watch.stop();
  }

  /** Before the start: the first list has what is in the namespace. */
  letInAhead(namespace: string): void {
    this.#gate.open(namespace);
  }

  /** Resolves when the store has what is in the namespace, or when `signal` aborts; never rejects. */
  async letIn(namespace: string, signal: AbortSignal): Promise<void> {
    const { clock, random, logger, resource } = this.#options;
    const trouble = new WatchTrouble(logger, { resource, namespace });
    const backOff = new BackOff({ ...delays, random });
    while (!signal.aborted) {
      try {
        if (await this.#catchUp(namespace, signal)) {
          trouble.over('list');
          return;
        }
      } catch (failure) {
        if (signal.aborted) return;
        trouble.begin('list', failure);
      }
      await pause(clock, backOff.next(), signal);
    }
  }

  /** At once; abort the signal of `letIn` before. */
  letGo(namespace: string): void {
    this.#gate.close(namespace);
  }

  /** False: the watch has begun anew meanwhile. */
  async #catchUp(namespace: string, signal: AbortSignal): Promise<boolean> {
    const { client, resource, labelSelector, fieldSelector, pageLimit } = this.#options;
    let isWhole = true;
    this.#gate.openCatchingUp(namespace);
    await listPages(client, { resource, namespace, labelSelector, fieldSelector }, pageLimit, signal, (page) => {
      if (!signal.aborted) isWhole = this.#gate.catchUp(namespace, page) && isWhole;
    });
    if (signal.aborted || !isWhole) return false;
    this.#gate.caughtUp(namespace);
    return true;
  }
}
