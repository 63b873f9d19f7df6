/**
 * Remembers what a pure function gave for the objects that it was asked about last. By identity, so that looking costs nothing;
 * bounded, because the values may be larger than what they were made from.
 */
export class RecentValues<Key extends object, Value> {
  readonly #values = new Map<Key, Value>();
  readonly #capacity: number;

  /** @param capacity how many are remembered */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** What `make` gives; from memory where there is a value that `fits`. What it throws is not remembered. */
  get(key: Key, make: () => Value, fits: (value: Value) => boolean = () => true): Value {
    const known = this.#values.get(key);
    if (known !== undefined && fits(known)) return known;
    const value = make();
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#capacity) this.#forgetOldest();
    return value;
  }

  #forgetOldest(): void {
    for (const oldest of this.#values.keys()) {
      this.#values.delete(oldest);
      return;
    }
  }
}

/** As many as are worked on at one time, and some. */
export const recentApplications = 64;
