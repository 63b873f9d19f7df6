/** How lists and maps of Kubernetes' own kinds merge (the patchMergeKey and listMapKey of their Go types), and those of custom resources. */
import { canonicalJson } from '../../pod/json.js';
import { at, texts } from './json-reading.js';
import type { ServedResource } from './resource-table.js';

/** Keys that tell items apart; the first alone in a strategic merge patch. */
const listKeys: Record<string, string> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  volumes: 'name',
  env: 'name',
  imagePullSecrets: 'name',
  secrets: 'name',
  webhooks: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  ports: 'containerPort protocol',
  hostAliases: 'ip',
  podIPs: 'ip',
  topologySpreadConstraints: 'topologyKey whenUnsatisfiable',
  ownerReferences: 'uid',
  conditions: 'type',
  addresses: 'type',
  taints: 'key',
};

/** Maps that an apply replaces as a whole. */
const atomicMaps =
  'selector podSelector namespaceSelector objectSelector nodeSelector roleRef involvedObject fieldRef secretKeyRef configMapKeyRef';

export interface MergeRules {
  /** What tells the items of a list apart; undefined: the list is replaced as a whole. */
  keysOf(field: string, schema: unknown): readonly string[] | 'values' | undefined;
  isAtomic(field: string): boolean;
}

export function mergeRules({ kind, custom }: ServedResource, patch: 'strategic' | 'apply'): MergeRules {
  return {
    keysOf(field, schema) {
      const declared = at(schema, 'x-kubernetes-list-type');
      if (field === 'finalizers' || declared === 'set') return 'values';
      if (declared === 'map') return texts(at(schema, 'x-kubernetes-list-map-keys'));
      if (custom !== undefined && field !== 'ownerReferences') return undefined;
      const keys = field === 'ports' && kind === 'Service' ? ['port', 'protocol'] : listKeys[field]?.split(' ');
      return patch === 'apply' ? keys : keys?.slice(0, 1);
    },
    isAtomic: (field) => patch === 'apply' && custom === undefined && atomicMaps.split(' ').includes(field),
  };
}

/** The same text for items that stand for the same thing. */
export function identity(item: unknown, keys: readonly string[] | 'values' | undefined): string {
  if (!Array.isArray(keys)) return canonicalJson(item);
  return canonicalJson(
    Object.fromEntries(keys.map((key) => [key, at(item, key) ?? (key === 'protocol' ? 'TCP' : '')])),
  );
}
