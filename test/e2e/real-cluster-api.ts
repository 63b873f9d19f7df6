/**
 * A real API server in the place of the simulation's model. The run's namespace stands for a namespace of its own, and its times
 * for those of the server, which knows nothing of a run's clock: nothing else is changed on the way. Nobody else writes there, so
 * that what the server answers is all that changes; garbage is collected by the run, as on the model.
 */

import { formatTime } from '../../src/api/status.js';
import type { ApiClient, ApiRequest } from '../../src/kube/api-client.js';
import { isNotFound } from '../../src/kube/api-error.js';
import { isJsonObject, type JsonObject } from '../../src/pod/json.js';
import { namespace as namespaceOfRun } from '../simulation/cluster/addresses.js';
import { type ClusterApi, partsOf } from '../simulation/cluster/api-server.js';
import { type ObjectChange, type StoredObject, withMetadata } from '../simulation/cluster/stored-object.js';
import { WatchLog } from '../simulation/cluster/watch-log.js';

export interface RealClusterOptions {
  readonly client: ApiClient;
  readonly namespace: string;
  /** Of the run, in milliseconds since the epoch. */
  readonly now: () => number;
  readonly onChange: (change: ObjectChange) => void;
}

interface Times {
  readonly created: string;
  deleted?: string;
  bound?: string;
}

export class RealClusterApi implements ClusterApi {
  readonly objects = new Map<string, StoredObject>();
  readonly log = new WatchLog();
  /** By uid, on the run's clock. */
  readonly #times = new Map<string, Times>();

  constructor(private readonly options: RealClusterOptions) {}

  /** @throws {ApiError} */
  async handle(request: ApiRequest): Promise<unknown> {
    const answer = await this.#send(request);
    const { collection, name, subresource } = partsOf(request.path);
    if (request.method === 'GET' && name === undefined) return this.#list(answer);
    const object = subresource === 'binding' || !isStored(answer) ? undefined : this.#seen(answer);
    if (request.method === 'GET') return object ?? answer;
    const path = `${collection}/${name ?? object?.metadata.name}`;
    const isLastWord =
      object !== undefined && request.method !== 'DELETE' && object.metadata.deletionTimestamp === undefined;
    if (isLastWord) this.#store(path, object);
    else await this.#lookAgain(path);
    return object ?? answer;
  }

  #send({ method, path, query, body, patchType }: ApiRequest): Promise<unknown> {
    const there = path.replace(`/namespaces/${namespaceOfRun}/`, `/namespaces/${this.options.namespace}/`);
    return this.options.client.request({
      method,
      path: there,
      ...(query === undefined ? {} : { query }),
      ...(body === undefined ? {} : { body: inNamespace(body, this.options.namespace) }),
      ...(patchType === undefined ? {} : { patchType }),
    });
  }

  #list(answer: unknown): unknown {
    const { items = [], ...list } = answer as { items?: StoredObject[] };
    return { ...list, items: items.map((item) => this.#seen(item)) };
  }

  /** With the times of the run, without what only the server needs. */
  #seen(object: StoredObject): StoredObject {
    const { uid, deletionTimestamp } = object.metadata;
    const now = formatTime(this.options.now());
    const times = this.#times.get(uid) ?? { created: now };
    this.#times.set(uid, times);
    if (deletionTimestamp !== undefined) times.deleted ??= now;
    const { managedFields, ...metadata } = object.metadata as StoredObject['metadata'] & { managedFields?: unknown };
    const isBound = conditionsOf(object).some(isBinding);
    if (isBound) times.bound ??= now;
    return withMetadata(
      { ...object, metadata, ...(times.bound === undefined ? {} : { status: boundAt(object, times.bound) }) },
      {
        namespace: namespaceOfRun,
        creationTimestamp: times.created,
        ...(times.deleted === undefined ? {} : { deletionTimestamp: times.deleted }),
      },
    );
  }

  /** What became of it: an answer to a deletion does not say whether it is gone. */
  async #lookAgain(path: string): Promise<void> {
    try {
      const found = await this.#send({ method: 'GET', path });
      if (isStored(found)) this.#store(path, this.#seen(found));
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await this.#remove(path);
    }
  }

  #store(path: string, after: StoredObject): void {
    const before = this.objects.get(path);
    const { resourceVersion, uid } = after.metadata;
    if (before?.metadata.resourceVersion === resourceVersion && before.metadata.uid === uid) return;
    this.objects.set(path, after);
    const type = before === undefined ? 'ADDED' : 'MODIFIED';
    this.log.append(partsOf(path).collection, { version: Number(resourceVersion), type, object: after });
    this.options.onChange({ path, before, after });
  }

  async #remove(path: string): Promise<void> {
    const before = this.objects.get(path);
    if (before === undefined) return;
    const { collection } = partsOf(path);
    const list = await this.#send({ method: 'GET', path: collection, query: { limit: '1' } });
    const { resourceVersion } = (list as { metadata: { resourceVersion: string } }).metadata;
    this.objects.delete(path);
    const object = withMetadata(before, { resourceVersion });
    this.log.append(collection, { version: Number(resourceVersion), type: 'DELETED', object });
    this.options.onChange({ path, before, after: undefined });
  }
}

interface Condition {
  readonly type: string;
  readonly status: string;
}

/** Written by the server itself when it binds a pod. */
const isBinding = ({ type, status }: Condition) => type === 'PodScheduled' && status === 'True';

function conditionsOf({ status }: StoredObject): readonly Condition[] {
  return (status as { conditions?: readonly Condition[] } | undefined)?.conditions ?? [];
}

function boundAt(object: StoredObject, lastTransitionTime: string): object {
  const conditions = conditionsOf(object).map((one) => (isBinding(one) ? { ...one, lastTransitionTime } : one));
  return { ...object.status, conditions };
}

/** Not a Status, which is what some deletions are answered with. */
function isStored(answer: unknown): answer is StoredObject {
  return isJsonObject(answer) && answer['kind'] !== 'Status';
}

/** Bodies name the namespace of the run, where they name one. */
function inNamespace(body: unknown, namespace: string): unknown {
  if (!isJsonObject(body)) return body;
  const { metadata, involvedObject } = body;
  return {
    ...body,
    ...(hasNamespace(metadata) ? { metadata: { ...metadata, namespace } } : {}),
    ...(isJsonObject(involvedObject) ? { involvedObject: { ...involvedObject, namespace } } : {}),
  };
}

function hasNamespace(metadata: unknown): metadata is JsonObject {
  return isJsonObject(metadata) && 'namespace' in metadata;
}
