/** `kubectl apply` in small: one document by server-side apply, its namespace made where it is missing. */
import { z } from 'zod';
import { FiresteelError } from '../errors.js';
import type { ApiClient } from '../kube/api-client.js';
import { findResource } from '../kube/discovery.js';
import { namespaces, type Resource, type ResourceAddress, resourcePath } from '../kube/resources.js';
import type { ManifestDocument } from './manifest-files.js';

const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

/**
 * @param defaultNamespace of an object that names none
 * @throws {FiresteelError} FILE_UNREADABLE, API_REFUSED
 */
export async function applyManifest(
  client: ApiClient,
  { place, object }: Pick<ManifestDocument, 'place' | 'object'>,
  defaultNamespace = 'default',
): Promise<{ kind: string; key: string }> {
  const parsed = manifest.safeParse(object);
  if (!parsed.success) {
    throw new FiresteelError(
      'FILE_UNREADABLE',
      `${place}: not a Kubernetes object: apiVersion, kind or metadata.name is missing`,
    );
  }
  const { apiVersion, kind, metadata } = parsed.data;
  const resource = await findResource(client, apiVersion, kind);
  if (resource === undefined) {
    throw new FiresteelError('FILE_UNREADABLE', `${place}: there is no kind ${kind} of ${apiVersion} here`);
  }
  const { name } = metadata;
  if (!resource.namespaced) {
    await apply(client, resource, { name }, parsed.data);
    return { kind, key: name };
  }
  const namespace = metadata.namespace ?? defaultNamespace;
  await apply(
    client,
    namespaces,
    { name: namespace },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  );
  await apply(client, resource, { namespace, name }, { ...parsed.data, metadata: { ...metadata, namespace } });
  return { kind, key: `${namespace}/${name}` };
}

async function apply(client: ApiClient, resource: Resource, address: ResourceAddress, body: object): Promise<void> {
  await client.request({
    method: 'PATCH',
    path: resourcePath(resource, address),
    query: { fieldManager: 'firesteel-start', force: 'true' },
    patchType: 'apply-patch',
    body,
  });
}
