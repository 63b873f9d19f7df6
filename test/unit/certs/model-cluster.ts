/** Of an API server, what certificates touch: Secrets, MutatingWebhookConfigurations and events, with versions and patches. */
import jsonpatch from 'fast-json-patch';
import { z } from 'zod';
import type { ApiRequest } from '../../../src/kube/api-client.js';
import { ApiError } from '../../../src/kube/api-error.js';

const secretSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).optional() }),
  data: z.record(z.string(), z.string()).optional(),
});
const secretPatchSchema = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  data: z.record(z.string(), z.string().nullable()),
});
const registrationSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  webhooks: z.array(
    z.looseObject({ name: z.string(), clientConfig: z.looseObject({ caBundle: z.string().optional() }) }),
  ),
});
const eventSchema = z.looseObject({
  reason: z.string(),
  message: z.string(),
  involvedObject: z.looseObject({ name: z.string(), uid: z.string() }),
});
const operationsSchema = z.array(z.object({ op: z.enum(['test', 'add']), path: z.string(), value: z.unknown() }));

export type StoredSecret = z.infer<typeof secretSchema>;
export type StoredRegistration = z.infer<typeof registrationSchema>;

export class ModelCluster {
  readonly secrets = new Map<string, StoredSecret>();
  readonly registrations = new Map<string, StoredRegistration>();
  readonly events: z.infer<typeof eventSchema>[] = [];
  readonly writes: ApiRequest[] = [];
  #version = 100;
  #uid = 0;

  constructor(private readonly namespaces: readonly string[]) {}

  putSecret(path: string, labels: Record<string, string>, data: Record<string, string>): void {
    const name = path.split('/').at(-1) ?? '';
    this.secrets.set(path, { metadata: { name, labels, ...this.#stamp() }, data });
  }

  /** As somebody else would, with `kubectl apply`. */
  putRegistration(name: string, caBundles: readonly (string | undefined)[]): void {
    const webhooks = caBundles.map((caBundle, index) => ({
      name: `entry-${index}`,
      clientConfig: caBundle === undefined ? {} : { caBundle },
    }));
    this.registrations.set(name, { metadata: { name, ...this.#stamp() }, webhooks });
  }

  /** The texts in the bundles of a registration, one for each entry. */
  bundlesOf(name: string): string[] {
    const webhooks = this.registrations.get(name)?.webhooks ?? [];
    return webhooks.map(({ clientConfig }) => Buffer.from(clientConfig.caBundle ?? '', 'base64').toString());
  }

  /** @throws {ApiError} */
  request(request: ApiRequest): unknown {
    if (request.method !== 'GET') this.writes.push(request);
    if (/\/events$/.test(request.path)) return this.events.push(eventSchema.parse(request.body));
    const kind = request.path.includes('/secrets') ? this.secrets : this.registrations;
    if (request.method === 'POST') return this.#create(request);
    const key = kind === this.secrets ? request.path : (request.path.split('/').at(-1) ?? '');
    const found = kind.get(key);
    if (found === undefined) throw refusal(request, 404, 'NotFound');
    if (request.method === 'GET') return structuredClone(found);
    return request.patchType === 'json-patch' ? this.#patchRegistration(request, key) : this.#patchSecret(request);
  }

  #create(request: ApiRequest): unknown {
    const namespace = request.path.split('/')[4] ?? '';
    if (!this.namespaces.includes(namespace)) throw refusal(request, 404, 'NotFound');
    const secret = secretSchema.parse(structuredClone(request.body));
    const path = `${request.path}/${secret.metadata.name}`;
    if (this.secrets.has(path)) throw refusal(request, 409, 'AlreadyExists');
    Object.assign(secret.metadata, this.#stamp());
    this.secrets.set(path, secret);
    return structuredClone(secret);
  }

  #patchSecret(request: ApiRequest): unknown {
    const secret = this.secrets.get(request.path);
    const { metadata, data } = secretPatchSchema.parse(request.body);
    if (secret === undefined) throw refusal(request, 404, 'NotFound');
    if (metadata.resourceVersion !== secret.metadata['resourceVersion']) throw refusal(request, 409, 'Conflict');
    const merged = Object.entries({ ...secret.data, ...data }).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    );
    secret.data = Object.fromEntries(merged);
    secret.metadata['resourceVersion'] = this.#nextVersion();
    return structuredClone(secret);
  }

  #patchRegistration(request: ApiRequest, name: string): unknown {
    const known = this.registrations.get(name);
    const operations = operationsSchema.parse(request.body);
    let patched: StoredRegistration;
    try {
      const { newDocument } = jsonpatch.applyPatch<unknown>(structuredClone(known), operations, true);
      patched = registrationSchema.parse(newDocument);
    } catch {
      throw refusal(request, 422, 'Invalid');
    }
    patched.metadata['resourceVersion'] = this.#nextVersion();
    this.registrations.set(name, patched);
    return structuredClone(patched);
  }

  #stamp() {
    this.#uid += 1;
    return { uid: `uid-${this.#uid}`, resourceVersion: this.#nextVersion() };
  }

  #nextVersion(): string {
    this.#version += 1;
    return String(this.#version);
  }
}

function refusal({ method, path }: ApiRequest, status: number, reason: string): ApiError {
  return new ApiError(`${method} ${path}`, status, { reason, message: reason });
}
