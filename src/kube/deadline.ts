/** Ends an exchange after a time or when another signal does, and leaves nothing behind when it is released. */
import { systemClock } from '../clock.js';

export class Deadline {
  readonly #outer: AbortSignal | undefined;
  readonly #cancelTimer: () => void;
  #reason: Error | undefined;
  #end: ((reason: Error) => void) | undefined;
  #controller: AbortController | undefined;

  constructor(milliseconds: number, outer?: AbortSignal) {
    this.#outer = outer;
    this.#cancelTimer = systemClock.after(milliseconds, () =>
      this.#strike(new Error(`no answer within ${milliseconds} ms`)),
    );
    if (outer?.aborted) this.#followOuter();
    outer?.addEventListener('abort', this.#followOuter, { once: true });
  }

  /** For libraries that want one; it costs as much as a tenth of a request, and is made when it is asked for. */
  get signal(): AbortSignal {
    if (this.#controller !== undefined) return this.#controller.signal;
    const controller = new AbortController();
    this.#controller = controller;
    this.whenOver((reason) => controller.abort(reason));
    return controller.signal;
  }

  /** Has `end` called when it is over; at once, where it is over. Only the last caller is told. */
  whenOver(end: (reason: Error) => void): void {
    this.#end = end;
    if (this.#reason !== undefined) end(this.#reason);
  }

  /** From here on only the other signal counts. */
  lift(): void {
    this.#cancelTimer();
  }

  release(): void {
    this.#cancelTimer();
    this.#end = undefined;
    this.#outer?.removeEventListener('abort', this.#followOuter);
  }

  #strike(reason: Error): void {
    this.#reason ??= reason;
    this.#end?.(this.#reason);
  }

  readonly #followOuter = () => this.#strike(new Error('the request was given up by its caller'));
}
