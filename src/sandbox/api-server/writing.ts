/** Creates and changes objects: decoding, namespace, defaults, admission, checks, storage, in kube-apiserver's order. */
import { canonicalJson, cloneJsonObject } from '../../pod/json.js';
import { admit } from './admission.js';
import { kinds, nameFaults, nameRules } from './kinds.js';
import { type ApiObject, type Metadata, timestamp, withMetadata } from './objects.js';
import {
  alreadyExists,
  type Cause,
  conflict,
  fault,
  forbidden,
  invalid,
  invalidValue,
  notFound,
  Refusal,
} from './refusal.js';
import { namespaces, type ServedResource } from './resource-table.js';
import { decode } from './schema.js';
import { faultsOf } from './schema-faults.js';
import { brokenRules } from './schema-rules.js';
import { storageKind } from './storage.js';
import { newUid, type Target, type World } from './world.js';

export interface WriteOptions {
  readonly dryRun: boolean;
  /** `fieldValidation`. */
  readonly validation: string | null;
}

export interface Written {
  readonly object: ApiObject;
  readonly warnings: readonly string[];
}

/** A real server forgets events after an hour. */
const maximumEvents = 5_000;
const attempts = 5;

export async function createObject(
  world: World,
  target: Target,
  body: unknown,
  options: WriteOptions,
): Promise<Written> {
  const { resource, namespace } = target;
  const { object: draft, warnings } = decode(resource, body, options.validation);
  const { deletionTimestamp: _, deletionGracePeriodSeconds: __, ...given } = draft.metadata;
  if (given.resourceVersion !== '')
    throw new Refusal(500, 'resourceVersion should not be set on objects to be created', {}, '');
  assertNamespace(given, namespace);
  const uid = newUid(world);
  const metadata: Metadata = {
    ...given,
    name: given.name === '' && given.generateName ? `${given.generateName}${uid.slice(-5)}` : given.name,
    uid,
    creationTimestamp: timestamp(world.clock.now()),
    ...(namespace === undefined ? {} : { namespace }),
    ...(resource.traits.has('generation') ? { generation: 1 } : {}),
  };
  assertOpen(world, resource, metadata);
  const { status, ...bare } = draft;
  const first = resource.traits.has('status') || status === undefined ? { ...bare, metadata } : { ...draft, metadata };
  const object = await settled(world, { ...target, name: metadata.name }, first, undefined, options, warnings);
  const kind = storageKind(resource);
  if (world.storage.get(kind, metadata) !== undefined) throw alreadyExists(resource, metadata.name);
  if (options.dryRun) return { object, warnings };
  if (kind === '/events') dropOldEvents(world);
  return { object: world.storage.put(kind, object), warnings };
}

/** `edit` is asked again when somebody else changed the object meanwhile. */
export async function updateObject(
  world: World,
  target: Target,
  edit: (current: ApiObject) => unknown,
  options: WriteOptions,
): Promise<Written> {
  const { resource, name } = target;
  const { storage } = world;
  const kind = storageKind(resource);
  for (let attempt = 1; ; attempt += 1) {
    const current = storage.get(kind, target);
    if (current === undefined) throw notFound(resource, name);
    const { object: wanted, warnings } = decode(resource, edit(current), options.validation);
    const next = await settled(world, target, merged(target, current, wanted), current, options, warnings);
    if (storage.get(kind, target) !== current) {
      if (attempt < attempts && wanted.metadata.resourceVersion === current.metadata.resourceVersion) continue;
      throw conflict(resource, name);
    }
    if (options.dryRun || canonicalJson(next) === canonicalJson(current)) return { object: next, warnings };
    const { deletionTimestamp, deletionGracePeriodSeconds, finalizers = [] } = next.metadata;
    const isOver = deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0 && finalizers.length === 0;
    return { object: isOver ? storage.remove(kind, next) : storage.put(kind, next), warnings };
  }
}

/** Defaults, admission, and checks of an object that is to be stored. */
async function settled(
  world: World,
  target: Target,
  draft: ApiObject,
  current: ApiObject | undefined,
  { dryRun, validation }: WriteOptions,
  warnings: string[],
): Promise<ApiObject> {
  const { resource, namespace } = target;
  const namespaceLabels = namespace === undefined ? undefined : (namespaceOf(world, namespace)?.metadata.labels ?? {});
  const asked = { ...target, object: completed(world, resource, draft), oldObject: current, dryRun, namespaceLabels };
  const admitted = await admit(world, asked);
  warnings.push(...admitted.warnings);
  const { object } = decode(resource, admitted.object, validation);
  const result = counted(resource, completed(world, resource, object), current);
  const causes = faultsIn(resource, result, current);
  if (causes.length > 0) throw invalid(resource, target.name, causes);
  return result;
}

function completed({ clock }: World, { plural, custom }: ServedResource, object: ApiObject): ApiObject {
  const complete = custom === undefined ? kinds[plural]?.complete : undefined;
  if (complete === undefined) return object;
  const copy: ApiObject = { ...object, ...cloneJsonObject(object), metadata: { ...object.metadata } };
  complete(copy, timestamp(clock.now()));
  return copy;
}

const namespaceOf = ({ storage }: World, name: string) => storage.get(storageKind(namespaces), { name });

function assertOpen(world: World, resource: ServedResource, { name, namespace }: Metadata): void {
  if (namespace === undefined) return;
  const found = namespaceOf(world, namespace);
  if (found === undefined) throw notFound(namespaces, namespace);
  if (found.metadata.deletionTimestamp === undefined) return;
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  };
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  throw forbidden(resource, name, why, [cause]);
}

function assertNamespace(given: Metadata, namespace: string | undefined): void {
  if (!given.namespace || given.namespace === namespace) return;
  throw new Refusal(400, 'the namespace of the provided object does not match the namespace sent on the request');
}

const unchangeable = [
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'namespace',
];

/** The object to store: what a client may not change, and what the subresource does not touch, stays as it is. */
function merged({ resource, name, namespace, subresource }: Target, current: ApiObject, wanted: ApiObject): ApiObject {
  const given = wanted.metadata;
  const fixed = current.metadata;
  if (given.name !== '' && given.name !== name) {
    throw new Refusal(400, `the name of the object (${given.name}) does not match the name on the URL (${name})`);
  }
  assertNamespace(given, namespace);
  if (given.resourceVersion === '' && resource.traits.has('conditional')) {
    const cause = invalidValue('metadata.resourceVersion', 0, 'must be specified for an update');
    throw invalid({ ...resource, kind: resource.plural }, name, [cause]);
  }
  if (given.resourceVersion !== '' && given.resourceVersion !== fixed.resourceVersion) throw conflict(resource, name);
  if (given.uid !== '' && given.uid !== fixed.uid) {
    throw conflict(
      resource,
      name,
      `Precondition failed: UID in precondition: ${given.uid}, UID in object meta: ${fixed.uid}`,
    );
  }
  const { status, ...rest } = wanted;
  const open = Object.fromEntries(Object.entries(given).filter(([key]) => !unchangeable.includes(key)));
  const kept = Object.fromEntries(Object.entries(fixed).filter(([key]) => unchangeable.includes(key)));
  const metadata = { ...given, ...open, ...kept, name };
  const { deletionTimestamp: _, deletionGracePeriodSeconds: __, ...alive } = metadata;
  const own = fixed.deletionTimestamp === undefined ? alive : metadata;
  // Of Kubernetes' own kinds labels and annotations can be changed by way of the status too; of custom resources not.
  if (subresource === 'status') return { ...current, metadata: resource.custom === undefined ? own : fixed, status };
  const { status: present } = current;
  if (!resource.traits.has('status')) return { ...wanted, metadata: own };
  return present === undefined ? { ...rest, metadata: own } : { ...rest, metadata: own, status: present };
}

/** The generation moves when anything but metadata and status does. */
function counted({ traits }: ServedResource, object: ApiObject, current: ApiObject | undefined): ApiObject {
  const counting = ({ metadata: _, status, ...rest }: ApiObject) =>
    canonicalJson(traits.has('status') ? rest : { ...rest, status });
  if (current === undefined || !traits.has('generation') || counting(object) === counting(current)) return object;
  return withMetadata(object, { generation: (current.metadata.generation ?? 0) + 1 });
}

function faultsIn({ plural, custom }: ServedResource, object: ApiObject, current: ApiObject | undefined): Cause[] {
  const { name, labels = {}, ownerReferences = [], finalizers = [], deletionTimestamp } = object.metadata;
  const kind = custom === undefined ? kinds[plural] : undefined;
  const late =
    deletionTimestamp === undefined ? [] : finalizers.filter((one) => !current?.metadata.finalizers?.includes(one));
  const why = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${late.map((one) => `"${one}"`).join(', ')}}`;
  return [
    ...(name === ''
      ? [fault('Required', 'metadata.name', 'name or generateName is required')]
      : nameFaults('metadata.name', name, kind?.name ?? nameRules.subdomain)),
    ...Object.values(labels).flatMap((value) => nameFaults('metadata.labels', value, nameRules.labelValue)),
    ...(ownerReferences.some(({ uid }) => uid === '')
      ? [invalidValue('metadata.ownerReferences.uid', '', 'must not be empty')]
      : []),
    ...(late.length === 0 ? [] : [fault('Forbidden', 'metadata.finalizers', why)]),
    ...(custom === undefined ? (kind?.faults?.(object) ?? []) : customFaults(object, custom.schema, current)),
    ...(current === undefined ? [] : (kind?.updateFaults?.(current, object) ?? [])),
  ];
}

/** Rules are asked when the types are right. */
function customFaults(object: ApiObject, schema: unknown, current: ApiObject | undefined): Cause[] {
  // Metadata is checked already, and schemas say little of it.
  const bare = (whole: ApiObject) => ({ ...whole, metadata: {} });
  const faults = faultsOf(bare(object), schema, '', current === undefined ? undefined : bare(current));
  return faults.length > 0 ? faults : brokenRules(object, schema, current);
}

function dropOldEvents({ storage }: World): void {
  const events = storage.list('/events');
  if (events.length < maximumEvents) return;
  events.sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion));
  for (const event of events.slice(0, maximumEvents / 10)) storage.remove('/events', event);
}
