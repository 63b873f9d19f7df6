/** Applies manifests of the project as `kubectl apply --server-side` does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { ApiClient } from '../../src/kube/api-client.js';
import { type Resource, resourcePath } from '../../src/kube/resources.js';
import { projectRoot } from './operator-process.js';

function clusterScoped(group: string, version: string, plural: string, kind: string): Resource {
  return { group, version, plural, kind, namespaced: false };
}

export const namespaces = clusterScoped('', 'v1', 'namespaces', 'Namespace');

const resources = [
  clusterScoped('apiextensions.k8s.io', 'v1', 'customresourcedefinitions', 'CustomResourceDefinition'),
  clusterScoped('admissionregistration.k8s.io', 'v1', 'validatingadmissionpolicies', 'ValidatingAdmissionPolicy'),
  clusterScoped(
    'admissionregistration.k8s.io',
    'v1',
    'validatingadmissionpolicybindings',
    'ValidatingAdmissionPolicyBinding',
  ),
];

const manifestSchema = z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) });

/** @param path from the root of the project; its kinds must be in the table above */
export async function applyManifest(client: ApiClient, path: string): Promise<void> {
  for (const document of parseAllDocuments(readFileSync(join(projectRoot, path), 'utf8'))) {
    const object = manifestSchema.parse(document.toJS());
    const resource = resources.find(({ kind }) => kind === object.kind);
    if (resource === undefined)
      throw new Error(`${path}: kind ${object.kind} is not in the table of ${import.meta.url}`);
    await client.request({
      method: 'PATCH',
      path: resourcePath(resource, { name: object.metadata.name }),
      patchType: 'apply-patch',
      query: { fieldManager: 'firesteel-e2e', force: 'true' },
      body: object,
    });
  }
}
