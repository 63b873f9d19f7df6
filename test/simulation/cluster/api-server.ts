/**
 * As much of an API server as lifecycles can tell: objects with uids and resource versions, creates that collide, writes and
 * deletes with preconditions, finalizers, graceful deletion of pods, status as a subresource, lists and the log of watches.
 * Every request is atomic; when it arrives, and whether its answer does, is the network's business.
 */
import { formatTime } from '../../../src/api/status.js';
import type { ApiRequest } from '../../../src/kube/api-client.js';
import { ApiError } from '../../../src/kube/api-error.js';
import type { ObjectMeta } from '../../../src/kube/objects.js';
import { namespace } from './addresses.js';
import { merged, type ObjectChange, type StoredObject, withMetadata } from './stored-object.js';
import { WatchLog } from './watch-log.js';

/** What the run needs of an API server: this model, or a real one. */
export interface ClusterApi {
  /** By path, as they are now. */
  readonly objects: ReadonlyMap<string, StoredObject>;
  readonly log: WatchLog;
  /** @throws {ApiError} */
  handle(request: ApiRequest): unknown;
}

interface DeleteOptions {
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
}

type Body = Omit<StoredObject, 'metadata'> & { readonly metadata?: Partial<ObjectMeta> };

const ofPolicies = { Foreground: ['foregroundDeletion'], Orphan: ['orphan'], Background: [] } as const;

/** The latest deletion says what becomes of dependents, also of an object that is going already. */
function finalizersBy(policy: keyof typeof ofPolicies, before: readonly string[]): readonly string[] {
  const others = before.filter((name) => name !== 'foregroundDeletion' && name !== 'orphan');
  return [...others, ...ofPolicies[policy]];
}

export class ModelApiServer implements ClusterApi {
  readonly objects = new Map<string, StoredObject>();
  readonly log = new WatchLog();
  #version = 100;

  constructor(
    private readonly now: () => number,
    private readonly onChange: (change: ObjectChange) => void,
  ) {}

  /** @throws {ApiError} */
  handle({ method, path, body, query }: ApiRequest): unknown {
    const { collection, name, subresource } = partsOf(path);
    const target = name === undefined ? collection : `${collection}/${name}`;
    if (subresource === 'binding') return this.#bind(target, body as { target: { name: string } });
    switch (method) {
      case 'POST':
        return this.#create(collection, body as StoredObject);
      case 'GET':
        return name === undefined ? this.#list(collection, query ?? {}) : this.#existing(target);
      case 'PUT':
        return this.#replace(target, body as StoredObject);
      case 'PATCH':
        return this.#patch(target, subresource, body as Body);
      case 'DELETE':
        return this.#delete(target, (body ?? {}) as DeleteOptions);
    }
  }

  #create(collection: string, body: StoredObject): StoredObject {
    const path = `${collection}/${body.metadata.name}`;
    if (this.objects.has(path)) throw refusal(409, 'AlreadyExists', `${path} already exists`);
    const isPod = collection.endsWith('/pods');
    return this.#store(path, {
      ...body,
      metadata: {
        ...body.metadata,
        namespace,
        uid: `uid-${this.#version + 1}`,
        generation: 1,
        creationTimestamp: formatTime(this.now()),
      },
      ...(isPod ? { status: { phase: 'Pending' } } : {}),
    });
  }

  #list(collection: string, { labelSelector, fieldSelector }: Readonly<Record<string, string>>): object {
    const items = [...this.objects].filter(([path]) => path.startsWith(`${collection}/`)).map(([, object]) => object);
    return {
      metadata: { resourceVersion: String(this.#version) },
      items: items.filter((object) => isSelected(object, labelSelector) && isAbout(object, fieldSelector)),
    };
  }

  #existing(path: string): StoredObject {
    const object = this.objects.get(path);
    if (object === undefined) throw refusal(404, 'NotFound', `${path} not found`);
    return object;
  }

  #replace(path: string, body: StoredObject): StoredObject {
    const before = this.#existing(path);
    demand(before, body.metadata);
    return this.#store(path, { ...body, metadata: { ...before.metadata, ...body.metadata } });
  }

  #bind(path: string, { target }: { target: { name: string } }): object {
    const pod = this.#existing(path);
    const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: formatTime(this.now()) };
    const status = { ...pod.status, conditions: [scheduled] };
    this.#store(path, { ...pod, spec: { ...pod.spec, nodeName: target.name }, status });
    return { kind: 'Status', status: 'Success' };
  }

  /** A patch that changes nothing is not written. */
  #patch(path: string, subresource: string | undefined, body: Body): StoredObject {
    const before = this.#existing(path);
    demand(before, body.metadata ?? {});
    const { status, metadata: { uid, resourceVersion, ...metadata } = {}, ...rest } = body;
    const change = subresource === 'status' ? { status } : { ...rest, metadata };
    const after = merged(before, change) as StoredObject;
    if (JSON.stringify(after) === JSON.stringify(before)) return before;
    const generation =
      (before.metadata.generation ?? 0) + (after.spec === before.spec || body.spec === undefined ? 0 : 1);
    const next = withMetadata(after, { generation });
    const isReleased = before.metadata.deletionTimestamp !== undefined && !next.metadata.finalizers?.length;
    if (isReleased && !path.includes('/pods/')) return this.#remove(path);
    return this.#store(path, next);
  }

  #delete(path: string, { preconditions = {}, propagationPolicy, gracePeriodSeconds }: DeleteOptions): StoredObject {
    const object = this.#existing(path);
    demand(object, preconditions);
    const before = object.metadata.finalizers ?? [];
    const finalizers = propagationPolicy === undefined ? before : finalizersBy(propagationPolicy, before);
    const isGraceful = path.includes('/pods/') && gracePeriodSeconds !== 0 && needsGrace(object);
    if (finalizers.length === 0 && !isGraceful) return this.#remove(path);
    const isSame = finalizers.join() === before.join();
    if (object.metadata.deletionTimestamp !== undefined && isSame) return object;
    const deletionTimestamp = object.metadata.deletionTimestamp ?? formatTime(this.now());
    return this.#store(path, withMetadata(object, { deletionTimestamp, finalizers: [...finalizers] }));
  }

  #store(path: string, object: StoredObject): StoredObject {
    const before = this.objects.get(path);
    this.#version += 1;
    const after = withMetadata(object, { resourceVersion: String(this.#version) });
    this.objects.set(path, after);
    const type = before === undefined ? 'ADDED' : 'MODIFIED';
    this.log.append(partsOf(path).collection, { version: this.#version, type, object: after });
    this.onChange({ path, before, after });
    return after;
  }

  #remove(path: string): StoredObject {
    const before = this.#existing(path);
    this.#version += 1;
    this.objects.delete(path);
    const object = withMetadata(before, { resourceVersion: String(this.#version) });
    this.log.append(partsOf(path).collection, { version: this.#version, type: 'DELETED', object });
    this.onChange({ path, before, after: undefined });
    return object;
  }
}

/** A pod that no node has, or that has ended, goes at once. */
function needsGrace({ spec, status }: StoredObject): boolean {
  const { nodeName } = (spec ?? {}) as { nodeName?: string };
  const { phase } = (status ?? {}) as { phase?: string };
  return nodeName !== undefined && phase !== 'Succeeded' && phase !== 'Failed';
}

function demand({ metadata }: StoredObject, { uid, resourceVersion }: Partial<ObjectMeta>): void {
  if (uid !== undefined && metadata.uid !== uid) throw refusal(409, 'Conflict', 'another uid');
  if (resourceVersion !== undefined && metadata.resourceVersion !== resourceVersion) {
    throw refusal(409, 'Conflict', 'another resource version');
  }
}

/** Only `key=value` is known. */
export function isSelected({ metadata }: StoredObject, selector: string | undefined): boolean {
  const [key = '', value] = selector?.split('=') ?? [];
  return selector === undefined || metadata.labels?.[key] === value;
}

/** Only the selection of events by the uid of what they are about is known. */
function isAbout(object: StoredObject, selector: string | undefined): boolean {
  const [, wanted] = /^involvedObject\.uid=([^,]*)/.exec(selector ?? '') ?? [];
  const { involvedObject } = object as { involvedObject?: { uid?: string } };
  return wanted === undefined || involvedObject?.uid === wanted;
}

/** @param path as `resourcePath` makes it */
export function partsOf(path: string): { collection: string; name?: string; subresource?: string } {
  const parts = path.split('/');
  const length = parts[1] === 'api' ? 6 : 7;
  const [name, subresource] = parts.slice(length);
  return {
    collection: parts.slice(0, length).join('/'),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

export function refusal(status: number, reason: string, message: string): ApiError {
  return new ApiError('request', status, { reason, message });
}
