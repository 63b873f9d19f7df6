/**
 * What there is: groups, versions and resources in the plain and the aggregated form, and OpenAPI v3, which `kubectl explain`
 * reads and which tells `kubectl` that the server checks fields itself. Kubernetes' own kinds are objects of unknown fields
 * there; for their strategic patches kubectl then goes by its own types.
 */
import { apiVersion } from '../../kube/resources.js';
import type { JsonObject } from '../../pod/json.js';
import { members } from './objects.js';
import { Refusal } from './refusal.js';
import type { ServedResource } from './resource-table.js';

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const serverVersion = { major: '1', minor: '34', gitVersion: 'v1.34.0+firesteel-sandbox', platform: 'node' };

/** The answer to a path that is no resource; undefined: it is one, or nothing. @throws {Refusal} 501 */
export function discoveryDocument(
  path: string,
  accept: string,
  all: readonly ServedResource[],
): JsonObject | string | undefined {
  if (/^\/(?:healthz|livez|readyz)(?:\/|$)/u.test(path)) return 'ok';
  if (path.startsWith('/openapi/v2')) throw new Refusal(501, 'the sandbox has its OpenAPI at /openapi/v3 alone');
  const isAggregated = /v=v2;as=APIGroupDiscoveryList/u.test(accept);
  const groups = groupBy(all, ({ group }) => group);
  const core = all.filter(({ group }) => group === '');
  const named = groups.filter(([group]) => group !== '').map(apiGroup);
  const documents: Record<string, () => JsonObject> = {
    '/version': () => serverVersion,
    '/api': () => (isAggregated ? aggregated(groupBy(core, () => '')) : { kind: 'APIVersions', versions: ['v1'] }),
    '/apis': () =>
      isAggregated
        ? aggregated(groups.filter(([group]) => group !== ''))
        : { kind: 'APIGroupList', apiVersion: 'v1', groups: named },
    '/openapi/v3': () => openApiIndex(all),
    ...Object.fromEntries(
      named.map((group) => [`/apis/${group.name}`, () => ({ kind: 'APIGroup', apiVersion: 'v1', ...group })]),
    ),
    ...Object.fromEntries(
      groupBy(all, apiVersion).flatMap(([groupVersion, served]) => [
        [`/${pathOf(groupVersion)}`, () => resourceList(groupVersion, served)],
        [`/openapi/v3/${pathOf(groupVersion)}`, () => openApiDocument(groupVersion, served)],
      ]),
    ),
  };
  return Object.hasOwn(documents, path) ? documents[path]?.() : undefined;
}

const pathOf = (groupVersion: string) => (groupVersion.includes('/') ? `apis/${groupVersion}` : `api/${groupVersion}`);

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return [...groups];
}

function apiGroup([name, inGroup]: [string, ServedResource[]]) {
  const versions = [...new Set(inGroup.map(({ version }) => version))].map((version) => ({
    groupVersion: `${name}/${version}`,
    version,
  }));
  return { name, versions, preferredVersion: versions[0] };
}

/** Subresources with their verbs. */
function subresourcesOf({ kind, traits }: ServedResource): [string, string[]][] {
  const log: [string, string[]][] = kind === 'Pod' ? [['log', ['get']]] : [];
  return traits.has('status') ? [...log, ['status', ['get', 'patch', 'update']]] : log;
}

const categories = ({ traits }: ServedResource) => (traits.has('all') ? { categories: ['all'] } : {});

function aggregated(groups: readonly [string, ServedResource[]][]): JsonObject {
  const described = (resource: ServedResource) => {
    const { group, version, kind, plural, singular: singularResource, shortNames, namespaced } = resource;
    const responseKind = { group, version, kind };
    const subresources = subresourcesOf(resource).map(([subresource, own]) => ({
      subresource,
      responseKind,
      verbs: own,
    }));
    const scope = namespaced ? 'Namespaced' : 'Cluster';
    return {
      resource: plural,
      responseKind,
      scope,
      singularResource,
      shortNames,
      verbs,
      subresources,
      ...categories(resource),
    };
  };
  const items = groups.map(([group, inGroup]) => ({
    metadata: group === '' ? {} : { name: group },
    versions: groupBy(inGroup, ({ version }) => version).map(([version, served]) => {
      return { version, freshness: 'Current', resources: served.map(described) };
    }),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function resourceList(groupVersion: string, served: readonly ServedResource[]): JsonObject {
  const resources = served.flatMap((resource) => {
    const { plural, singular: singularName, namespaced, kind, shortNames } = resource;
    const below = subresourcesOf(resource).map(([own, of]) => ({
      name: `${plural}/${own}`,
      singularName: '',
      namespaced,
      kind,
      verbs: of,
    }));
    return [{ name: plural, singularName, namespaced, kind, shortNames, verbs, ...categories(resource) }, ...below];
  });
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}

/** The hash makes kubectl read a document anew when it has changed: definitions come and go. */
function openApiIndex(all: readonly ServedResource[]): JsonObject {
  const entries = groupBy(all, apiVersion).map(([groupVersion, served]) => {
    const hash = served.map(({ custom }) => JSON.stringify(custom?.schema ?? '').length).join('-');
    return [pathOf(groupVersion), { serverRelativeURL: `/openapi/v3/${pathOf(groupVersion)}?hash=${hash}` }];
  });
  return { paths: Object.fromEntries(entries) };
}

const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const conventions = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';
/** What a real server writes over the head of every custom kind. */
// biome-ignore format: sentences
const headProperties: JsonObject = {
  apiVersion: { type: 'string', description: `APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: ${conventions}#resources` },
  kind: { type: 'string', description: `Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: ${conventions}#types-kinds` },
  metadata: { allOf: [{ $ref: `#/components/schemas/${objectMeta}` }], description: `Standard object's metadata. More info: ${conventions}#metadata` },
};

function openApiDocument(groupVersion: string, served: readonly ServedResource[]): JsonObject {
  const schemas = served.map((resource): [string, JsonObject] => {
    // Without its kind, `kubectl explain` says that there is no schema, rather than that there is no such field.
    if (resource.custom === undefined)
      return [schemaName(resource), { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }];
    const schema = members(resource.custom.schema);
    const properties = { ...members(schema['properties']), ...headProperties };
    return [schemaName(resource), { ...schema, properties, 'x-kubernetes-group-version-kind': [kindOf(resource)] }];
  });
  const paths = Object.fromEntries(served.flatMap((resource) => pathsOf(groupVersion, resource)));
  const info = { title: 'Firesteel sandbox', version: serverVersion.gitVersion };
  return {
    openapi: '3.0.0',
    info,
    paths,
    components: { schemas: { ...Object.fromEntries(schemas), [objectMeta]: { type: 'object' } } },
  };
}

const schemaName = ({ group, version, kind }: ServedResource) => `${group === '' ? 'core' : group}.${version}.${kind}`;
const kindOf = ({ group, version, kind }: ServedResource) => ({ group, version, kind });

function pathsOf(groupVersion: string, resource: ServedResource): [string, JsonObject][] {
  const collection = `/${pathOf(groupVersion)}${resource.namespaced ? '/namespaces/{namespace}' : ''}/${resource.plural}`;
  const schema = { $ref: `#/components/schemas/${schemaName(resource)}` };
  const operation = (action: string) => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': kindOf(resource),
    parameters: ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({
      name,
      in: 'query',
      schema: { type: 'string' },
    })),
    responses: { 200: { description: 'OK', content: { 'application/json': { schema } } } },
  });
  const patchTypes = ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml'];
  const requestBody = { content: Object.fromEntries(patchTypes.map((type) => [type, { schema: { type: 'object' } }])) };
  return [
    [collection, { get: operation('list'), post: operation('post') }],
    [
      `${collection}/{name}`,
      { get: operation('get'), put: operation('put'), patch: { ...operation('patch'), requestBody } },
    ],
  ];
}
