/** One open stream of lines, written by a test and read by the code under test. */
export class LineStream {
  readonly #signal: AbortSignal;
  readonly #lines: string[] = [];
  #ended = false;
  #failure: Error | undefined;
  #wake: () => void = () => {};

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.end(), { once: true });
    if (signal.aborted) this.end();
  }

  get open(): boolean {
    return !this.#ended;
  }

  push(line: string): void {
    if (this.#ended) return;
    this.#lines.push(line);
    this.#wake();
  }

  end(failure?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    this.#wake();
  }

  async *lines(): AsyncGenerator<string, void, undefined> {
    try {
      for (;;) {
        for (let line = this.#lines.shift(); line !== undefined; line = this.#lines.shift()) yield line;
        if (this.#ended) break;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      if (this.#failure !== undefined && !this.#signal.aborted) throw this.#failure;
    } finally {
      this.#ended = true;
    }
  }
}
