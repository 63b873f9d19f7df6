/** Which resources are served: a row for each built-in one, and what CustomResourceDefinitions add while the server runs. */
import type { Resource } from '../../kube/resources.js';
import type { ApiObject } from './api-object.js';
import { at, items, members, text, texts } from './json-reading.js';

type Trait =
  /** It has the subresource `status`. */
  | 'status'
  /** `metadata.generation` counts changes of its spec. */
  | 'generation'
  /** An update must name the resource version. */
  | 'conditional-update'
  /** A delete answers with the object, not with a Status. */
  | 'returns-deleted'
  /** Part of `kubectl get all`. */
  | 'all';

export interface ServedResource extends Resource {
  readonly singular: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly traits: ReadonlySet<Trait>;
  /** Members beside `apiVersion`, `kind` and `metadata`; of a custom resource its schema says so. */
  readonly fields: readonly string[];
  /** The version of a CustomResourceDefinition that this is. */
  readonly custom?: { readonly schema: unknown; readonly version: unknown };
}

type Row = [groupVersion: string, plural: string, kind: string, shortName: string, traits: Trait[], fields?: string];

const usual = 'spec status';
const eventFields =
  'involvedObject reason message source firstTimestamp lastTimestamp count type eventTime series action related reportingComponent reportingInstance';

const clusterRows: Row[] = [
  ['v1', 'namespaces', 'Namespace', 'ns', ['status', 'returns-deleted']],
  ['v1', 'nodes', 'Node', 'no', ['status']],
  ['rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole', '', [], 'rules aggregationRule'],
  ['rbac.authorization.k8s.io/v1', 'clusterrolebindings', 'ClusterRoleBinding', '', [], 'subjects roleRef'],
  [
    'admissionregistration.k8s.io/v1',
    'mutatingwebhookconfigurations',
    'MutatingWebhookConfiguration',
    '',
    ['generation', 'conditional-update'],
    'webhooks',
  ],
  [
    'apiextensions.k8s.io/v1',
    'customresourcedefinitions',
    'CustomResourceDefinition',
    'crd',
    ['status', 'generation', 'conditional-update'],
  ],
];

const namespacedRows: Row[] = [
  ['v1', 'pods', 'Pod', 'po', ['status', 'generation', 'returns-deleted', 'all']],
  ['v1', 'services', 'Service', 'svc', ['status', 'returns-deleted', 'all']],
  ['v1', 'configmaps', 'ConfigMap', 'cm', [], 'data binaryData immutable'],
  ['v1', 'secrets', 'Secret', '', [], 'data stringData immutable type'],
  ['v1', 'events', 'Event', 'ev', [], eventFields],
  [
    'v1',
    'serviceaccounts',
    'ServiceAccount',
    'sa',
    ['returns-deleted'],
    'secrets imagePullSecrets automountServiceAccountToken',
  ],
  ['v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', 'pvc', ['status', 'returns-deleted']],
  ['v1', 'resourcequotas', 'ResourceQuota', 'quota', ['status', 'returns-deleted']],
  ['coordination.k8s.io/v1', 'leases', 'Lease', '', ['conditional-update']],
  ['networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy', 'netpol', ['generation']],
  ['networking.k8s.io/v1', 'ingresses', 'Ingress', 'ing', ['status', 'generation']],
  ['rbac.authorization.k8s.io/v1', 'roles', 'Role', '', [], 'rules'],
  ['rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding', '', [], 'subjects roleRef'],
  ['policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', 'pdb', ['status', 'generation', 'conditional-update']],
];

function builtIn(namespaced: boolean) {
  return ([groupVersion, plural, kind, shortName, traits, fields = usual]: Row): ServedResource => {
    const [version = '', group = ''] = groupVersion.split('/').toReversed();
    return {
      group,
      version,
      plural,
      kind,
      namespaced,
      singular: kind.toLowerCase(),
      listKind: `${kind}List`,
      shortNames: shortName === '' ? [] : [shortName],
      traits: new Set(traits),
      fields: fields.split(' '),
    };
  };
}

const builtIns: readonly ServedResource[] = [...clusterRows.map(builtIn(false)), ...namespacedRows.map(builtIn(true))];

/** Groups of Kubernetes' own kinds, of which the sandbox serves only some resources. */
export function isBuiltInGroup(group: string): boolean {
  const others = ['apps', 'batch', 'autoscaling', 'authentication.k8s.io', 'authorization.k8s.io', 'events.k8s.io'];
  return others.includes(group) || builtIns.some((resource) => resource.group === group);
}

function customResources(definition: ApiObject): ServedResource[] {
  const names = members(at(definition, 'spec', 'names'));
  return items(at(definition, 'spec', 'versions'))
    .filter((version) => at(version, 'served') === true)
    .map((version) => {
      const status: Trait[] = at(version, 'subresources', 'status') === undefined ? [] : ['status'];
      return {
        group: text(at(definition, 'spec', 'group')),
        version: text(at(version, 'name')),
        plural: text(names['plural']),
        kind: text(names['kind']),
        namespaced: at(definition, 'spec', 'scope') === 'Namespaced',
        singular: text(names['singular']),
        listKind: text(names['listKind']),
        shortNames: texts(names['shortNames']),
        traits: new Set<Trait>(['generation', 'conditional-update', ...status]),
        fields: [],
        custom: { schema: at(version, 'schema', 'openAPIV3Schema'), version },
      };
    });
}

export class ResourceTable {
  readonly #custom = new Map<string, ServedResource[]>();

  get all(): ServedResource[] {
    return [...builtIns, ...[...this.#custom.values()].flat()];
  }

  find(group: string, version: string, plural: string): ServedResource | undefined {
    return this.all.find((one) => one.group === group && one.version === version && one.plural === plural);
  }

  /** @throws when there is no such row: a mistake of the sandbox itself */
  builtIn(plural: string): ServedResource {
    const found = builtIns.find((one) => one.plural === plural);
    if (found === undefined) throw new Error(`no built-in resource ${plural}`);
    return found;
  }

  define(definition: ApiObject): void {
    this.#custom.set(definition.metadata.name, customResources(definition));
  }

  forget(definition: ApiObject): void {
    this.#custom.delete(definition.metadata.name);
  }
}
