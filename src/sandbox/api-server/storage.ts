/**
 * The objects, one counter of resource versions for all of them, and the latest changes, from which watches go on and old
 * lists are read. What is older than that history is answered with 410, as after a compaction of etcd.
 */
import type { Resource } from '../../kube/resources.js';
import { type ApiObject, withMetadata } from './objects.js';
import { Refusal } from './refusal.js';

export interface Change {
  readonly revision: number;
  readonly kind: StorageKind;
  readonly before?: ApiObject | undefined;
  readonly after?: ApiObject | undefined;
}

/** `group/plural`: the versions of a resource share their objects. */
export type StorageKind = `${string}/${string}`;
export const storageKind = ({ group, plural }: Resource): StorageKind => `${group}/${plural}`;

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
    for (const { kind: changed, before, after } of this.since(revision).toReversed()) {
      if (changed === kind && before !== undefined) objects.set(keyOf(before.metadata), before);
      else if (changed === kind && after !== undefined) objects.delete(keyOf(after.metadata));
    }
    return [...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }

  everything(): [StorageKind, ApiObject][] {
    return [...this.#objects].flatMap(([kind, some]) =>
      [...some.values()].map((one): [StorageKind, ApiObject] => [kind, one]),
    );
  }

  put(kind: StorageKind, object: ApiObject): ApiObject {
    const objects = this.#objects.get(kind) ?? new Map<string, ApiObject>();
    const before = objects.get(keyOf(object.metadata));
    const after = withMetadata(object, { resourceVersion: String(this.#revision + 1) });
    this.#objects.set(kind, objects.set(keyOf(object.metadata), after));
    this.#record({ revision: this.#revision + 1, kind, before, after });
    return after;
  }

  /** The last state of the object, with the resource version of its removal. */
  remove(kind: StorageKind, object: ApiObject): ApiObject {
    const before = this.get(kind, object.metadata);
    this.#objects.get(kind)?.delete(keyOf(object.metadata));
    if (before !== undefined) this.#record({ revision: this.#revision + 1, kind, before });
    return withMetadata(object, { resourceVersion: String(this.#revision) });
  }

  /** The changes after a revision. @throws {Refusal} 410 */
  since(revision: number): Change[] {
    if (revision < this.#compacted)
      throw new Refusal(410, `too old resource version: ${revision} (${this.#compacted})`);
    return revision >= this.#revision ? [] : this.#history.filter((change) => change.revision > revision);
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
    if (this.#history.length > 2 * this.#historyLimit) {
      const forgotten = this.#history.splice(0, this.#history.length - this.#historyLimit);
      this.#compacted = forgotten.at(-1)?.revision ?? this.#compacted;
    }
    for (const listener of [...this.#listeners]) listener(change);
  }
}
