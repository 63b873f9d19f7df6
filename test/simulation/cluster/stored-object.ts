/** An object as the cluster stores it: never changed in place, so that whoever holds it holds that version. */
import type { KubernetesObject, ObjectMeta } from '../../../src/kube/objects.js';

export type StoredObject = KubernetesObject & { readonly spec?: object; readonly status?: object };

export interface ObjectChange {
  readonly path: string;
  /** Undefined: it came to be. */
  readonly before: StoredObject | undefined;
  /** Undefined: it is gone. */
  readonly after: StoredObject | undefined;
}

export function withMetadata(object: StoredObject, change: Partial<ObjectMeta>): StoredObject {
  return { ...object, metadata: { ...object.metadata, ...change } };
}

/** RFC 7386. */
export function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = { ...(typeof target === 'object' ? target : {}) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

export function controllerUidOf({ metadata }: KubernetesObject): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid;
}
