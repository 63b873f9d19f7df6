/** Deletes: preconditions, grace of bound pods, finalizers and propagation. */
import { z } from 'zod';
import { type ApiObject, at, members, text, timestamp, withMetadata } from './objects.js';
import { conflict, forbidden, invalidOptions, unsupportedValue } from './refusal.js';
import type { ServedResource } from './resource-table.js';
import { storageKind } from './storage.js';
import type { World } from './world.js';

const preconditionsSchema = z.object({ uid: z.string().optional(), resourceVersion: z.string().optional() });
const optionsSchema = z.object({
  propagationPolicy: z.string().default('Background'),
  gracePeriodSeconds: z.coerce.number().optional(),
  preconditions: preconditionsSchema.default({}),
  /** `All`, in the query, or a list of it, in the body. */
  dryRun: z.union([z.string(), z.array(z.string())]).optional(),
});
export type DeleteOptions = z.output<typeof optionsSchema>;

export const isDryDelete = ({ dryRun = [] }: DeleteOptions) => dryRun.length > 0;

/** The finalizer that carries a policy out. */
const policies: Record<string, string | undefined> = {
  Foreground: 'foregroundDeletion',
  Background: undefined,
  Orphan: 'orphan',
};
const permanentNamespaces = ['default', 'kube-system'];

/** @throws {Refusal} 422 */
export function readDeleteOptions(body: unknown, query: URLSearchParams): DeleteOptions {
  const options = optionsSchema.parse({ ...Object.fromEntries(query), ...members(body) });
  if (Object.hasOwn(policies, options.propagationPolicy)) return options;
  const supported = [...Object.keys(policies), 'nil'];
  throw invalidOptions('DeleteOptions', unsupportedValue('propagationPolicy', options.propagationPolicy, supported));
}

export interface Deleted {
  object: ApiObject;
  /** False: it stays until its grace is over or its finalizers are gone. */
  gone: boolean;
}

/** @throws {Refusal} 409 when a precondition does not hold, 403 for a namespace that must stay */
export function deleteObject(
  { storage, clock }: World,
  resource: ServedResource,
  object: ApiObject,
  options: DeleteOptions,
): Deleted {
  assertPreconditions(resource, object, options);
  const {
    name,
    finalizers: present = [],
    deletionTimestamp,
    deletionGracePeriodSeconds: granted = 0,
    generation,
  } = object.metadata;
  const kind = storageKind(resource);
  const isNamespace = kind === '/namespaces';
  if (isNamespace && permanentNamespaces.includes(name))
    throw forbidden(resource, name, 'this namespace may not be deleted');
  const finalizer = policies[options.propagationPolicy];
  const finalizers = finalizer === undefined || present.includes(finalizer) ? present : [...present, finalizer];
  const grace = gracePeriodOf(resource, object, options);
  if (grace === 0 && finalizers.length === 0 && !isNamespace)
    return { object: storage.remove(kind, object), gone: true };
  const isUnderWay = deletionTimestamp !== undefined && granted <= grace;
  if (isUnderWay && finalizers === present) return { object, gone: false };
  const deleting = withMetadata(object, {
    deletionTimestamp: isUnderWay ? deletionTimestamp : timestamp(clock.now() + grace * 1_000),
    ...(isNamespace ? {} : { deletionGracePeriodSeconds: grace }),
    ...(finalizers.length === 0 ? {} : { finalizers }),
    ...(generation === undefined ? {} : { generation: generation + 1 }),
  });
  const status = { ...members(object['status']), phase: 'Terminating' };
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
    throw conflict({ ...resource, group: '', kind, plural: kind }, metadata.name, why);
  }
}

/** Only a pod that a node runs is given time to end. */
function gracePeriodOf({ kind }: ServedResource, pod: ApiObject, { gracePeriodSeconds }: DeleteOptions): number {
  const isRun =
    text(at(pod, 'spec', 'nodeName')) !== '' && !['Succeeded', 'Failed'].includes(text(at(pod, 'status', 'phase')));
  if (kind !== 'Pod' || !isRun) return 0;
  return gracePeriodSeconds ?? Number(at(pod, 'spec', 'terminationGracePeriodSeconds') ?? 30);
}
