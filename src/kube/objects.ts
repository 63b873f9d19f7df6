/**
 * The little that the Kubernetes layer itself reads of an object. Objects travel as the raw JSON that the API server sent,
 * so that fields which Firesteel does not know survive (ecosystem trap: typed models drop them).
 */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid: string;
  /** Opaque, but since Kubernetes 1.35 officially a decimal number that grows; see `isNewer`. */
  resourceVersion: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  finalizers?: string[];
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
}

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** `namespace/name`, or `name` where there is no namespace: the key of stores and queues. */
export type ObjectKey = string & { readonly brand: 'ObjectKey' };

export function objectKey(metadata: Pick<ObjectMeta, 'namespace' | 'name'>): ObjectKey {
  return (metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`) as ObjectKey;
}

export function splitKey(key: ObjectKey): { namespace?: string; name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** Whether resource version `a` is later than `b`; both are decimal numbers that may exceed 2^53. */
export function isNewer(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length;
}
