/**
 * `/openapi/v3`: what `kubectl explain` reads of custom resources, and what tells `kubectl` that the server checks fields
 * itself. Kubernetes' own kinds are objects of unknown fields here; their strategic patches come from kubectl's own types.
 */
import { createHash } from 'node:crypto';
import { apiVersion } from '../../kube/resources.js';
import type { JsonObject } from '../../pod/json.js';
import { members } from './json-reading.js';
import type { ServedResource } from './resource-table.js';

const pathOf = (groupVersion: string) => (groupVersion.includes('/') ? `apis/${groupVersion}` : `api/${groupVersion}`);

export function openApiIndex(resources: readonly ServedResource[]): JsonObject {
  const groupVersions = [...new Set(resources.map(apiVersion))];
  const entries = groupVersions.map((groupVersion) => {
    const document = JSON.stringify(openApiDocument(groupVersion, resources));
    const hash = createHash('sha256').update(document).digest('hex').toUpperCase();
    return [pathOf(groupVersion), { serverRelativeURL: `/openapi/v3/${pathOf(groupVersion)}?hash=${hash}` }];
  });
  return { paths: Object.fromEntries(entries) };
}

export function openApiDocument(groupVersion: string, resources: readonly ServedResource[]): JsonObject {
  const served = resources.filter((resource) => apiVersion(resource) === groupVersion);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' },
    paths: Object.fromEntries(served.flatMap((resource) => pathsOf(groupVersion, resource))),
    components: { schemas: Object.fromEntries(served.map((resource) => [schemaName(resource), schemaOf(resource)])) },
  };
}

const schemaName = ({ group, version, kind }: ServedResource) => `${group === '' ? 'core' : group}.${version}.${kind}`;
const kindOf = ({ group, version, kind }: ServedResource) => ({ group, version, kind });

function schemaOf(resource: ServedResource): JsonObject {
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    ...(resource.custom === undefined ? open : members(resource.custom.schema)),
    'x-kubernetes-group-version-kind': [kindOf(resource)],
  };
}

function pathsOf(groupVersion: string, resource: ServedResource): [string, JsonObject][] {
  const scope = resource.namespaced ? '/namespaces/{namespace}' : '';
  const collection = `/${pathOf(groupVersion)}${scope}/${resource.plural}`;
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
