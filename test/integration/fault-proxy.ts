/**
 * A loopback HTTP proxy for reads in front of an API server, that does to a client what networks, load balancers and API servers do: a
 * fault is a row, which says what becomes of the requests that come while it lasts and of the watches that are open.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Connection } from '../../src/kube/connection.js';
import { createDispatcher } from '../../src/kube/http-dispatcher.js';

export interface Fault {
  /** Instead of asking the API server; false: asks it all the same. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** What is sent on of each piece of a watch that comes while the fault lasts, and what becomes of the connection then. */
  readonly relay?: (piece: Buffer) => { readonly send: Buffer; readonly after?: 'reset' | 'silence' };
  /** Done to each open watch when the fault begins. */
  readonly strike?: (watch: ServerResponse) => void;
}

const status = (code: number, reason: string, message: string) =>
  JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', metadata: {}, code, reason, message });

function refuse(response: ServerResponse, code: number, reason: string, headers: Record<string, string> = {}): true {
  response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(status(code, reason, 'a fault'));
  return true;
}

const nothing = Buffer.alloc(0);
const isWatch = ({ url = '' }: IncomingMessage) => url.includes('watch=');
const reset = (response: ServerResponse) => response.socket?.resetAndDestroy();

/** What can go wrong, by name. */
export const faults = {
  'half-open sockets': { answer: isWatch, relay: () => ({ send: nothing, after: 'silence' }) },
  'resets in the middle of a JSON line': {
    relay: (piece) => ({ send: piece.subarray(0, piece.length / 2), after: 'reset' }),
  },
  'garbage lines': { relay: (piece) => ({ send: Buffer.concat([Buffer.from('{"type":"ADDED","obj\n'), piece]) }) },
  '200 with an error body': {
    answer: (request, response) => {
      const error = status(500, 'InternalError', 'etcdserver: leader changed');
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(isWatch(request) ? `{"type":"ERROR","object":${error}}\n` : error);
      return true;
    },
    strike: (watch) => watch.end(),
  },
  'a page of HTML in place of JSON': {
    answer: (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please log in</html>');
      return true;
    },
    strike: (watch) => watch.end(),
  },
  'a version that has expired': {
    answer: (request, response) => isWatch(request) && refuse(response, 410, 'Expired'),
    strike: (watch) => watch.end(`{"type":"ERROR","object":${status(410, 'Expired', 'too old')}}\n`),
  },
  '429 for all requests': {
    answer: (_, response) => refuse(response, 429, 'TooManyRequests', { 'retry-after': '1' }),
    strike: reset,
  },
  '503 for all requests': { answer: (_, response) => refuse(response, 503, 'ServiceUnavailable'), strike: reset },
  'an API server that is gone': {
    answer: (_, response) => {
      reset(response);
      return true;
    },
    strike: reset,
  },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;

export class FaultProxy {
  readonly #connection: Connection;
  readonly #server: Server;
  readonly #upstream: Dispatcher;
  readonly #watches = new Set<ServerResponse>();
  #fault: Fault = {};
  /** Another `Authorization` than this is refused; undefined: any will do. */
  token: string | undefined;
  readonly url: string;

  private constructor(connection: Connection, server: Server, port: number) {
    this.#connection = connection;
    this.#server = server;
    this.#upstream = createDispatcher(connection, null);
    this.url = `http://127.0.0.1:${port}`;
    server.on('request', (request, response) => {
      this.#take(request, response).catch(() => reset(response));
    });
  }

  static async start(connection: Connection): Promise<FaultProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no TCP port was given');
    return new FaultProxy(connection, server, address.port);
  }

  get openWatches(): number {
    return this.#watches.size;
  }

  begin(fault: Fault): void {
    this.#fault = fault;
    for (const watch of this.#watches) fault.strike?.(watch);
  }

  /** What was silent stays silent: only new connections are better. */
  end(): void {
    this.#fault = {};
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await this.#upstream.destroy();
    await closed;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization } = request.headers;
    if (this.token !== undefined && authorization !== this.token) {
      refuse(response, 401, 'Unauthorized');
      return;
    }
    if (this.#fault.answer?.(request, response)) return;
    const answer = await this.#ask(request);
    response.writeHead(answer.statusCode, { 'content-type': 'application/json' });
    if (!isWatch(request)) {
      for await (const piece of answer.body) response.write(piece);
      response.end();
      return;
    }
    response.flushHeaders();
    await this.#relayWatch(answer.body, response);
  }

  async #ask({ url = '/' }: IncomingMessage): Promise<Dispatcher.ResponseData> {
    const authorization = await this.#connection.authorization();
    return this.#upstream.request({
      origin: new URL(this.#connection.server).origin,
      method: 'GET',
      path: url,
      headers: authorization === undefined ? {} : { authorization },
    });
  }

  async #relayWatch(body: AsyncIterable<Buffer>, response: ServerResponse): Promise<void> {
    this.#watches.add(response);
    response.on('close', () => this.#watches.delete(response));
    for await (const piece of body) {
      if (response.destroyed) return;
      const { send, after } = this.#fault.relay?.(piece) ?? { send: piece };
      // In small pieces, as networks deliver what is large.
      for (let start = 0; start < send.length; start += 16_384) response.write(send.subarray(start, start + 16_384));
      if (after === 'silence') return;
      if (after === 'reset') reset(response);
    }
    response.end();
  }
}
