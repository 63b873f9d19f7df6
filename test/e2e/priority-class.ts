/** Priority classes, which are of the whole cluster: other tests may need the same ones, so they stay. */
import type { ApiClient } from '../../src/kube/api-client.js';
import { type Resource, resourcePath } from '../../src/kube/resources.js';

const priorityClasses: Resource = {
  group: 'scheduling.k8s.io',
  version: 'v1',
  plural: 'priorityclasses',
  kind: 'PriorityClass',
  namespaced: false,
};

export async function applyPriorityClass(client: ApiClient, name: string, value: number): Promise<void> {
  await client.request({
    method: 'PATCH',
    path: resourcePath(priorityClasses, { name }),
    query: { fieldManager: 'firesteel-test', force: 'true' },
    patchType: 'apply-patch',
    body: { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value },
  });
}
