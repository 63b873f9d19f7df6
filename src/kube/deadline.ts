/** A signal that aborts after a time or when another signal does, and that leaves nothing behind when it is released. */
import { systemClock } from '../clock.js';

export class Deadline {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #cancelTimer: () => void;

  constructor(milliseconds: number, outer?: AbortSignal) {
    this.#outer = outer;
    this.#cancelTimer = systemClock.after(milliseconds, () =>
      this.#controller.abort(new Error(`no answer within ${milliseconds} ms`)),
    );
    if (outer?.aborted) this.#followOuter();
    outer?.addEventListener('abort', this.#followOuter, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** From here on only the other signal counts. */
  lift(): void {
    this.#cancelTimer();
  }

  release(): void {
    this.#cancelTimer();
    this.#outer?.removeEventListener('abort', this.#followOuter);
  }

  readonly #followOuter = () => this.#controller.abort(new Error('the request was given up by its caller'));
}
