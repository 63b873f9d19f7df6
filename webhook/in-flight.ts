/**
 * The reviews that are being received or answered: few, and of few bytes together, whatever comes in. Where all places are
 * taken, one that has been held for long is given to whoever comes: API servers send a review in milliseconds, so it is
 * somebody who sends or reads slowly, on purpose or not, and must not keep the others out.
 */
import type { Clock } from '../src/clock.js';

export interface InFlightLimits {
  readonly reviews: number;
  /** Of all bodies together, as they were announced. */
  readonly bytes: number;
  /** Milliseconds after which a place may be given to another. */
  readonly patience: number;
}

export const defaultLimits: InFlightLimits = { reviews: 200, bytes: 64 * 1024 * 1024, patience: 1_000 };

interface Place {
  readonly bytes: number;
  readonly since: number;
  readonly evict: () => void;
}

export class InFlight {
  /** In the order in which they were taken. */
  readonly #places = new Set<Place>();
  #bytes = 0;
  #whenIdle: (() => void)[] = [];

  constructor(
    private readonly limits: InFlightLimits,
    private readonly clock: Clock,
  ) {}

  get count(): number {
    return this.#places.size;
  }

  /**
   * Takes a place; the answer gives it back. Undefined where all are taken, and none for long.
   * @param bytes that the body may have
   * @param evict called when the place is given to another
   */
  enter(bytes: number, evict: () => void): (() => void) | undefined {
    const now = this.clock.elapsed();
    while (!this.#hasRoom(bytes)) {
      const [oldest] = this.#places;
      if (oldest === undefined || now - oldest.since < this.limits.patience) return undefined;
      this.#leave(oldest);
      oldest.evict();
    }
    const place = { bytes, since: now, evict };
    this.#places.add(place);
    this.#bytes += bytes;
    return () => this.#leave(place);
  }

  /** Resolves when no place is taken. */
  idle(): Promise<void> {
    if (this.#places.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  #hasRoom(bytes: number): boolean {
    if (this.#places.size === 0) return true;
    return this.#places.size < this.limits.reviews && this.#bytes + bytes <= this.limits.bytes;
  }

  #leave(place: Place): void {
    if (!this.#places.delete(place)) return;
    this.#bytes -= place.bytes;
    if (this.#places.size > 0) return;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }
}
