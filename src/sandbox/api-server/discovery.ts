/** What there is: groups, versions and resources in the plain and the aggregated form, and a fixed version. */
import { apiVersion } from '../../kube/resources.js';
import type { JsonObject } from '../../pod/json.js';
import type { ServedResource } from './resource-table.js';

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

export const serverVersion = { major: '1', minor: '34', gitVersion: 'v1.34.0+firesteel-sandbox', platform: 'node' };

/** Subresources and their verbs. */
function subresourcesOf({ kind, traits }: ServedResource): [string, string[]][] {
  return [
    ...(kind === 'Pod' ? [['log', ['get']] satisfies [string, string[]]] : []),
    ...(traits.has('status') ? [['status', ['get', 'patch', 'update']] satisfies [string, string[]]] : []),
  ];
}

const categories = ({ traits }: ServedResource) => (traits.has('all') ? { categories: ['all'] } : {});

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return [...groups];
}

export function aggregated(resources: readonly ServedResource[]): JsonObject {
  const items = groupBy(resources, ({ group }) => group).map(([group, inGroup]) => ({
    metadata: group === '' ? {} : { name: group },
    versions: groupBy(inGroup, ({ version }) => version).map(([version, served]) => ({
      version,
      freshness: 'Current',
      resources: served.map((resource) => {
        const responseKind = { group, version, kind: resource.kind };
        return {
          resource: resource.plural,
          responseKind,
          scope: resource.namespaced ? 'Namespaced' : 'Cluster',
          singularResource: resource.singular,
          shortNames: resource.shortNames,
          verbs,
          ...categories(resource),
          subresources: subresourcesOf(resource).map(([subresource, of]) => ({ subresource, responseKind, verbs: of })),
        };
      }),
    })),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

export function groupList(resources: readonly ServedResource[]): JsonObject {
  const groups = groupBy(resources, ({ group }) => group).map(([name, inGroup]) => {
    const versions = groupBy(inGroup, apiVersion).map(([groupVersion, [first]]) => ({
      groupVersion,
      version: first?.version,
    }));
    return { name, versions, preferredVersion: versions[0] };
  });
  return { kind: 'APIGroupList', apiVersion: 'v1', groups };
}

export function resourceList(groupVersion: string, served: readonly ServedResource[]): JsonObject {
  const resources = served.flatMap((resource) => {
    const { plural: name, singular: singularName, namespaced, kind, shortNames } = resource;
    const own = { name, singularName, namespaced, kind, shortNames, verbs, ...categories(resource) };
    const below = subresourcesOf(resource).map(([subresource, of]) => ({
      name: `${name}/${subresource}`,
      singularName: '',
      namespaced,
      kind,
      verbs: of,
    }));
    return [own, ...below];
  });
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}
