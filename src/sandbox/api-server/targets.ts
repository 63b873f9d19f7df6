/** Which resource, object and subresource the path of a request names, and which the sandbox leaves to real API servers. */
import type { Target } from './object-writer.js';
import { noSuchResource, notImplemented } from './refusal.js';
import { isBuiltInGroup, type ResourceTable } from './resource-table.js';

const pathForm =
  /^\/(?:api|apis\/([^/]+))\/([^/]+)(?:\/namespaces\/([^/]+)(?=\/[^/]))?\/([^/]+)(?:\/([^/]+))?(?:\/(.+))?$/u;

/** Subresources that real servers have, by plural; any other is unknown. */
const unserved: Record<string, string> = {
  exec: 'runs no containers',
  attach: 'runs no containers',
  portforward: 'runs no containers',
  proxy: 'runs no containers',
  eviction: 'has no evictions; delete the pod',
  binding: 'has no scheduler',
  resize: 'does not resize pods',
  ephemeralcontainers: 'runs no containers',
  token: 'issues no tokens: it asks for none',
  finalize: 'finalizes namespaces by itself',
};

/** Undefined: the path is none of a resource. @throws {Refusal} 404, 501 */
export function targetOf(path: string, resources: ResourceTable): Target | undefined {
  const parts = pathForm.exec(path)?.map((part) => part && decodeURIComponent(part));
  if (parts === undefined) return undefined;
  const [, group = '', version = '', givenNamespace, givenPlural = '', givenName = '', givenSubresource = ''] = parts;
  // `/namespaces/NAME/status` is of the namespace itself.
  const isOfNamespace = givenNamespace !== undefined && ['status', 'finalize'].includes(givenPlural);
  const [namespace, plural, name, subresource] = isOfNamespace
    ? [undefined, 'namespaces', givenNamespace, givenPlural]
    : [givenNamespace, givenPlural, givenName, givenSubresource];
  const resource = resources.find(group, version, plural);
  if (resource === undefined) {
    if (isBuiltInGroup(group)) throw notImplemented(`does not serve ${plural} of ${group || 'v1'}`);
    return undefined;
  }
  const why = unserved[subresource.split('/')[0] ?? ''];
  if (why !== undefined && resource.custom === undefined) throw notImplemented(why);
  const isServed =
    subresource === 'status' ? resource.traits.has('status') : subresource === 'log' && resource.kind === 'Pod';
  if (subresource !== '' && !isServed) throw noSuchResource();
  if (namespace !== undefined && !resource.namespaced) throw noSuchResource();
  return { resource, namespace, name, subresource };
}
