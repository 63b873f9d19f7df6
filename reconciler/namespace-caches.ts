/**
 * The namespaces that are worked on, and what is known of them: a list of them with a cache each, all of them in one cache, or
 * those that a label selects, in one cache too, which they join and leave while the reconciler runs.
 */
import type { ApiClient } from '../src/kube/api-client.js';
import { type ObjectKey, splitKey } from '../src/kube/objects.js';
import { SelectedNamespaces } from '../src/kube/selected-namespaces.js';
import { SelectedOnlyClient } from '../src/kube/selected-only-client.js';
import type { ApplicationRecord } from './application-record.js';
import { NamespaceCache, type NamespaceCacheOptions } from './namespace-cache.js';
import type { WatchProgress } from './progress.js';

export interface NamespaceCachesOptions extends Omit<NamespaceCacheOptions, 'scope'> {
  /** Empty: all, or with a selector those that it selects. */
  readonly namespaces: readonly string[];
  /** In the text form of Kubernetes: what it selects is worked on beside the namespaces that are named. */
  readonly namespaceSelector?: string | undefined;
}

export class NamespaceCaches {
  /** For whatever is done in the namespaces: it writes nothing to one that was let go. */
  readonly client: ApiClient;
  private readonly options: NamespaceCachesOptions;
  /** By namespace; undefined: one for all there are. */
  private readonly caches: ReadonlyMap<string | undefined, NamespaceCache>;
  private readonly selection: SelectedNamespaces | undefined;
  /** To end what picks a namespace up. */
  private readonly pickingUp = new Map<string, AbortController>();

  constructor(options: NamespaceCachesOptions) {
    this.options = options;
    const { client, namespaces, namespaceSelector } = options;
    this.selection = namespaceSelector === undefined ? undefined : this.select(namespaceSelector);
    const selection = this.selection;
    this.client = selection === undefined ? client : new SelectedOnlyClient(client, (name) => selection.has(name));
    if (selection !== undefined) {
      this.caches = new Map([[undefined, new NamespaceCache({ ...options, scope: 'let in' })]]);
      for (const namespace of namespaces) this.pickUp(namespace);
    } else if (namespaces.length === 0) {
      this.caches = new Map([[undefined, new NamespaceCache({ ...options, scope: 'all' })]]);
    } else {
      this.caches = new Map(
        namespaces.map((namespace) => [namespace, new NamespaceCache({ ...options, scope: { namespace } })]),
      );
    }
  }

  /** Resolves when all is known that there is. */
  async start(): Promise<void> {
    this.selection?.start();
    await this.selection?.synced;
    for (const cache of this.caches.values()) cache.start();
    await Promise.all([...this.caches.values()].map(({ synced }) => synced));
  }

  async stop(): Promise<void> {
    await this.selection?.stop();
    for (const picking of this.pickingUp.values()) picking.abort();
    await Promise.all([...this.caches.values()].map((cache) => cache.stop()));
  }

  /** Watches of which nothing has been heard for so long that they may be dead. */
  reopenSilent(): void {
    for (const cache of this.caches.values()) cache.reopenSilent();
  }

  /** Undefined: the namespace is not worked on. */
  of(key: ObjectKey): NamespaceCache | undefined {
    return this.caches.get(splitKey(key).namespace) ?? this.caches.get(undefined);
  }

  *applications(): IterableIterator<ApplicationRecord> {
    for (const cache of this.caches.values()) yield* cache.allApplications();
  }

  applicationCount(): number {
    return [...this.caches.values()].reduce((sum, cache) => sum + cache.applicationCount(), 0);
  }

  /** Undefined: there is no selector. */
  get selectedNamespaces(): number | undefined {
    return this.selection?.size;
  }

  watchProgress(): WatchProgress[] {
    const ofCaches = [...this.caches.values()].flatMap((cache) => cache.watchProgress());
    if (this.selection === undefined) return ofCaches;
    return [{ resource: 'namespaces', silentMilliseconds: this.selection.silentMilliseconds }, ...ofCaches];
  }

  private select(labelSelector: string): SelectedNamespaces {
    return new SelectedNamespaces({
      ...this.options,
      labelSelector,
      named: this.options.namespaces,
      onGained: (namespace) => this.pickUp(namespace),
      onLost: (namespace) => this.letGo(namespace),
    });
  }

  private pickUp(namespace: string): void {
    const picking = new AbortController();
    this.pickingUp.set(namespace, picking);
    void this.caches.get(undefined)?.letIn(namespace, picking.signal);
  }

  private letGo(namespace: string): void {
    this.pickingUp.get(namespace)?.abort();
    this.pickingUp.delete(namespace);
    this.caches.get(undefined)?.letGo(namespace);
  }
}
