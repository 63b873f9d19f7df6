/**
 * As much of an API server as the submission protocol can tell: objects with uids and resource versions, creates that
 * collide, deletes and patches with preconditions, owners whose dependents are collected some time later.
 * Every request is atomic; when it takes effect, and whether its answer arrives, is the simulation's business.
 */
import { formatTime } from '../../../src/api/status.js';
import type { ApiRequest } from '../../../src/kube/api-client.js';
import { ApiError } from '../../../src/kube/api-error.js';
import type { KubernetesObject, OwnerReference } from '../../../src/kube/objects.js';
import { mutatePod } from '../../../src/pod/mutation.js';

type Stored = KubernetesObject & { [field: string]: unknown };

export class ModelApiServer {
  readonly objects = new Map<string, Stored>();
  /** Creating a tagged pod fails while the webhook is away. */
  webhookIsAway = false;
  #version = 100;

  /** @param now milliseconds since the epoch */
  constructor(private readonly now: () => number) {}

  /** @throws {ApiError} */
  handle(request: ApiRequest): unknown {
    const path = request.path.replace(/\/status$/, '');
    switch (request.method) {
      case 'POST':
        return this.create(path, request.body as Stored);
      case 'GET':
        // Kubernetes has nothing to warn of here.
        if (path.endsWith('/events')) return { items: [] };
        return structuredClone(this.existing(path));
      case 'PATCH':
        return this.patch(path, request.body as PatchBody);
      case 'DELETE':
        return this.remove(path, (request.body as { preconditions?: Preconditions }).preconditions);
      default:
        throw new Error(`the model does not know ${request.method}`);
    }
  }

  create(collection: string, body: Stored): Stored {
    const path = `${collection}/${body.metadata.name}`;
    if (this.objects.has(path)) throw refusal(409, 'AlreadyExists', `${path} already exists`);
    const object = structuredClone(body);
    this.#version += 1;
    object.metadata.uid = `uid-${this.#version}`;
    object.metadata.resourceVersion = String(this.#version);
    object.metadata.generation = 1;
    object.metadata.creationTimestamp = formatTime(this.now());
    object.metadata.namespace = 'default';
    if (collection.endsWith('/pods')) this.#admit(object);
    this.objects.set(path, object);
    return structuredClone(object);
  }

  existing(path: string): Stored {
    const object = this.objects.get(path);
    if (object === undefined) throw refusal(404, 'NotFound', `${path} not found`);
    return object;
  }

  /** As somebody else changes an object: `change` edits it in place. */
  update(path: string, change: (object: Stored) => void): void {
    const object = structuredClone(this.existing(path));
    change(object);
    this.#version += 1;
    object.metadata.resourceVersion = String(this.#version);
    this.objects.set(path, object);
  }

  remove(path: string, { uid, resourceVersion }: Preconditions = {}): unknown {
    const { metadata } = this.existing(path);
    if (uid !== undefined && metadata.uid !== uid) throw refusal(409, 'Conflict', 'another uid');
    if (resourceVersion !== undefined && metadata.resourceVersion !== resourceVersion) {
      throw refusal(409, 'Conflict', 'another resource version');
    }
    // A pod goes when its node has stopped it.
    if (path.includes('/pods/')) this.#markDeleted(path);
    else this.objects.delete(path);
    return { kind: 'Status', status: 'Success' };
  }

  #markDeleted(path: string): void {
    if (this.existing(path).metadata.deletionTimestamp !== undefined) return;
    this.update(path, (object) => {
      object.metadata.deletionTimestamp = formatTime(this.now());
    });
  }

  /** One round of garbage collection: what has owners, none of which exists, goes. */
  collectGarbage(): void {
    const uids = new Set([...this.objects.values()].map((object) => object.metadata.uid));
    for (const [path, { metadata }] of this.objects) {
      const owners: readonly OwnerReference[] = metadata.ownerReferences ?? [];
      if (owners.length > 0 && !owners.some((owner) => uids.has(owner.uid))) this.remove(path);
    }
  }

  #admit(pod: Stored): void {
    pod['status'] = { phase: 'Pending' };
    if (pod.metadata.labels?.['pod.sparkoperator.k8s.io/tagged'] !== 'true') return;
    if (this.webhookIsAway) throw refusal(500, 'InternalError', 'failed calling webhook');
    Object.assign(pod, mutatePod(pod).pod);
  }

  private patch(path: string, body: PatchBody): Stored {
    const { uid, resourceVersion } = this.existing(path).metadata;
    const wanted = body.metadata ?? {};
    if (wanted.uid !== undefined && wanted.uid !== uid) throw refusal(409, 'Conflict', 'another uid');
    if (wanted.resourceVersion !== undefined && wanted.resourceVersion !== resourceVersion) {
      throw refusal(409, 'Conflict', 'another resource version');
    }
    this.update(path, (object) => {
      for (const field of ['status', 'data'] as const) {
        if (body[field] !== undefined) object[field] = merged(object[field], body[field]);
      }
      object.metadata.annotations = { ...object.metadata.annotations, ...wanted.annotations };
    });
    return structuredClone(this.existing(path));
  }
}

interface Preconditions {
  uid?: string;
  resourceVersion?: string;
}

interface PatchBody {
  metadata?: Preconditions & { annotations?: Record<string, string> };
  status?: unknown;
  data?: unknown;
}

/** RFC 7386. */
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = { ...(typeof target === 'object' ? target : {}) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

function refusal(status: number, reason: string, message: string): ApiError {
  return new ApiError('request', status, { reason, message });
}
