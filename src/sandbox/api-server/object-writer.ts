/** Creates and changes objects: decoding, namespace, defaults, admission, checks, storage, in kube-apiserver's order. */
import type { Clock } from '../../clock.js';
import { canonicalJson, cloneJsonObject, type JsonObject } from '../../pod/json.js';
import type { Admission } from './admission.js';
import { type ApiObject, type Metadata, timestamp, withMetadata } from './api-object.js';
import { builtInKinds, nameFault, subdomainName } from './built-in-kinds.js';
import { decode } from './decoding.js';
import { at } from './json-reading.js';
import {
  alreadyExists,
  badRequest,
  type Cause,
  conflict,
  forbidden,
  forbiddenValue,
  invalid,
  invalidValue,
  modified,
  notFound,
  Refusal,
  required,
} from './refusal.js';
import type { ResourceTable, ServedResource } from './resource-table.js';
import { type Storage, storageKind } from './storage.js';
import { faultsOf } from './structural-schema.js';

export interface Target {
  readonly resource: ServedResource;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly subresource: string;
}

export interface WriteOptions {
  readonly dryRun: boolean;
  /** `fieldValidation`. */
  readonly validation: string | null;
}

export interface Written {
  readonly object: ApiObject;
  readonly warnings: readonly string[];
}

const maximumEvents = 5_000;
const attempts = 5;

export class ObjectWriter {
  readonly #storage: Storage;
  readonly #resources: ResourceTable;
  readonly #admission: Admission;
  readonly #clock: Clock;
  readonly #newUid: () => string;

  constructor(options: {
    storage: Storage;
    resources: ResourceTable;
    admission: Admission;
    clock: Clock;
    newUid: () => string;
  }) {
    this.#storage = options.storage;
    this.#resources = options.resources;
    this.#admission = options.admission;
    this.#clock = options.clock;
    this.#newUid = options.newUid;
  }

  async create(target: Target, body: unknown, options: WriteOptions): Promise<Written> {
    const { resource, namespace } = target;
    const { object: draft, warnings } = decode(resource, body, options.validation);
    const { deletionTimestamp: _, deletionGracePeriodSeconds: __, selfLink: ___, ...given } = draft.metadata;
    if (given.resourceVersion !== '') {
      throw new Refusal(500, '', 'resourceVersion should not be set on objects to be created');
    }
    assertNamespace(given, namespace);
    const uid = this.#newUid();
    const metadata: Metadata = {
      ...given,
      name: given.name === '' && given.generateName ? `${given.generateName}${uid.slice(-5)}` : given.name,
      uid,
      creationTimestamp: timestamp(this.#clock.now()),
      ...(namespace === undefined ? {} : { namespace }),
      ...(resource.traits.has('generation') ? { generation: 1 } : {}),
    };
    const { status, ...bare } = draft;
    const keepsStatus = !resource.traits.has('status') && status !== undefined;
    const first = { ...bare, ...(keepsStatus ? { status } : {}), metadata };
    this.#assertOpen(resource, metadata);
    const settled = await this.#settle({ ...target, name: metadata.name }, first, undefined, options, warnings);
    const kind = storageKind(resource);
    if (this.#storage.get(kind, settled.metadata) !== undefined) throw alreadyExists(resource, metadata.name);
    if (options.dryRun) return { object: settled, warnings };
    const object = this.#storage.put(kind, settled);
    if (resource.kind === 'Event') this.#dropOldEvents();
    return { object, warnings };
  }

  /** `edit` is asked again when somebody else changed the object meanwhile. */
  async update(target: Target, edit: (current: ApiObject) => unknown, options: WriteOptions): Promise<Written> {
    const { resource, name } = target;
    const kind = storageKind(resource);
    for (let attempt = 1; ; attempt += 1) {
      const current = this.#storage.get(kind, target);
      if (current === undefined) throw notFound(resource, name);
      const { object: wanted, warnings } = decode(resource, edit({ ...current }), options.validation);
      const next = await this.#settle(target, merged(target, current, wanted), current, options, warnings);
      if (this.#storage.get(kind, target) !== current) {
        if (attempt < attempts && wanted.metadata.resourceVersion === current.metadata.resourceVersion) continue;
        throw conflict(resource, name, modified);
      }
      if (options.dryRun || canonicalJson(next) === canonicalJson(current)) return { object: next, warnings };
      const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = next.metadata;
      const isOver = deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0 && finalizers.length === 0;
      if (isOver && resource.kind !== 'Namespace') return { object: this.#storage.remove(kind, next), warnings };
      return { object: this.#storage.put(kind, next), warnings };
    }
  }

  /** Defaults, admission, and checks of an object that is to be stored. */
  async #settle(
    target: Target,
    draft: ApiObject,
    current: ApiObject | undefined,
    { dryRun, validation }: WriteOptions,
    warnings: string[],
  ) {
    const { resource, subresource, name } = target;
    const admitted = await this.#admission.mutate({
      resource,
      subresource,
      operation: current === undefined ? 'CREATE' : 'UPDATE',
      object: this.#completed(resource, draft),
      oldObject: current,
      dryRun,
      namespaceLabels: this.#namespaceLabels(target),
    });
    warnings.push(...admitted.warnings);
    const { object } = decode(resource, admitted.object, validation);
    const settled = counted(resource, this.#completed(resource, object), current);
    const faults = faultsIn(resource, settled, current);
    if (faults.length > 0) throw invalid(resource, name, faults);
    return settled;
  }

  #completed({ plural, custom }: ServedResource, object: ApiObject): ApiObject {
    const complete = custom === undefined ? builtInKinds[plural]?.complete : undefined;
    if (complete === undefined) return object;
    const copy: ApiObject = { ...object, ...cloneJsonObject(object), metadata: { ...object.metadata } };
    complete(copy, timestamp(this.#clock.now()));
    return copy;
  }

  #namespace(name: string): ApiObject | undefined {
    return this.#storage.get(storageKind(this.#resources.builtIn('namespaces')), { name });
  }

  #namespaceLabels({ namespace }: Target): Readonly<Record<string, string>> | undefined {
    return namespace === undefined ? undefined : (this.#namespace(namespace)?.metadata.labels ?? {});
  }

  #assertOpen(resource: ServedResource, { name, namespace }: Metadata): void {
    if (namespace === undefined) return;
    const found = this.#namespace(namespace);
    if (found === undefined) throw notFound(this.#resources.builtIn('namespaces'), namespace);
    if (found.metadata.deletionTimestamp === undefined) return;
    const message = `namespace ${namespace} is being terminated`;
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    throw forbidden(resource, name, why, [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }]);
  }

  /** A real server forgets events after an hour. */
  #dropOldEvents(): void {
    const kind = storageKind(this.#resources.builtIn('events'));
    const events = this.#storage.list(kind);
    if (events.length <= maximumEvents) return;
    const oldest = events.toSorted((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion));
    for (const event of oldest.slice(0, maximumEvents / 10)) this.#storage.remove(kind, event);
  }
}

function assertNamespace(given: Metadata, namespace: string | undefined): void {
  if (given.namespace === undefined || given.namespace === '' || given.namespace === namespace) return;
  throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

/** The object to store: what a client may not change, and what the subresource does not touch, stays as it is. */
function merged({ resource, name, namespace, subresource }: Target, current: ApiObject, wanted: ApiObject): ApiObject {
  const given = wanted.metadata;
  const fixed = current.metadata;
  if (given.name !== '' && given.name !== name) {
    throw badRequest(`the name of the object (${given.name}) does not match the name on the URL (${name})`);
  }
  assertNamespace(given, namespace);
  if (given.resourceVersion === '' && resource.traits.has('conditional-update')) {
    throw invalid({ ...resource, kind: resource.plural }, name, [
      invalidValue('metadata.resourceVersion', 0, 'must be specified for an update'),
    ]);
  }
  if (given.resourceVersion !== '' && given.resourceVersion !== fixed.resourceVersion)
    throw conflict(resource, name, modified);
  if (given.uid !== '' && given.uid !== fixed.uid) {
    throw conflict(
      resource,
      name,
      `Precondition failed: UID in precondition: ${given.uid}, UID in object meta: ${fixed.uid}`,
    );
  }
  const { deletionTimestamp: _, deletionGracePeriodSeconds: __, generation: ___, ...open } = given;
  const kept: Partial<Metadata> = {};
  for (const key of [
    'uid',
    'resourceVersion',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'generation',
    'namespace',
  ]) {
    if (fixed[key] !== undefined) kept[key] = fixed[key];
  }
  const metadata = { ...open, ...kept, name };
  const { status, ...rest } = subresource === 'status' ? current : wanted;
  const ownStatus =
    subresource === 'status' ? wanted['status'] : resource.traits.has('status') ? current['status'] : status;
  const keepsMetadata = subresource === 'status' && resource.custom !== undefined;
  return {
    ...rest,
    ...(ownStatus === undefined ? {} : { status: ownStatus }),
    metadata: keepsMetadata ? fixed : metadata,
  };
}

/** The generation moves when anything but metadata and status does. */
function counted({ traits }: ServedResource, object: ApiObject, current: ApiObject | undefined): ApiObject {
  if (current === undefined || !traits.has('generation')) return object;
  const counting = ({ metadata: _, status, ...rest }: ApiObject) =>
    canonicalJson(traits.has('status') ? rest : { ...rest, status });
  if (counting(object) === counting(current)) return object;
  return withMetadata(object, { generation: (current.metadata.generation ?? 0) + 1 });
}

function faultsIn({ plural, custom }: ServedResource, object: ApiObject, current: ApiObject | undefined): Cause[] {
  const { name, ownerReferences = [], finalizers = [], deletionTimestamp } = object.metadata;
  const kind = custom === undefined ? builtInKinds[plural] : undefined;
  const nameless = name === '' && [required('metadata.name', 'name or generateName is required')];
  const late = finalizers.filter(
    (one) => deletionTimestamp !== undefined && !current?.metadata.finalizers?.includes(one),
  );
  const found = late.map((one) => JSON.stringify(one)).join(', ');
  const why = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${found}}`;
  return [
    ...(nameless || nameFault('metadata.name', name, kind?.name ?? subdomainName)),
    ...(ownerReferences.some(({ uid }) => uid === '')
      ? [invalidValue('metadata.ownerReferences.uid', '', 'must not be empty')]
      : []),
    ...(late.length > 0 ? [forbiddenValue('metadata.finalizers', why)] : []),
    ...(custom === undefined ? (kind?.faults?.(object) ?? []) : faultsOf(plain(object), custom.schema)),
    ...(current === undefined ? [] : (kind?.updateFaults?.(current, object) ?? [])),
  ];
}

/** Metadata has been checked already, and schemas say little of it. */
const plain = ({ metadata: _, ...rest }: ApiObject): JsonObject => ({ ...rest, metadata: {} });
export const hasStatus = (object: ApiObject) => at(object, 'status') !== undefined;
