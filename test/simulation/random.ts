/** Draws that follow from a seed (mulberry32, public domain): the only randomness that a run has. */
export class Random {
  #state: number;

  /** Each list of numbers has draws of its own. */
  constructor(...seed: readonly number[]) {
    this.#state = 0;
    for (const part of seed) {
      this.#state = (this.#state ^ part) >>> 0;
      this.#state = Math.floor(this.number() * 2 ** 32);
    }
  }

  /** Uniform in [0, 1). */
  number(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from zero on, less than `limit`. */
  below(limit: number): number {
    return Math.floor(this.number() * limit);
  }

  chance(probability: number): boolean {
    return this.number() < probability;
  }

  /** Undefined where there is nothing to pick from. */
  pick<T>(items: readonly T[]): T | undefined {
    return items[this.below(items.length)];
  }

  /** A row is drawn as often as its weight says. */
  weighted<Row extends { readonly weight: number }>(rows: readonly Row[]): Row | undefined {
    let luck = this.number() * rows.reduce((sum, { weight }) => sum + weight, 0);
    return rows.find(({ weight }) => {
      luck -= weight;
      return luck < 0;
    });
  }

  hexadecimal(digits: number): string {
    let text = '';
    while (text.length < digits)
      text += this.below(2 ** 32)
        .toString(16)
        .padStart(8, '0');
    return text.slice(0, digits);
  }
}
