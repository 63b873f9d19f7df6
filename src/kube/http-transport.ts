/** How requests reach the API server and answers come back: the border below which HTTP libraries are. */
import type { Deadline } from './deadline.js';

export interface HttpRequest {
  readonly method: string;
  /** With base path and query. */
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
  /** Ends the exchange, the reading of the answer included. */
  readonly deadline: Deadline;
}

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: { text(): Promise<string> };
}

export interface HttpStream extends HttpAnswer {
  readonly body: HttpAnswer['body'] & AsyncIterable<Uint8Array>;
}

export interface HttpTransport {
  /** An answer that is read at once. */
  readonly request: (request: HttpRequest) => Promise<HttpAnswer>;
  /** An answer that may go on for minutes; it must not keep requests waiting. */
  readonly stream: (request: HttpRequest) => Promise<HttpStream>;
  /** Waits for requests under way, and ends streams. */
  readonly close: () => Promise<void>;
}
