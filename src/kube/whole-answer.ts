/**
 * One request whose answer is read as a whole, on the lowest level that undici has: the streams, signals and promises of its
 * `request` cost as much as everything else about a request.
 */
import type { Dispatcher } from 'undici';
import type { Deadline } from './deadline.js';
import type { HttpAnswer } from './http-transport.js';

/** Rejects with the fault of undici, or with the reason of the deadline. */
export function wholeAnswer(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  deadline: Deadline,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    dispatcher.dispatch(options, new AnswerCollector(deadline, resolve, reject));
  });
}

class AnswerCollector implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (reason: Error) => void;
  readonly #chunks: Buffer[] = [];
  #exchange: Dispatcher.DispatchController | undefined;
  #endedBy: Error | undefined;
  #statusCode = 0;
  #headers: HttpAnswer['headers'] = {};

  constructor(deadline: Deadline, resolve: (answer: HttpAnswer) => void, reject: (reason: Error) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
    deadline.whenOver((reason) => this.#end(reason));
  }

  /** It may have waited for a connection until its deadline struck. */
  onRequestStart(exchange: Dispatcher.DispatchController): void {
    this.#exchange = exchange;
    this.#chunks.length = 0;
    if (this.#endedBy !== undefined) exchange.abort(this.#endedBy);
  }

  onResponseStart(_: unknown, statusCode: number, headers: HttpAnswer['headers']): void {
    this.#statusCode = statusCode;
    this.#headers = headers;
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const body = first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    this.#resolve({
      statusCode: this.#statusCode,
      headers: this.#headers,
      body: { text: async () => body.toString('utf8') },
    });
  }

  onResponseError(_: unknown, fault: Error): void {
    this.#reject(fault);
  }

  #end(reason: Error): void {
    this.#endedBy = reason;
    this.#exchange?.abort(reason);
    this.#reject(reason);
  }
}
