/**
 * `ApiClient` for a command that makes a handful of requests and ends: on Node's own HTTP, because loading undici would take
 * longer than the requests. It knows no proxies.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { ApiOverHttp, type ApiOverHttpOptions } from './api-over-http.js';
import type { Connection } from './connection.js';
import type { HttpRequest, HttpStream, HttpTransport } from './http-transport.js';
import { tlsOptions } from './tls-options.js';

export class BriefApiClient extends ApiOverHttp {
  /** @param connection without a proxy */
  constructor(connection: Connection, options: ApiOverHttpOptions = {}) {
    super(connection, nodeTransport(connection), options);
  }
}

function nodeTransport(connection: Connection): HttpTransport {
  const { protocol, hostname, port } = new URL(connection.server);
  const isSecure = protocol === 'https:';
  const agent = isSecure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const base = {
    agent,
    hostname: hostname.replace(/^\[|\]$/g, ''),
    ...(port === '' ? {} : { port }),
    ...(isSecure ? tlsOptions(connection) : {}),
  };
  const send = (request: HttpRequest) => exchange(isSecure ? httpsRequest : httpRequest, base, request);
  return {
    request: send,
    stream: send,
    close: async () => agent.destroy(),
  };
}

type Send = (options: RequestOptions, answered: (message: IncomingMessage) => void) => ReturnType<typeof httpRequest>;

function exchange(send: Send, base: RequestOptions, { body, deadline, ...request }: HttpRequest): Promise<HttpStream> {
  // Node tells the length of every body but that of a DELETE, which a server then takes for the next request.
  const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const options = { ...base, ...request, signal: deadline.signal, headers: { ...request.headers, ...length } };
  return new Promise((resolve, reject) => {
    const outgoing = send(options, (message) => resolve(answerOf(message)));
    outgoing.on('error', reject);
    outgoing.end(body ?? undefined);
  });
}

function answerOf(message: IncomingMessage): HttpStream {
  const { statusCode = 0, headers } = message;
  return { statusCode, headers, body: Object.assign(message, { text: () => text(message) }) };
}
