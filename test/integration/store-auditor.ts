/** An independent witness: what the API server has, by a list that asks a quorum, compared with what a store holds. */
import type { ApiClient } from '../../src/kube/api-client.js';
import type { KubernetesObject } from '../../src/kube/objects.js';
import { listAll, type Selection } from '../../src/kube/paged-list.js';
import type { Store, StoredObject } from '../../src/kube/store.js';

/** Names with what differs; none: the store is right. */
export async function differences(
  client: ApiClient,
  selection: Selection,
  store: Pick<Store<StoredObject>, 'values'>,
): Promise<string[]> {
  // Without a resource version a list is of the latest that a quorum of etcd has.
  const { objects } = await listAll(client, selection, 500, new AbortController().signal);
  const wanted = new Map(
    objects.map(({ metadata }) => [`${metadata.namespace}/${metadata.name}`, versionOf(metadata)]),
  );
  const held = new Map([...store.values()].map((object) => [String(object.key), versionOf(object)]));
  const names = new Set([...wanted.keys(), ...held.keys()]);
  return [...names]
    .filter((name) => wanted.get(name) !== held.get(name))
    .map((name) => `${name}: ${held.get(name) ?? 'not held'} instead of ${wanted.get(name) ?? 'nothing'}`);
}

function versionOf({ uid, resourceVersion }: Pick<KubernetesObject['metadata'], 'uid' | 'resourceVersion'>): string {
  return `${uid} at ${resourceVersion}`;
}
