/**
 * The objects, one counter of resource versions for all of them, and the latest changes, from which watches go on and old
 * lists are read. What is older than the history is answered with 410, as after a compaction of etcd.
 */
import type { Resource } from '../../kube/resources.js';
import { type ApiObject, withMetadata } from './api-object.js';
import { expired } from './refusal.js';

export interface Change {
  readonly revision: number;
  readonly kind: StorageKind;
  readonly before?: ApiObject | undefined;
  readonly after?: ApiObject | undefined;
}

/** `group/plural`: the versions of a resource share their objects. */
export type StorageKind = `${string}/${string}`;
export const storageKind = ({ group, plural }: Pick<Resource, 'group' | 'plural'>): StorageKind => `${group}/${plural}`;

export interface Place {
  readonly namespace?: string | undefined;
  readonly name: string;
}

const keyOf = ({ namespace = '', name }: Place) => `${namespace}/${name}`;

export class Storage {
  readonly #historyLimit: number;
  readonly #objects = new Map<StorageKind, Map<string, ApiObject>>();
  readonly #history: Change[] = [];
  readonly #listeners = new Set<(change: Change) => void>();
  #revision = 1;
  /** Everything after this revision is in the history. */
  #compacted = 1;

  constructor(historyLimit: number) {
    this.#historyLimit = historyLimit;
  }

  get revision(): number {
    return this.#revision;
  }

  get(kind: StorageKind, place: Place): ApiObject | undefined {
    return this.#objects.get(kind)?.get(keyOf(place));
  }

  /** In the order of their keys, now or as they were at a revision. @throws {Refusal} 410 */
  list(kind: StorageKind, revision = this.#revision): ApiObject[] {
    const objects = new Map(this.#objects.get(kind));
    for (const change of this.since(revision).toReversed()) {
      const place = (change.after ?? change.before)?.metadata;
      if (change.kind !== kind || place === undefined) continue;
      if (change.before === undefined) objects.delete(keyOf(place));
      else objects.set(keyOf(place), change.before);
    }
    return [...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }

  *everything(): Iterable<[StorageKind, ApiObject]> {
    for (const [kind, objects] of [...this.#objects]) for (const object of [...objects.values()]) yield [kind, object];
  }

  put(kind: StorageKind, object: ApiObject): ApiObject {
    const objects = this.#objects.get(kind) ?? new Map<string, ApiObject>();
    this.#objects.set(kind, objects);
    const before = objects.get(keyOf(object.metadata));
    const after = withMetadata(object, { resourceVersion: String(this.#revision + 1) });
    objects.set(keyOf(object.metadata), after);
    this.#record({ revision: this.#revision + 1, kind, before, after });
    return after;
  }

  /** The last state of the object, with the resource version of its removal. */
  remove(kind: StorageKind, object: ApiObject): ApiObject {
    this.#objects.get(kind)?.delete(keyOf(object.metadata));
    this.#record({ revision: this.#revision + 1, kind, before: object });
    return withMetadata(object, { resourceVersion: String(this.#revision) });
  }

  /** The changes after a revision. @throws {Refusal} 410 */
  since(revision: number): Change[] {
    if (revision < this.#compacted) throw expired(revision, this.#compacted);
    if (revision >= this.#revision) return [];
    return this.#history.slice(this.#history.findIndex((change) => change.revision > revision));
  }

  /** The answer ends the subscription. */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #record(change: Change): void {
    this.#revision = change.revision;
    this.#history.push(change);
    // In one go, now and then: to shift a long array at each write is slow.
    if (this.#history.length > 2 * this.#historyLimit) this.#compact();
    for (const listener of [...this.#listeners]) listener(change);
  }

  #compact(): void {
    const forgotten = this.#history.splice(0, this.#history.length - this.#historyLimit);
    this.#compacted = forgotten.at(-1)?.revision ?? this.#compacted;
  }
}
