/** The resources that Firesteel touches, and the paths under which the API server has them. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

function core(plural: string, kind: string): Resource {
  return { group: '', version: 'v1', plural, kind, namespaced: true };
}

export const pods = core('pods', 'Pod');
export const services = core('services', 'Service');
export const configMaps = core('configmaps', 'ConfigMap');
export const secrets = core('secrets', 'Secret');
export const persistentVolumeClaims = core('persistentvolumeclaims', 'PersistentVolumeClaim');
export const events = core('events', 'Event');
/** Looked at by `firesteel migrate` only. */
export const deployments: Resource = {
  group: 'apps',
  version: 'v1',
  plural: 'deployments',
  kind: 'Deployment',
  namespaced: true,
};
export const leases: Resource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  namespaced: true,
};
export const networkPolicies: Resource = {
  group: 'networking.k8s.io',
  version: 'v1',
  plural: 'networkpolicies',
  kind: 'NetworkPolicy',
  namespaced: true,
};
/** Of Volcano, where it is installed. */
export const podGroups: Resource = {
  group: 'scheduling.volcano.sh',
  version: 'v1beta1',
  plural: 'podgroups',
  kind: 'PodGroup',
  namespaced: true,
};
export const mutatingWebhookConfigurations: Resource = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'mutatingwebhookconfigurations',
  kind: 'MutatingWebhookConfiguration',
  namespaced: false,
};
export const sparkApplications: Resource = {
  group: 'sparkoperator.k8s.io',
  version: 'v1beta2',
  plural: 'sparkapplications',
  kind: 'SparkApplication',
  namespaced: true,
};

export const namespaces: Resource = {
  group: '',
  version: 'v1',
  plural: 'namespaces',
  kind: 'Namespace',
  namespaced: false,
};
export const customResourceDefinitions: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};

/** `v1`, or `group/version`. */
export function apiVersion(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

export interface ResourceAddress {
  /** Left out: all namespaces, or a resource that has none. */
  namespace?: string | undefined;
  /** Left out: the collection. */
  name?: string | undefined;
  subresource?: string | undefined;
}

/** The request path of a collection, an object or a subresource. */
export function resourcePath(resource: Resource, address: ResourceAddress = {}): string {
  const parts = resource.group === '' ? ['', 'api', resource.version] : ['', 'apis', resource.group, resource.version];
  if (address.namespace !== undefined) parts.push('namespaces', encodeURIComponent(address.namespace));
  parts.push(resource.plural);
  if (address.name !== undefined) parts.push(encodeURIComponent(address.name));
  if (address.subresource !== undefined) parts.push(address.subresource);
  return parts.join('/');
}
