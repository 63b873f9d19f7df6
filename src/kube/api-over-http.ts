/**
 * `ApiClient` over HTTP: raw JSON, one deadline per request, and every failure told apart as api-error.ts has it. It decides
 * nothing and repeats no write: whoever asked knows what a lost answer means for it. How bytes travel is the transport's affair.
 */
import { FiresteelError } from '../errors.js';
import type { ApiClient, ApiRequest, PatchType } from './api-client.js';
import { ApiError, ApiUnreachable } from './api-error.js';
import type { Connection } from './connection.js';
import { Deadline } from './deadline.js';
import type { HttpAnswer, HttpRequest, HttpTransport } from './http-transport.js';
import { splitLines } from './line-splitter.js';
import { parseStatusBody } from './status-body.js';

const defaultTimeoutMilliseconds = 15_000;

const patchContentTypes: Record<PatchType, string> = {
  'json-patch': 'application/json-patch+json',
  'merge-patch': 'application/merge-patch+json',
  // JSON is YAML, and servers older than 1.33 know no other name for it.
  'apply-patch': 'application/apply-patch+yaml',
};

type Exchange<Answer> = (sent: HttpRequest) => Promise<Answer>;

export interface ApiOverHttpOptions {
  readonly userAgent?: string;
  /** Of a request that names no timeout of its own; default 15 s. */
  readonly timeoutMilliseconds?: number;
}

export class ApiOverHttp implements ApiClient {
  readonly #connection: Connection;
  readonly #transport: HttpTransport;
  readonly #basePath: string;
  readonly #userAgent: string;
  readonly #timeoutMilliseconds: number;

  constructor(connection: Connection, transport: HttpTransport, options: ApiOverHttpOptions = {}) {
    const server = new URL(connection.server);
    this.#connection = connection;
    this.#transport = transport;
    this.#basePath = server.pathname.replace(/\/+$/, '');
    this.#userAgent = options.userAgent ?? 'firesteel';
    this.#timeoutMilliseconds = options.timeoutMilliseconds ?? defaultTimeoutMilliseconds;
  }

  async request(request: ApiRequest): Promise<unknown> {
    const deadline = new Deadline(request.timeoutMilliseconds ?? this.#timeoutMilliseconds, request.signal);
    try {
      const response = await this.#send(this.#transport.request, request, deadline);
      return parseJson(request, response, await readText(request, response));
    } finally {
      deadline.release();
    }
  }

  async *lines(request: ApiRequest, signal: AbortSignal, opened?: () => void): AsyncGenerator<string, void, undefined> {
    const deadline = new Deadline(request.timeoutMilliseconds ?? this.#timeoutMilliseconds, signal);
    try {
      const response = await this.#send(this.#transport.stream, request, deadline);
      deadline.lift();
      opened?.();
      yield* splitLines(response.body);
    } catch (fault) {
      if (signal.aborted) return;
      throw fault instanceof FiresteelError ? fault : unreachable(request, fault);
    } finally {
      deadline.release();
    }
  }

  /** Waits for requests under way, which their deadlines bound; watches end at once. */
  close(): Promise<void> {
    return this.#transport.close();
  }

  /** The open answer of a 2xx. */
  async #send<Answer extends HttpAnswer>(
    exchange: Exchange<Answer>,
    request: ApiRequest,
    deadline: Deadline,
  ): Promise<Answer> {
    const response = await sent(exchange, request, {
      method: request.method,
      path: `${this.#basePath}${request.path}${queryString(request.query)}`,
      headers: await this.#headers(request),
      body: request.body === undefined ? null : JSON.stringify(request.body),
      deadline,
    });
    await refuseFailure(request, response);
    return response;
  }

  async #headers(request: ApiRequest): Promise<Record<string, string>> {
    const authorization = await this.#connection.authorization();
    return {
      accept: 'application/json',
      'user-agent': this.#userAgent,
      ...(authorization === undefined ? {} : { authorization }),
      ...(request.body === undefined ? {} : { 'content-type': contentType(request) }),
    };
  }
}

async function sent<Answer>(exchange: Exchange<Answer>, request: ApiRequest, sending: HttpRequest): Promise<Answer> {
  try {
    return await exchange(sending);
  } catch (fault) {
    // The server may close an idle connection at the very moment it is used again; only a read may be sent twice.
    if (request.method !== 'GET' || !isReset(fault)) throw unreachable(request, fault);
  }
  try {
    return await exchange(sending);
  } catch (fault) {
    throw unreachable(request, fault);
  }
}

/** The `Content-Type` of the request's body. */
export function contentType(request: Pick<ApiRequest, 'method' | 'patchType'>): string {
  return request.method === 'PATCH' ? patchContentTypes[request.patchType ?? 'merge-patch'] : 'application/json';
}

function queryString(query: Record<string, string> | undefined): string {
  return query === undefined ? '' : `?${new URLSearchParams(query)}`;
}

async function refuseFailure(request: ApiRequest, response: HttpAnswer): Promise<void> {
  const { statusCode, headers } = response;
  if (statusCode >= 200 && statusCode < 300) return;
  const body = await readText(request, response);
  if (statusCode < 400) throw malformed(request, `HTTP status ${statusCode}, a redirect`);
  throw new ApiError(nameOf(request), statusCode, parseStatusBody(body), retryAfterSeconds(headers['retry-after']));
}

/** Kubernetes writes seconds; a date, which only proxies write, counts as none. */
function retryAfterSeconds(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,9}$/.test(header) ? Number(header) : undefined;
}

async function readText(request: ApiRequest, response: HttpAnswer): Promise<string> {
  try {
    return await response.body.text();
  } catch (fault) {
    throw unreachable(request, fault);
  }
}

function parseJson(request: ApiRequest, response: HttpAnswer, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No cause: the message of a JSON error quotes the text, which may be a Secret.
    const type = response.headers['content-type'] ?? 'no content type';
    throw malformed(request, `${text.length} characters of ${type}, which are not JSON`);
  }
}

/** In the words of Node and of undici. */
const resetCodes: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

function isReset(fault: unknown): boolean {
  return fault instanceof Error && 'code' in fault && resetCodes.has(fault.code);
}

function unreachable(request: ApiRequest, fault: unknown): ApiUnreachable {
  // A host with several addresses fails with one error for each, and an empty message of its own.
  const cause = fault instanceof AggregateError && fault.message === '' ? (fault.errors[0] ?? fault) : fault;
  return new ApiUnreachable(nameOf(request), cause);
}

function malformed(request: ApiRequest, what: string): FiresteelError {
  return new FiresteelError(
    'API_MALFORMED',
    `${nameOf(request)}: the answer is ${what}; check that the server address is that of a Kubernetes API server.`,
  );
}

/** Without the query, which adds nothing that a reader of the log needs. */
function nameOf(request: ApiRequest): string {
  return `${request.method} ${request.path}`;
}
