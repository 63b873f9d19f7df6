/** Which resources are served: a row for each built-in one, and what CustomResourceDefinitions add while the server runs. */
import type { Resource } from '../../kube/resources.js';
import { type ApiObject, at, members, objects, text, texts } from './objects.js';

/**
 * `status`: it has that subresource. `generation`: changes of its spec are counted. `conditional`: an update must name the
 * resource version. `returned`: a delete answers with the object. `all`: part of `kubectl get all`.
 */
type Trait = 'cluster' | 'status' | 'generation' | 'conditional' | 'returned' | 'all';

export interface ServedResource extends Resource {
  readonly singular: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly traits: ReadonlySet<string>;
  /** Members beside `apiVersion`, `kind` and `metadata`; of a custom resource its schema says so. */
  readonly fields: readonly string[];
  /** The version of a CustomResourceDefinition that this is. */
  readonly custom?: { readonly schema: unknown; readonly version: unknown };
}

type Row = [groupVersion: string, plural: string, kind: string, shortName: string, traits: Trait[], fields?: string];

const rbac = 'rbac.authorization.k8s.io/v1';
const networking = 'networking.k8s.io/v1';
const eventFields =
  'involvedObject reason message source firstTimestamp lastTimestamp count type eventTime series action related reportingComponent reportingInstance';

// biome-ignore format: a table
const rows: Row[] = [
  ['v1', 'namespaces', 'Namespace', 'ns', ['cluster', 'status', 'returned']],
  ['v1', 'nodes', 'Node', 'no', ['cluster', 'status']],
  ['v1', 'pods', 'Pod', 'po', ['status', 'generation', 'returned', 'all']],
  ['v1', 'services', 'Service', 'svc', ['status', 'returned', 'all']],
  ['v1', 'configmaps', 'ConfigMap', 'cm', [], 'data binaryData immutable'],
  ['v1', 'secrets', 'Secret', '', [], 'data stringData immutable type'],
  ['v1', 'events', 'Event', 'ev', [], eventFields],
  ['v1', 'serviceaccounts', 'ServiceAccount', 'sa', ['returned'], 'secrets imagePullSecrets automountServiceAccountToken'],
  ['v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', 'pvc', ['status', 'returned']],
  ['v1', 'resourcequotas', 'ResourceQuota', 'quota', ['status', 'returned']],
  ['coordination.k8s.io/v1', 'leases', 'Lease', '', ['conditional']],
  [networking, 'networkpolicies', 'NetworkPolicy', 'netpol', ['generation']],
  [networking, 'ingresses', 'Ingress', 'ing', ['status', 'generation']],
  [rbac, 'roles', 'Role', '', [], 'rules'],
  [rbac, 'rolebindings', 'RoleBinding', '', [], 'subjects roleRef'],
  [rbac, 'clusterroles', 'ClusterRole', '', ['cluster'], 'rules aggregationRule'],
  [rbac, 'clusterrolebindings', 'ClusterRoleBinding', '', ['cluster'], 'subjects roleRef'],
  ['policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', 'pdb', ['status', 'generation', 'conditional']],
  ['admissionregistration.k8s.io/v1', 'mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', '', ['cluster', 'generation', 'conditional'], 'webhooks'],
  ['apiextensions.k8s.io/v1', 'customresourcedefinitions', 'CustomResourceDefinition', 'crd', ['cluster', 'status', 'generation', 'conditional']],
];

const builtIns = rows.map(([groupVersion, plural, kind, shortName, traits, fields = 'spec status']): ServedResource => {
  const [version = '', group = ''] = groupVersion.split('/').toReversed();
  const names = {
    plural,
    kind,
    singular: kind.toLowerCase(),
    listKind: `${kind}List`,
    shortNames: shortName === '' ? [] : [shortName],
  };
  return {
    group,
    version,
    ...names,
    namespaced: !traits.includes('cluster'),
    traits: new Set(traits),
    fields: fields.split(' '),
  };
});

const unservedGroups = [
  'apps',
  'batch',
  'autoscaling',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'events.k8s.io',
];

/** Groups of Kubernetes' own kinds, of which the sandbox serves only some resources. */
export function isBuiltInGroup(group: string): boolean {
  return unservedGroups.includes(group) || builtIns.some((resource) => resource.group === group);
}

function customResources({ spec }: ApiObject): ServedResource[] {
  const { plural, kind, singular, listKind, shortNames } = members(at(spec, 'names'));
  const served = objects(at(spec, 'versions')).filter((version) => version['served'] === true);
  return served.map((version) => ({
    group: text(at(spec, 'group')),
    version: text(version['name']),
    plural: text(plural),
    kind: text(kind),
    singular: text(singular),
    listKind: text(listKind),
    shortNames: texts(shortNames),
    namespaced: at(spec, 'scope') === 'Namespaced',
    traits: new Set([
      'generation',
      'conditional',
      ...(at(version, 'subresources', 'status') === undefined ? [] : ['status']),
    ]),
    fields: [],
    custom: { schema: at(version, 'schema', 'openAPIV3Schema'), version },
  }));
}

export class ResourceTable {
  readonly #custom = new Map<string, ServedResource[]>();

  get all(): ServedResource[] {
    return [...builtIns, ...[...this.#custom.values()].flat()];
  }

  find(group: string, version: string, plural: string): ServedResource | undefined {
    return this.all.find((one) => one.group === group && one.version === version && one.plural === plural);
  }

  define(definition: ApiObject): void {
    this.#custom.set(definition.metadata.name, customResources(definition));
  }

  forget(definition: ApiObject): void {
    this.#custom.delete(definition.metadata.name);
  }
}

export const namespaces = builtInResource('namespaces');

function builtInResource(plural: string): ServedResource {
  const found = builtIns.find((one) => one.plural === plural);
  if (found === undefined) throw new Error(`no built-in resource ${plural}`);
  return found;
}
