/**
 * First in, first out, in constant time. (`Array.shift` moves everything in a long array, and a `Set` that is emptied from
 * the front walks over what it has deleted.)
 */
export class Fifo<T> {
  #incoming: T[] = [];
  /** In reverse, so that the next one is at the end. */
  #outgoing: T[] = [];

  constructor(values: readonly T[] = []) {
    this.#incoming.push(...values);
  }

  get size(): number {
    return this.#incoming.length + this.#outgoing.length;
  }

  push(value: T): void {
    this.#incoming.push(value);
  }

  peek(): T | undefined {
    this.#turnOver();
    return this.#outgoing.at(-1);
  }

  shift(): T | undefined {
    this.#turnOver();
    return this.#outgoing.pop();
  }

  clear(): void {
    this.#incoming = [];
    this.#outgoing = [];
  }

  #turnOver(): void {
    if (this.#outgoing.length > 0) return;
    this.#outgoing = this.#incoming.reverse();
    this.#incoming = [];
  }
}
