/** An API server with one collection, the MutatingWebhookConfigurations: list, watch, JSON patch, and edits by others. */
import assert from 'node:assert/strict';
import jsonpatch from 'fast-json-patch';
import { z } from 'zod';
import type { ApiClient, ApiRequest } from '../../../src/kube/api-client.js';
import { ApiError } from '../../../src/kube/api-error.js';

const registrationSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), uid: z.string(), resourceVersion: z.string() }),
  webhooks: z.array(
    z.looseObject({ name: z.string(), clientConfig: z.looseObject({ caBundle: z.string().optional() }) }),
  ),
});
export type StoredRegistration = z.infer<typeof registrationSchema>;

const operationsSchema = z.array(
  z.discriminatedUnion('op', [
    z.object({ op: z.literal('test'), path: z.string(), value: z.unknown() }),
    z.object({ op: z.literal('add'), path: z.string(), value: z.unknown() }),
  ]),
);

export class RegistrationServer implements ApiClient {
  readonly patches: ApiRequest[] = [];
  readonly lists: ApiRequest[] = [];
  /** Thrown instead of carrying out the next patches. */
  readonly patchFailures: Error[] = [];
  readonly #stored = new Map<string, StoredRegistration>();
  readonly #watchers = new Set<(line: string) => void>();
  #resourceVersion = 100;

  constructor(private readonly name: string) {}

  get stored(): StoredRegistration | undefined {
    return this.#stored.get(this.name);
  }

  get watched(): boolean {
    return this.#watchers.size > 0;
  }

  /** As somebody else would, with `kubectl apply`. */
  apply(entries: readonly { name: string; caBundle?: string }[], name = this.name): void {
    const known = this.#stored.get(name);
    const webhooks = entries.map((entry) => ({
      name: entry.name,
      clientConfig: { url: 'https://w', ...(entry.caBundle === undefined ? {} : { caBundle: entry.caBundle }) },
    }));
    const metadata = { name, uid: known?.metadata.uid ?? `uid-${name}`, resourceVersion: this.#nextVersion() };
    this.#store(known === undefined ? 'ADDED' : 'MODIFIED', { metadata, webhooks });
  }

  remove(): void {
    const known = this.stored;
    assert.ok(known);
    this.#stored.delete(this.name);
    this.#emit('DELETED', { ...known, metadata: { ...known.metadata, resourceVersion: this.#nextVersion() } });
  }

  async request(request: ApiRequest): Promise<unknown> {
    await Promise.resolve();
    if (request.method === 'PATCH') return this.#patch(request);
    assert.equal(request.query?.['fieldSelector'], `metadata.name=${this.name}`);
    this.lists.push(request);
    const items = this.stored === undefined ? [] : [this.stored];
    return structuredClone({ metadata: { resourceVersion: String(this.#resourceVersion) }, items });
  }

  async *lines(_request: ApiRequest, signal: AbortSignal, opened?: () => void): AsyncIterable<string> {
    const queue: string[] = [];
    let wake = () => {};
    const watcher = (line: string) => {
      queue.push(line);
      wake();
    };
    this.#watchers.add(watcher);
    signal.addEventListener('abort', () => wake());
    opened?.();
    while (!signal.aborted) {
      const line = queue.shift();
      if (line !== undefined) yield line;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
    this.#watchers.delete(watcher);
  }

  #patch(request: ApiRequest): unknown {
    this.patches.push(request);
    const failure = this.patchFailures.shift();
    if (failure !== undefined) throw failure;
    const name = request.path.split('/').at(-1) ?? '';
    const known = this.#stored.get(name);
    if (known === undefined) throw new ApiError(`PATCH ${request.path}`, 404, { reason: 'NotFound' });
    const operations = operationsSchema.parse(request.body);
    let patched: StoredRegistration;
    try {
      patched = registrationSchema.parse(jsonpatch.applyPatch(structuredClone(known), operations, true).newDocument);
    } catch (cause) {
      throw new ApiError(`PATCH ${request.path}`, 422, { message: String(cause), reason: 'Invalid' });
    }
    patched.metadata.resourceVersion = this.#nextVersion();
    this.#store('MODIFIED', patched);
    return structuredClone(patched);
  }

  #store(type: string, registration: StoredRegistration): void {
    this.#stored.set(registration.metadata.name, registration);
    if (registration.metadata.name === this.name) this.#emit(type, registration);
  }

  #emit(type: string, object: StoredRegistration): void {
    for (const watcher of this.#watchers) watcher(JSON.stringify({ type, object }));
  }

  #nextVersion(): string {
    this.#resourceVersion += 1;
    return String(this.#resourceVersion);
  }
}
