/**
 * The namespaces that a label selector selects, followed live, and some that are named. The API server applies the selector:
 * to a watch a namespace that gains the label comes to be, and one that loses it is gone.
 */
import type { Clock } from '../clock.js';
import type { Logger } from '../log.js';
import type { ApiClient } from './api-client.js';
import { ListWatch } from './list-watch.js';
import { objectKey } from './objects.js';
import { namespaces } from './resources.js';
import { Store, type StoredObject } from './store.js';

export interface SelectedNamespacesOptions {
  readonly client: ApiClient;
  /** In the text form of Kubernetes. */
  readonly labelSelector: string;
  /** Selected whatever labels they have. */
  readonly named: readonly string[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** Like `onLost` not called for those that are named. A namespace that was made anew is lost, then gained. */
  readonly onGained: (namespace: string) => void;
  readonly onLost: (namespace: string) => void;
}

export class SelectedNamespaces {
  readonly #named: ReadonlySet<string>;
  readonly #labelled: Store<StoredObject>;
  readonly #watch: ListWatch;
  #isSynced = false;

  constructor(options: SelectedNamespacesOptions) {
    const { labelSelector, named, logger, onGained, onLost } = options;
    this.#named = new Set(named);
    this.#labelled = new Store<StoredObject>({
      project: ({ metadata }) => ({
        key: objectKey(metadata),
        uid: metadata.uid,
        resourceVersion: metadata.resourceVersion,
      }),
      onProjectionError: (_, error) => {
        throw error;
      },
    });
    this.#labelled.onChange(({ key, before, after }) => {
      if (this.#named.has(key) || (before !== undefined && after !== undefined)) return;
      // Those that are there at the start are no news.
      const level = this.#isSynced ? 'info' : 'debug';
      logger[level](
        { namespace: key, labelSelector },
        `a namespace is ${after === undefined ? 'let go' : 'picked up'}`,
      );
      if (after === undefined) onLost(key);
      else onGained(key);
    });
    this.#watch = new ListWatch({ ...options, resource: namespaces, sink: this.#labelled });
    void this.#watch.synced.then(() => {
      this.#isSynced = true;
    });
  }

  /** Resolves when all that are selected are known. */
  get synced(): Promise<void> {
    return this.#watch.synced;
  }

  get silentMilliseconds(): number {
    return this.#watch.silentMilliseconds;
  }

  get size(): number {
    const unlabelled = [...this.#named].filter((name) => this.#labelled.get(objectKey({ name })) === undefined);
    return this.#labelled.size + unlabelled.length;
  }

  has(name: string): boolean {
    return this.#named.has(name) || this.#labelled.get(objectKey({ name })) !== undefined;
  }

  start(): void {
    this.#watch.start();
  }

  stop(): Promise<void> {
    return this.#watch.stop();
  }
}
