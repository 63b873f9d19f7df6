/** One index of a store: objects by a value of theirs. A value that no object has any more takes no room. */
import type { ObjectKey } from './objects.js';

export class StoreIndex<T> {
  readonly #valueOf: (object: T) => string | undefined;
  readonly #byValue = new Map<string, Map<ObjectKey, T>>();

  constructor(indexed: (object: T) => string | undefined) {
    this.#valueOf = indexed;
  }

  /** How many values there are. */
  get size(): number {
    return this.#byValue.size;
  }

  get(value: string): T[] {
    return [...(this.#byValue.get(value)?.values() ?? [])];
  }

  move(key: ObjectKey, before: T | undefined, after: T | undefined): void {
    const from = before === undefined ? undefined : this.#valueOf(before);
    const to = after === undefined ? undefined : this.#valueOf(after);
    if (from !== undefined && from !== to) this.#takeOut(from, key);
    if (to !== undefined && after !== undefined) this.#putIn(to, key, after);
  }

  #takeOut(value: string, key: ObjectKey): void {
    const objects = this.#byValue.get(value);
    objects?.delete(key);
    if (objects?.size === 0) this.#byValue.delete(value);
  }

  #putIn(value: string, key: ObjectKey, object: T): void {
    const objects = this.#byValue.get(value);
    if (objects === undefined) this.#byValue.set(value, new Map([[key, object]]));
    else objects.set(key, object);
  }
}
