/**
 * Virtual time for several machines. Each has a clock of its own, which may differ; its process may be stopped (its timers and
 * answers wait, and come all at once), suspended with the machine (its timers are late by as long), or dead (nothing ever comes).
 */
import type { Clock } from '../../../src/clock.js';

interface Happening {
  readonly due: number;
  readonly order: number;
  readonly run: () => void;
}

export class World {
  now: number;
  #order = 0;
  /** A binary heap, the earliest first. */
  readonly #heap: Happening[] = [];

  constructor(start: number) {
    this.now = start;
  }

  at(due: number, run: () => void): void {
    this.#order += 1;
    this.#push({ due: Math.max(due, this.now), order: this.#order, run });
  }

  /** Lets time pass to `end`, happening by happening, and after each whatever follows from it. */
  async runUntil(end: number): Promise<void> {
    for (let next = this.#heap[0]; next !== undefined && next.due <= end; next = this.#heap[0]) {
      this.#pop();
      this.now = next.due;
      next.run();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.now = end;
  }

  #push(happening: Happening): void {
    const heap = this.#heap;
    let index = heap.push(happening) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#isBefore(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    this.#swap(0, heap.length - 1);
    heap.pop();
    for (let index = 0; ; ) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      const child = right < heap.length && this.#isBefore(right, left) ? right : left;
      if (child >= heap.length || !this.#isBefore(child, index)) return;
      this.#swap(child, index);
      index = child;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined) return false;
    return one.due === other.due ? one.order < other.order : one.due < other.due;
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined) return;
    this.#heap[a] = other;
    this.#heap[b] = one;
  }
}

export class Machine implements Clock {
  isDead = false;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #suspended = 0;

  /** @param skew how far its clock is ahead, in milliseconds */
  constructor(
    private readonly world: World,
    private readonly skew: number,
  ) {}

  get isPaused(): boolean {
    return this.world.now < this.#pausedUntil;
  }

  now(): number {
    return this.world.now + this.skew;
  }

  /** Not while the machine is suspended, as Linux has it. */
  elapsed(): number {
    return this.world.now - this.#suspended;
  }

  after(milliseconds: number, callback: () => void): () => void {
    let isCancelled = false;
    const suspendedBefore = this.#suspended;
    const fire = () => {
      const late = this.#suspended - suspendedBefore;
      const due = start + milliseconds + late;
      if (this.world.now < due) this.world.at(due, fire);
      else this.deliver(() => isCancelled || callback());
    };
    const start = this.world.now;
    this.world.at(start + milliseconds, fire);
    return () => {
      isCancelled = true;
    };
  }

  /** Runs it now, or when the process runs again; never when it is dead. */
  deliver(run: () => void): void {
    if (this.isDead) return;
    if (this.isPaused) this.world.at(this.#pausedUntil, () => this.deliver(run));
    else run();
  }

  /** @param isSuspension timers do not run meanwhile */
  pause(milliseconds: number, isSuspension: boolean): void {
    this.#pausedUntil = this.world.now + milliseconds;
    if (isSuspension) this.#suspended += milliseconds;
  }
}
