/**
 * What kube-controller-manager does after deletes, in passes over all objects soon after each change that may matter:
 * dependents go with their owners, a foreground delete waits for them, an orphaning one lets them be, and namespaces
 * and CustomResourceDefinitions take along what is in them.
 */
import type { Clock } from '../../clock.js';
import { type ApiObject, withMetadata } from './api-object.js';
import { type DeleteOptions, deleteObject } from './deletion.js';
import type { ResourceTable, ServedResource } from './resource-table.js';
import { type Change, type Storage, type StorageKind, storageKind } from './storage.js';

const delayMilliseconds = 20;
const background: DeleteOptions = { propagationPolicy: 'Background', preconditions: {} };
const foreground: DeleteOptions = { propagationPolicy: 'Foreground', preconditions: {} };

export class GarbageCollector {
  readonly #storage: Storage;
  readonly #resources: ResourceTable;
  readonly #clock: Clock;
  readonly #unsubscribe: () => void;
  #cancel: (() => void) | undefined;

  constructor({ storage, resources, clock }: { storage: Storage; resources: ResourceTable; clock: Clock }) {
    this.#storage = storage;
    this.#resources = resources;
    this.#clock = clock;
    this.#unsubscribe = storage.subscribe((change) => this.#notice(change));
  }

  stop(): void {
    this.#unsubscribe();
    this.#cancel?.();
  }

  #notice({ after }: Change): void {
    const { ownerReferences = [], deletionTimestamp } = after?.metadata ?? {};
    const matters = after === undefined || deletionTimestamp !== undefined || ownerReferences.length > 0;
    if (!matters || this.#cancel !== undefined) return;
    this.#cancel = this.#clock.after(delayMilliseconds, () => {
      this.#cancel = undefined;
      this.#pass();
    });
  }

  #pass(): void {
    const rows = new Map(this.#resources.all.map((resource) => [storageKind(resource), resource]));
    const all = [...this.#storage.everything()];
    const owners = new Map(all.map(([, object]) => [object.metadata.uid, object]));
    const namespaces = new Map(
      all.flatMap(([kind, object]) => (kind === '/namespaces' ? [[object.metadata.name, object]] : [])),
    );
    const held = new Set<string>();
    for (const [kind, object] of all) {
      const resource = rows.get(kind);
      const namespace = object.metadata.namespace;
      if (resource === undefined) this.#storage.remove(kind, object);
      else if (namespace !== undefined && namespaces.get(namespace)?.metadata.deletionTimestamp !== undefined) {
        if (!deleteObject(this.#storage, this.#clock, resource, object, background).gone) held.add(namespace);
      } else this.#followOwners(resource, object, owners);
    }
    this.#endOwners(rows, [...this.#storage.everything()]);
    for (const [name, namespace] of namespaces) {
      if (namespace.metadata.deletionTimestamp !== undefined && !held.has(name))
        this.#storage.remove('/namespaces', namespace);
    }
  }

  /** An owner is solid when it is there and not about to go; without any, the object goes too. */
  #followOwners(resource: ServedResource, object: ApiObject, owners: ReadonlyMap<string, ApiObject>): void {
    const { ownerReferences = [], deletionTimestamp } = object.metadata;
    const isWaiting = (uid: string) => owners.get(uid)?.metadata.finalizers?.includes('foregroundDeletion') === true;
    const solid = ownerReferences.filter(({ uid }) => owners.has(uid) && !isWaiting(uid));
    if (solid.length === ownerReferences.length || deletionTimestamp !== undefined) return;
    if (solid.length > 0) this.#storage.put(storageKind(resource), withMetadata(object, { ownerReferences: solid }));
    else {
      const options = ownerReferences.some(({ uid }) => isWaiting(uid)) ? foreground : background;
      deleteObject(this.#storage, this.#clock, resource, object, options);
    }
  }

  /** Takes away the finalizers whose work is done. */
  #endOwners(rows: ReadonlyMap<StorageKind, ServedResource>, all: readonly [StorageKind, ApiObject][]): void {
    for (const [kind, owner] of all) {
      const { finalizers = [], uid, deletionTimestamp } = owner.metadata;
      if (deletionTimestamp === undefined) continue;
      const dependents = all.flatMap(([dependentKind, object]) =>
        (object.metadata.ownerReferences ?? []).some((one) => one.uid === uid)
          ? [[dependentKind, object] as const]
          : [],
      );
      const done = finalizers.filter((finalizer) => this.#isDone(finalizer, uid, dependents));
      const resource = rows.get(kind);
      if (done.length === 0 || resource === undefined) continue;
      const left = withMetadata(owner, { finalizers: finalizers.filter((one) => !done.includes(one)) });
      deleteObject(this.#storage, this.#clock, resource, this.#storage.put(kind, left), { preconditions: {} });
    }
  }

  #isDone(finalizer: string, uid: string, dependents: readonly (readonly [StorageKind, ApiObject])[]): boolean {
    if (finalizer === 'foregroundDeletion') {
      const blocks = ({ metadata: { ownerReferences = [] } }: ApiObject) =>
        ownerReferences.some((one) => one.uid === uid && one.blockOwnerDeletion === true);
      return !dependents.some(([, object]) => blocks(object));
    }
    if (finalizer !== 'orphan') return false;
    for (const [kind, object] of dependents) {
      const { ownerReferences = [] } = object.metadata;
      this.#storage.put(
        kind,
        withMetadata(object, { ownerReferences: ownerReferences.filter((one) => one.uid !== uid) }),
      );
    }
    return true;
  }
}
