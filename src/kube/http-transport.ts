/** How requests reach the API server and answers come back: the border below which HTTP libraries are. */

export interface HttpRequest {
  readonly method: string;
  /** With base path and query. */
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
  /** Ends the exchange, the reading of the answer included. */
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: AsyncIterable<Uint8Array> & { text(): Promise<string> };
}

export interface HttpTransport {
  /** An answer that is read at once. */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** An answer that may go on for minutes; it must not keep requests waiting. */
  stream(request: HttpRequest): Promise<HttpAnswer>;
  /** Waits for requests under way, and ends streams. */
  close(): Promise<void>;
}
