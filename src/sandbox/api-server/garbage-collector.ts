/**
 * What kube-controller-manager does after deletes, in passes over all objects soon after each change that may matter:
 * dependents go with their owners, a foreground delete waits for them, an orphaning one lets them be, and namespaces
 * and CustomResourceDefinitions take along what is in them.
 */
import { type DeleteOptions, deleteObject } from './deletion.js';
import { type ApiObject, withMetadata } from './objects.js';
import type { ServedResource } from './resource-table.js';
import { type StorageKind, storageKind } from './storage.js';
import type { World } from './world.js';

const delayMilliseconds = 20;
const byPolicy = (propagationPolicy: string): DeleteOptions => ({ propagationPolicy, preconditions: {} });
const isForeground = (owner: ApiObject | undefined) =>
  owner?.metadata.finalizers?.includes('foregroundDeletion') === true;
const ownersOf = ({ metadata }: ApiObject) => metadata.ownerReferences ?? [];

/** The answer stops it. */
export function collectGarbage(world: World): () => void {
  const { storage, clock } = world;
  let cancel: (() => void) | undefined;
  const unsubscribe = storage.subscribe(({ after }) => {
    const matters = after === undefined || after.metadata.deletionTimestamp !== undefined || ownersOf(after).length > 0;
    if (!matters || cancel !== undefined) return;
    cancel = clock.after(delayMilliseconds, () => {
      cancel = undefined;
      pass(world);
    });
  });
  return () => {
    unsubscribe();
    cancel?.();
  };
}

function pass(world: World): void {
  const { storage, resources } = world;
  const rows = new Map(resources.all.map((resource) => [storageKind(resource), resource]));
  const all = storage.everything();
  const byUid = new Map(all.map(([, object]) => [object.metadata.uid, object]));
  const ending = storage.list('/namespaces').filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
  const ended = new Set(ending.map(({ metadata }) => metadata.name));
  for (const [kind, object] of all) {
    const { namespace = '' } = object.metadata;
    const resource = rows.get(kind);
    if (resource === undefined) storage.remove(kind, object);
    else if (ending.some(({ metadata }) => metadata.name === namespace)) {
      if (!deleteObject(world, resource, object, byPolicy('Background')).gone) ended.delete(namespace);
    } else followOwners(world, resource, object, byUid);
  }
  for (const [kind, owner] of storage.everything()) endOwner(world, rows.get(kind), owner);
  for (const namespace of ending) if (ended.has(namespace.metadata.name)) storage.remove('/namespaces', namespace);
}

/** An owner is solid when it is there and does not wait for its dependents to go; without any, the object goes. */
function followOwners(
  world: World,
  resource: ServedResource,
  object: ApiObject,
  byUid: ReadonlyMap<string, ApiObject>,
): void {
  const owners = ownersOf(object);
  const solid = owners.filter(({ uid }) => byUid.has(uid) && !isForeground(byUid.get(uid)));
  if (solid.length === owners.length || object.metadata.deletionTimestamp !== undefined) return;
  if (solid.length > 0) world.storage.put(storageKind(resource), withMetadata(object, { ownerReferences: solid }));
  else {
    const isWaitedFor = owners.some(({ uid }) => isForeground(byUid.get(uid)));
    deleteObject(world, resource, object, byPolicy(isWaitedFor ? 'Foreground' : 'Background'));
  }
}

/** Takes away the finalizers whose work is done. */
function endOwner(world: World, resource: ServedResource | undefined, owner: ApiObject): void {
  const { finalizers = [], uid, deletionTimestamp } = owner.metadata;
  if (resource === undefined || deletionTimestamp === undefined) return;
  const dependents = world.storage.everything().filter(([, object]) => ownersOf(object).some((one) => one.uid === uid));
  const isBlocked = dependents.some(([, object]) =>
    ownersOf(object).some((one) => one.uid === uid && one.blockOwnerDeletion === true),
  );
  const left = finalizers.filter((one) => one !== 'orphan' && (one !== 'foregroundDeletion' || isBlocked));
  if (left.length === finalizers.length) return;
  if (finalizers.includes('orphan')) for (const [kind, object] of dependents) disown(world, kind, object, uid);
  const freed = world.storage.put(storageKind(resource), withMetadata(owner, { finalizers: left }));
  deleteObject(world, resource, freed, byPolicy('Background'));
}

function disown({ storage }: World, kind: StorageKind, object: ApiObject, uid: string): void {
  const left = ownersOf(object).filter((one) => one.uid !== uid);
  storage.put(kind, withMetadata(object, { ownerReferences: left.length === 0 ? undefined : left }));
}
