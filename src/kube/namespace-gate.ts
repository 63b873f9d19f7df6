/**
 * Stands between a watch of the whole cluster and a store, and lets through what is in some namespaces. The watch has told what
 * is in a namespace before it was let in, so a list of that namespace catches up, beside the watch: what the watch says
 * meanwhile counts more than the list, which may be older when it arrives. Pure.
 */
import type { ListWatchSink } from './list-watch.js';
import { isNewer, type KubernetesObject, type ObjectKey, objectKey, splitKey } from './objects.js';
import type { Store, StoredObject } from './store.js';

export type GatedStore = Pick<Store<StoredObject>, 'upsert' | 'remove' | 'retain' | 'values'>;

/** What has happened in a namespace since its list was asked for. */
interface CatchingUp {
  /** What the watch has told to be gone, with the versions at which it went. */
  readonly gone: Map<ObjectKey, string>;
  /** The watch has begun anew: what went in between nobody has told. */
  overtaken: boolean;
}

export class NamespaceGate implements ListWatchSink {
  readonly #store: GatedStore;
  readonly #open = new Map<string, CatchingUp | undefined>();

  constructor(store: GatedStore) {
    this.#store = store;
  }

  isOpen(namespace: string): boolean {
    return this.#open.has(namespace);
  }

  /** For a namespace of which nothing was told before. */
  open(namespace: string): void {
    this.#open.set(namespace, undefined);
  }

  /** Opens for the namespace, of which a list will be asked for after this. */
  openCatchingUp(namespace: string): void {
    this.#open.set(namespace, { gone: new Map(), overtaken: false });
  }

  /** A part of that list. False: it is worth nothing any more; open again and ask for another. */
  catchUp(namespace: string, objects: readonly KubernetesObject[]): boolean {
    const since = this.#open.get(namespace);
    if (since === undefined || since.overtaken) return false;
    for (const object of objects) {
      const goneAt = since.gone.get(objectKey(object.metadata));
      if (goneAt === undefined || isNewer(object.metadata.resourceVersion, goneAt)) this.#store.upsert(object);
    }
    return true;
  }

  /** The list is there as a whole. */
  caughtUp(namespace: string): void {
    if (this.#open.has(namespace)) this.#open.set(namespace, undefined);
  }

  /** Nothing of the namespace comes through any more, and what has come is taken back. */
  close(namespace: string): void {
    this.#open.delete(namespace);
    for (const { key, uid, resourceVersion } of [...this.#store.values()]) {
      const held = splitKey(key);
      if (held.namespace !== namespace) continue;
      this.#store.remove({ apiVersion: '', kind: '', metadata: { ...held, uid, resourceVersion } });
    }
  }

  replace(objects: readonly KubernetesObject[], resourceVersion: string): void {
    for (const object of objects) this.upsert(object);
    this.retain(new Set(objects.map(({ metadata }) => objectKey(metadata))), resourceVersion);
  }

  upsert(object: KubernetesObject): void {
    if (this.#lets(object)) this.#store.upsert(object);
  }

  remove(object: KubernetesObject): void {
    if (!this.#lets(object)) return;
    const { metadata } = object;
    this.#open.get(metadata.namespace ?? '')?.gone.set(objectKey(metadata), metadata.resourceVersion);
    this.#store.remove(object);
  }

  retain(keys: ReadonlySet<ObjectKey>, resourceVersion: string): void {
    for (const since of this.#open.values()) if (since !== undefined) since.overtaken = true;
    this.#store.retain(keys, resourceVersion);
  }

  #lets({ metadata: { namespace } }: KubernetesObject): boolean {
    return namespace !== undefined && this.#open.has(namespace);
  }
}
