/** The garbage collector of Kubernetes, one round at a time: it may come late, and it only ever sends requests. */
import type { ApiRequest } from '../../../src/kube/api-client.js';
import type { ClusterApi } from './api-server.js';
import type { StoredObject } from './stored-object.js';

interface Garbage {
  readonly why: string;
  readonly request: ApiRequest;
}

/** What one round would do. */
export function garbageIn({ objects }: Pick<ClusterApi, 'objects'>): Garbage[] {
  const uids = new Set([...objects.values()].map(({ metadata }) => metadata.uid));
  return [...objects].flatMap(([path, object]) => [
    ...ownerless(path, object, uids),
    ...finalized(path, object, objects),
  ]);
}

export async function collectGarbage(api: ClusterApi): Promise<number> {
  const garbage = garbageIn(api);
  for (const { request } of garbage) await api.handle(request);
  return garbage.length;
}

/** It has owners, and none of them is there. */
function ownerless(path: string, { metadata }: StoredObject, uids: ReadonlySet<string>): Garbage[] {
  const owners = metadata.ownerReferences ?? [];
  if (owners.length === 0 || metadata.deletionTimestamp !== undefined) return [];
  if (owners.some(({ uid }) => uids.has(uid))) return [];
  const body = { preconditions: { uid: metadata.uid }, propagationPolicy: 'Background' };
  return [{ why: `${path} has no owner any more`, request: { method: 'DELETE', path, body } }];
}

/** An owner that waits for what it owns to go (foreground), or to be set free (orphan). */
function finalized(path: string, owner: StoredObject, objects: ReadonlyMap<string, StoredObject>): Garbage[] {
  const { finalizers = [], deletionTimestamp, uid } = owner.metadata;
  const finalizer = finalizers.find((name) => name === 'foregroundDeletion' || name === 'orphan');
  if (finalizer === undefined || deletionTimestamp === undefined) return [];
  const dependents = [...objects].filter(([, { metadata }]) =>
    metadata.ownerReferences?.some((ref) => ref.uid === uid),
  );
  if (dependents.length === 0) {
    const body = { metadata: { finalizers: finalizers.filter((name) => name !== finalizer) } };
    return [{ why: `${path} is finalized`, request: { method: 'PATCH', path, body } }];
  }
  return dependents.flatMap(([dependent, { metadata }]): Garbage[] => {
    if (finalizer === 'orphan') {
      const body = { metadata: { ownerReferences: metadata.ownerReferences?.filter((ref) => ref.uid !== uid) } };
      return [{ why: `${dependent} is set free`, request: { method: 'PATCH', path: dependent, body } }];
    }
    if (metadata.deletionTimestamp !== undefined) return [];
    const body = { preconditions: { uid: metadata.uid }, propagationPolicy: 'Foreground' };
    return [{ why: `${dependent} goes with its owner`, request: { method: 'DELETE', path: dependent, body } }];
  });
}
