/** Counts the requests that are being answered, so that they stay few and a drain knows when the last one is out. */
export class InFlight {
  #count = 0;
  #whenIdle: (() => void)[] = [];

  constructor(private readonly maximum: number) {}

  /** Takes a place; false where all are taken. */
  enter(): boolean {
    if (this.#count >= this.maximum) return false;
    this.#count += 1;
    return true;
  }

  leave(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** Resolves when no place is taken. */
  idle(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }
}
