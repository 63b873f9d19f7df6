/**
 * What the reconciler knows of the cluster: projections of the objects of a list+watch, so that ten thousand pods cost a few
 * megabytes, with indices. It never goes back in time: a version older than the one held is ignored, whether it comes
 * late from a watch or early from the answer to a write.
 */
import type { ListWatchSink } from './list-watch.js';
import { isNewer, type KubernetesObject, type ObjectKey, objectKey } from './objects.js';
import { StoreIndex } from './store-index.js';

/** What a projection has at least. */
export interface StoredObject {
  readonly key: ObjectKey;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** `before` undefined: came to be; `after` undefined: is gone. A new object under an old name is first the one, then the other. */
export interface StoreChange<T> {
  key: ObjectKey;
  before: T | undefined;
  after: T | undefined;
}

export interface StoreOptions<T> {
  /**
   * The fields that are used; it may throw for an object that makes no sense. What is the same as `before`, in the version that
   * is held, should be taken from there.
   */
  project: (object: KubernetesObject, before: T | undefined) => T;
  /** By name: the value under which an object is found; undefined: not in this index. */
  indices?: Record<string, (value: T) => string | undefined>;
  /** Told of an object that could not be projected; it is left out of the store, and so is its older version. */
  onProjectionError: (key: ObjectKey, error: unknown) => void;
}

export class Store<T extends StoredObject> implements ListWatchSink {
  readonly #options: StoreOptions<T>;
  readonly #held = new Map<ObjectKey, T>();
  readonly #indices = new Map<string, StoreIndex<T>>();
  readonly #listeners = new Set<(change: StoreChange<T>) => void>();

  constructor(options: StoreOptions<T>) {
    this.#options = options;
    for (const [name, indexed] of Object.entries(options.indices ?? {})) {
      this.#indices.set(name, new StoreIndex(indexed));
    }
  }

  get size(): number {
    return this.#held.size;
  }

  get(key: ObjectKey): T | undefined {
    return this.#held.get(key);
  }

  values(): IterableIterator<T> {
    return this.#held.values();
  }

  /** @throws {TypeError} for an index that the store does not have */
  by(index: string, value: string): T[] {
    const found = this.#indices.get(index);
    if (found === undefined) throw new TypeError(`The store has no index ${index}.`);
    return found.get(value);
  }

  /**
   * Calls `listener` after each change; the answer ends that. A listener must not throw: the others are still told, and
   * the error goes to whoever brought the change.
   */
  onChange(listener: (change: StoreChange<T>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  replace(objects: readonly KubernetesObject[], resourceVersion: string): void {
    const changes: StoreChange<T>[] = [];
    const listed = new Set<ObjectKey>();
    for (const object of objects) {
      listed.add(objectKey(object.metadata));
      this.#accept(object, changes);
    }
    this.#dropAllBut(listed, resourceVersion, changes);
    this.#announce(changes);
  }

  retain(keys: ReadonlySet<ObjectKey>, resourceVersion: string): void {
    const changes: StoreChange<T>[] = [];
    this.#dropAllBut(keys, resourceVersion, changes);
    this.#announce(changes);
  }

  upsert(object: KubernetesObject): void {
    const changes: StoreChange<T>[] = [];
    this.#accept(object, changes);
    this.#announce(changes);
  }

  remove(object: KubernetesObject): void {
    const key = objectKey(object.metadata);
    const held = this.#held.get(key);
    if (held === undefined || isNewer(held.resourceVersion, object.metadata.resourceVersion)) return;
    const changes: StoreChange<T>[] = [];
    this.#drop(key, changes);
    this.#announce(changes);
  }

  /**
   * The answer to a write of our own, so that the next read is not behind it. It counts only for the very object that is
   * held: what the watch has removed meanwhile is not brought back.
   */
  observeWrite(object: KubernetesObject): void {
    if (this.#held.get(objectKey(object.metadata))?.uid === object.metadata.uid) this.upsert(object);
  }

  /** The API server has said itself that this very object is gone: a watch may be behind. */
  observeAbsence({ key, uid }: Pick<StoredObject, 'key' | 'uid'>): void {
    if (this.#held.get(key)?.uid !== uid) return;
    const changes: StoreChange<T>[] = [];
    this.#drop(key, changes);
    this.#announce(changes);
  }

  #accept(object: KubernetesObject, changes: StoreChange<T>[]): void {
    const key = objectKey(object.metadata);
    const before = this.#held.get(key);
    if (before !== undefined && !isNewer(object.metadata.resourceVersion, before.resourceVersion)) return;
    const after = this.#project(key, object, before);
    if (before !== undefined && before.uid !== after?.uid) {
      this.#drop(key, changes);
      if (after !== undefined) this.#put(key, undefined, after, changes);
    } else if (after !== undefined) {
      this.#put(key, before, after, changes);
    }
  }

  /** What is newer than the list stays. */
  #dropAllBut(listed: ReadonlySet<ObjectKey>, resourceVersion: string, changes: StoreChange<T>[]): void {
    for (const [key, held] of this.#held) {
      if (!listed.has(key) && !isNewer(held.resourceVersion, resourceVersion)) this.#drop(key, changes);
    }
  }

  #project(key: ObjectKey, object: KubernetesObject, before: T | undefined): T | undefined {
    try {
      return this.#options.project(object, before);
    } catch (error) {
      this.#options.onProjectionError(key, error);
      return undefined;
    }
  }

  #put(key: ObjectKey, before: T | undefined, after: T, changes: StoreChange<T>[]): void {
    this.#held.set(key, after);
    for (const index of this.#indices.values()) index.move(key, before, after);
    changes.push({ key, before, after });
  }

  #drop(key: ObjectKey, changes: StoreChange<T>[]): void {
    const before = this.#held.get(key);
    if (before === undefined) return;
    this.#held.delete(key);
    for (const index of this.#indices.values()) index.move(key, before, undefined);
    changes.push({ key, before, after: undefined });
  }

  /** Only when the store is whole again, so that listeners may read it. */
  #announce(changes: readonly StoreChange<T>[]): void {
    const failures: unknown[] = [];
    for (const change of changes) {
      for (const listener of this.#listeners) {
        try {
          listener(change);
        } catch (failure) {
          failures.push(failure);
        }
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} listeners of a store threw`);
  }
}
