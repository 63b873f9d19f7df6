/** What a pod waits for, created as its own: a create that finds its object there looks whose it is. */
import { FiresteelError } from '../src/errors.js';
import { type ApiClient, createObject, getObject } from '../src/kube/api-client.js';
import { isAlreadyExists, isNotFound } from '../src/kube/api-error.js';
import type { KubernetesObject } from '../src/kube/objects.js';
import { readObject } from '../src/kube/read-object.js';
import type { Resource } from '../src/kube/resources.js';
import { type DriverResource, ownedByDriver } from './submission/driver-objects.js';
import { resourceOfKind } from './submission/requests.js';

interface Owner {
  /** Of the pod. */
  readonly name: string;
  readonly uid: string;
}

/**
 * "Already exists" is success where the pod is the owner: an earlier try got that far.
 * @returns the object as the API server has it
 * @throws {FiresteelError} API_REFUSED where it may come to be later, SUBMISSION_REFUSED where it is somebody else's
 */
export async function createOwned(
  client: ApiClient,
  namespace: string,
  wanted: DriverResource,
  owner: Owner,
): Promise<unknown> {
  const resource = resourceOfKind[wanted.kind];
  const { name } = wanted.metadata;
  try {
    return await createObject(client, resource, namespace, ownedByDriver(wanted, owner));
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
  const existing = await presentObject(client, resource, namespace, name);
  if (existing.metadata.ownerReferences?.some(({ uid }) => uid === owner.uid)) return existing;
  if (isOfEarlierPod(existing, owner)) {
    throw new FiresteelError('API_REFUSED', `${wanted.kind} ${name} of an earlier driver has to go first`);
  }
  throw new FiresteelError('SUBMISSION_REFUSED', `${wanted.kind} ${name} already exists and is not of this submission`);
}

async function presentObject(
  client: ApiClient,
  resource: Resource,
  namespace: string,
  name: string,
): Promise<KubernetesObject> {
  try {
    return readObject(await getObject(client, resource, { namespace, name }));
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new FiresteelError('API_REFUSED', `${resource.kind} ${name} was there and is gone`, { cause: error });
  }
}

/** Claims of a fixed name go with their pod, which takes a while. */
function isOfEarlierPod({ metadata }: KubernetesObject, owner: Owner): boolean {
  if (metadata.deletionTimestamp !== undefined) return true;
  return metadata.ownerReferences?.some(({ kind, name }) => kind === 'Pod' && name === owner.name) ?? false;
}
