/** An API server that knows Secrets only: enough of it for replicas to race for one. */
import type { ApiClient, ApiRequest } from '../../../src/kube/api-client.js';
import { ApiError } from '../../../src/kube/api-error.js';

export interface StoredSecret {
  metadata: { name: string; namespace: string; resourceVersion: string; labels?: Record<string, string> };
  type?: string;
  data?: Record<string, string>;
}

export class SecretServer implements ApiClient {
  readonly secrets = new Map<string, StoredSecret>();
  readonly requests: ApiRequest[] = [];
  #resourceVersion = 100;

  constructor(private readonly namespaces: readonly string[]) {}

  put(namespace: string, name: string, labels: Record<string, string>, data: Record<string, string>): void {
    const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
    this.secrets.set(path, { metadata: { name, namespace, labels, resourceVersion: this.#nextVersion() }, data });
  }

  async request(request: ApiRequest): Promise<unknown> {
    this.requests.push(request);
    await Promise.resolve();
    if (request.method === 'GET') return structuredClone(this.#existing(request));
    if (request.method === 'POST') return this.#create(request);
    return this.#patch(request);
  }

  lines(): AsyncIterable<string> {
    throw new Error('nobody watches Secrets here');
  }

  #create(request: ApiRequest): unknown {
    const namespace = request.path.split('/')[4] ?? '';
    if (!this.namespaces.includes(namespace)) {
      throw refusal(request, 404, 'NotFound', `namespaces "${namespace}" not found`);
    }
    const body = structuredClone(request.body) as StoredSecret;
    const path = `${request.path}/${body.metadata.name}`;
    if (this.secrets.has(path)) throw refusal(request, 409, 'AlreadyExists', 'already exists');
    body.metadata.resourceVersion = this.#nextVersion();
    this.secrets.set(path, body);
    return structuredClone(body);
  }

  #patch(request: ApiRequest): unknown {
    const existing = this.#existing(request);
    const body = structuredClone(request.body) as StoredSecret;
    if (body.metadata.resourceVersion !== existing.metadata.resourceVersion) {
      throw refusal(request, 409, 'Conflict', 'the object has been modified');
    }
    existing.data = { ...existing.data, ...body.data };
    existing.metadata.resourceVersion = this.#nextVersion();
    return structuredClone(existing);
  }

  #existing(request: ApiRequest): StoredSecret {
    const secret = this.secrets.get(request.path);
    if (secret === undefined) throw refusal(request, 404, 'NotFound', 'secrets not found');
    return secret;
  }

  #nextVersion(): string {
    this.#resourceVersion += 1;
    return String(this.#resourceVersion);
  }
}

function refusal({ method, path }: ApiRequest, status: number, reason: string, message: string): ApiError {
  return new ApiError(`${method} ${path}`, status, { reason, message });
}
