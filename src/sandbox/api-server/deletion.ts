/** Deletes: preconditions, grace of bound pods, finalizers and propagation, and what follows from them in the background. */
import { z } from 'zod';
import type { Clock } from '../../clock.js';
import { type ApiObject, timestamp, withMetadata } from './api-object.js';
import { at, text } from './json-reading.js';
import { conflict, forbidden, invalidOptions, unsupportedValue } from './refusal.js';
import type { ServedResource } from './resource-table.js';
import { type Storage, storageKind } from './storage.js';

const deleteOptionsSchema = z.object({
  propagationPolicy: z.string().optional(),
  gracePeriodSeconds: z.coerce.number().optional(),
  preconditions: z.object({ uid: z.string().optional(), resourceVersion: z.string().optional() }).default({}),
});
export type DeleteOptions = z.output<typeof deleteOptionsSchema>;
/** Policies, and the finalizer that carries each out. */
const policies: Record<string, string | undefined> = {
  Foreground: 'foregroundDeletion',
  Background: undefined,
  Orphan: 'orphan',
};

/** @throws {Refusal} 422 */
export function readDeleteOptions(body: unknown, query: URLSearchParams): DeleteOptions {
  const options = deleteOptionsSchema.parse({ ...Object.fromEntries(query), ...Object(body) });
  const { propagationPolicy } = options;
  if (propagationPolicy !== undefined && !Object.hasOwn(policies, propagationPolicy)) {
    const supported = [...Object.keys(policies), 'nil'];
    throw invalidOptions('DeleteOptions', unsupportedValue('propagationPolicy', propagationPolicy, supported));
  }
  return options;
}

const permanentNamespaces = ['default', 'kube-system', 'kube-public'];

export interface Deleted {
  object: ApiObject;
  /** False: it stays until its grace is over or its finalizers are gone. */
  gone: boolean;
}

/** @throws {Refusal} 409 when a precondition does not hold, 403 for a namespace that must stay */
export function deleteObject(
  storage: Storage,
  clock: Clock,
  resource: ServedResource,
  object: ApiObject,
  options: DeleteOptions,
): Deleted {
  assertPreconditions(resource, object, options);
  const { metadata } = object;
  const kind = storageKind(resource);
  const isNamespace = resource.kind === 'Namespace';
  if (isNamespace && permanentNamespaces.includes(metadata.name)) {
    throw forbidden(resource, metadata.name, 'this namespace may not be deleted');
  }
  const finalizer = policies[options.propagationPolicy ?? ''];
  const finalizers = [...new Set([...(metadata.finalizers ?? []), ...(finalizer === undefined ? [] : [finalizer])])];
  const grace = gracePeriodOf(resource, object, options);
  if (grace === 0 && finalizers.length === 0 && !isNamespace)
    return { object: storage.remove(kind, object), gone: true };
  const { deletionTimestamp, deletionGracePeriodSeconds: granted = 0, generation } = metadata;
  const isUnderWay = deletionTimestamp !== undefined && granted <= grace;
  if (isUnderWay && finalizers.length === (metadata.finalizers ?? []).length) return { object, gone: false };
  const deleting = withMetadata(object, {
    deletionTimestamp: isUnderWay ? deletionTimestamp : timestamp(clock.now() + grace * 1_000),
    ...(isNamespace ? {} : { deletionGracePeriodSeconds: grace }),
    ...(finalizers.length === 0 ? {} : { finalizers }),
    ...(generation === undefined ? {} : { generation: generation + 1 }),
  });
  const status = { ...Object(object['status']), phase: 'Terminating' };
  return { object: storage.put(kind, isNamespace ? { ...deleting, status } : deleting), gone: false };
}

function assertPreconditions(
  { kind, ...resource }: ServedResource,
  { metadata }: ApiObject,
  { preconditions }: DeleteOptions,
): void {
  const named = [
    ['UID', preconditions.uid, metadata.uid, 'deleted and then recreated'],
    ['ResourceVersion', preconditions.resourceVersion, metadata.resourceVersion, 'modified'],
  ] as const;
  for (const [what, wanted, found, happened] of named) {
    if (wanted === undefined || wanted === found) continue;
    const why = `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${found}). The object might have been ${happened}`;
    throw conflict({ ...resource, kind, plural: kind }, metadata.name, why);
  }
}

/** Only a pod that a node runs is given time to end. */
function gracePeriodOf({ kind }: ServedResource, pod: ApiObject, { gracePeriodSeconds }: DeleteOptions): number {
  const isRun =
    text(at(pod, 'spec', 'nodeName')) !== '' && !['Succeeded', 'Failed'].includes(text(at(pod, 'status', 'phase')));
  if (kind !== 'Pod' || !isRun) return 0;
  return gracePeriodSeconds ?? Number(at(pod, 'spec', 'terminationGracePeriodSeconds') ?? 30);
}
