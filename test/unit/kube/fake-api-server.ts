/**
 * A model of one API server: objects with resource versions, paged lists, watches that replay history, create and replace with
 * preconditions. Tests break it on purpose: `intercept` answers or fails requests, `breakWatches` and `say` act on streams.
 */
import type { ApiClient, ApiRequest } from '../../../src/kube/api-client.js';
import { ApiError } from '../../../src/kube/api-error.js';
import type { KubernetesObject } from '../../../src/kube/objects.js';
import { LineStream } from './line-stream.js';

interface Change {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: KubernetesObject;
  version: number;
}

/** A body as the tests send them. */
interface SentObject {
  metadata: { name: string; namespace?: string; resourceVersion?: string };
}

export class FakeApiServer implements ApiClient {
  readonly requests: ApiRequest[] = [];
  readonly streams: LineStream[] = [];
  /** Called before each request and stream; what it throws is the answer, and so is what it returns, unless undefined. */
  intercept: (request: ApiRequest) => unknown = () => undefined;
  /** The version before which nothing can be watched. */
  compactedBefore = 0;
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #history: Change[] = [];
  readonly #pages = new Map<string, { rest: KubernetesObject[]; version: number }>();
  #version = 100;
  #uids = 0;

  get version(): string {
    return String(this.#version);
  }

  get openStreams(): number {
    return this.streams.filter((stream) => stream.open).length;
  }

  /** Requests whose query has `watch`. */
  get watches(): ApiRequest[] {
    return this.requests.filter((request) => request.query?.['watch'] === 'true');
  }

  get lists(): ApiRequest[] {
    return this.requests.filter((request) => request.method === 'GET' && request.query?.['watch'] === undefined);
  }

  get(name: string): KubernetesObject | undefined {
    return this.#objects.get(name);
  }

  /** Creates or changes the object of that name. */
  put(name: string, fields: object = {}): KubernetesObject {
    const before = this.#objects.get(name);
    const version = this.#nextVersion();
    const object = {
      apiVersion: 'v1',
      kind: 'Pod',
      ...fields,
      metadata: {
        name,
        namespace: 'default',
        uid: before?.metadata.uid ?? this.#nextUid(),
        resourceVersion: String(version),
      },
    };
    this.#objects.set(name, object);
    this.#tell({ type: before === undefined ? 'ADDED' : 'MODIFIED', object, version });
    return object;
  }

  delete(name: string): void {
    const before = this.#objects.get(name);
    if (before === undefined) throw new Error(`there is no ${name}`);
    const version = this.#nextVersion();
    this.#objects.delete(name);
    const object = { ...before, metadata: { ...before.metadata, resourceVersion: String(version) } };
    this.#tell({ type: 'DELETED', object, version });
  }

  /** One line on each open watch. */
  say(line: string): void {
    for (const stream of this.streams) stream.push(line);
  }

  bookmark(): void {
    this.#nextVersion();
    this.say(
      JSON.stringify({ type: 'BOOKMARK', object: { kind: 'Pod', metadata: { resourceVersion: this.version } } }),
    );
  }

  /** Ends each open watch, in good order or with a failure. */
  breakWatches(failure?: Error): void {
    for (const stream of this.streams) stream.end(failure);
  }

  async request(request: ApiRequest): Promise<unknown> {
    this.requests.push(request);
    const answer = await this.intercept(request);
    if (answer !== undefined) return answer;
    const name = request.path.match(/\/(?:leases|pods|events)\/([^/]+)$/)?.[1];
    if (name === undefined) return request.method === 'POST' ? this.#create(sent(request)) : this.#list(request);
    if (request.method === 'PUT') return this.#replace(name, sent(request));
    return this.#objects.get(name) ?? refuse(404, 'NotFound', `${name} not found`);
  }

  async *lines(request: ApiRequest, signal: AbortSignal, opened?: () => void): AsyncGenerator<string, void, undefined> {
    this.requests.push(request);
    await this.intercept(request);
    const from = Number(request.query?.['resourceVersion']);
    if (from < this.compactedBefore) refuse(410, 'Expired', 'too old resource version');
    const stream = new LineStream(signal);
    this.streams.push(stream);
    for (const change of this.#history) if (change.version > from) stream.push(JSON.stringify(change));
    opened?.();
    yield* stream.lines();
  }

  #create(object: SentObject): KubernetesObject {
    if (this.#objects.has(object.metadata.name)) refuse(409, 'AlreadyExists', `${object.metadata.name} exists`);
    return this.put(object.metadata.name, object);
  }

  #replace(name: string, object: SentObject): KubernetesObject {
    const present = this.#objects.get(name) ?? refuse(404, 'NotFound', `${name} not found`);
    if (object.metadata.resourceVersion !== present.metadata.resourceVersion)
      refuse(409, 'Conflict', 'has been modified');
    return this.put(name, object);
  }

  #list({ query = {} }: ApiRequest) {
    const token = query['continue'];
    const page =
      token === undefined ? { rest: [...this.#objects.values()], version: this.#version } : this.#pages.get(token);
    if (page === undefined) return refuse(410, 'Expired', 'the continue token is too old');
    const limit = Number(query['limit']);
    const rest = page.rest.slice(limit);
    const next = rest.length === 0 ? undefined : `page-${this.#pages.size + 1}`;
    if (next !== undefined) this.#pages.set(next, { rest, version: page.version });
    return {
      kind: 'PodList',
      metadata: { resourceVersion: String(page.version), ...(next === undefined ? {} : { continue: next }) },
      items: page.rest.slice(0, limit).map(({ apiVersion: _, kind: __, ...item }) => item),
    };
  }

  #tell(change: Change): void {
    this.#history.push(change);
    this.say(JSON.stringify(change));
  }

  #nextVersion(): number {
    this.#version += 1;
    return this.#version;
  }

  #nextUid(): string {
    this.#uids += 1;
    return `uid-${this.#uids}`;
  }
}

export function refuse(status: number, reason: string, message: string, retryAfterSeconds?: number): never {
  throw new ApiError('request', status, { message, reason, code: status }, retryAfterSeconds);
}

function sent(request: ApiRequest): SentObject {
  if (!isSentObject(request.body)) throw new Error('the body has no metadata.name');
  return request.body;
}

function isSentObject(body: unknown): body is SentObject {
  return typeof body === 'object' && body !== null && 'metadata' in body;
}
