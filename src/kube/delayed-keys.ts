/**
 * Keys with the time at which each is due: a binary heap that knows where each key is, so that a key is in it once, and
 * moves or leaves in logarithmic time without a trace.
 */
interface Delayed<K> {
  key: K;
  /** On the clock of whoever adds it. */
  due: number;
}

export class DelayedKeys<K> {
  readonly #heap: Delayed<K>[] = [];
  readonly #places = new Map<K, number>();

  get size(): number {
    return this.#heap.length;
  }

  /** When the first key is due; undefined: there is none. */
  get nextDue(): number | undefined {
    return this.#heap[0]?.due;
  }

  /** Of two times for one key the earlier holds. */
  add(key: K, due: number): void {
    const place = this.#places.get(key);
    if (place === undefined) {
      this.#put({ key, due }, this.#heap.length);
      this.#rise(this.#heap.length - 1);
      return;
    }
    const present = this.#heap[place];
    if (present === undefined || present.due <= due) return;
    present.due = due;
    this.#rise(place);
  }

  delete(key: K): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    this.#places.delete(key);
    const last = this.#heap.pop();
    if (last === undefined || place === this.#heap.length) return;
    this.#put(last, place);
    this.#sink(place);
    this.#rise(place);
  }

  /** Takes out the first key that is due; undefined: none is. */
  takeDue(now: number): K | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.due > now) return undefined;
    this.delete(first.key);
    return first.key;
  }

  clear(): void {
    this.#heap.length = 0;
    this.#places.clear();
  }

  #put(delayed: Delayed<K>, place: number): void {
    this.#heap[place] = delayed;
    this.#places.set(delayed.key, place);
  }

  #rise(from: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#swapIfEarlier(place, parent)) return;
      place = parent;
    }
  }

  #sink(from: number): void {
    let place = from;
    for (;;) {
      const child = this.#earlierOf(2 * place + 1, 2 * place + 2);
      if (!this.#swapIfEarlier(child, place)) return;
      place = child;
    }
  }

  #earlierOf(left: number, right: number): number {
    const rightDue = this.#heap[right]?.due ?? Number.POSITIVE_INFINITY;
    return rightDue < (this.#heap[left]?.due ?? Number.POSITIVE_INFINITY) ? right : left;
  }

  /** Swaps when what is at `lower` is due before what is at `upper`. */
  #swapIfEarlier(lower: number, upper: number): boolean {
    const a = this.#heap[lower];
    const b = this.#heap[upper];
    if (a === undefined || b === undefined || a.due >= b.due) return false;
    this.#put(a, upper);
    this.#put(b, lower);
    return true;
  }
}
