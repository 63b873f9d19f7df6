/**
 * The patches, as functions of an object. A strategic merge patch and a server-side apply merge lists by the keys of
 * Kubernetes' own kinds (patchMergeKey and listMapKey of their Go types), or by what a custom resource's schema says.
 */
import jsonpatch from 'fast-json-patch';
import { canonicalJson, cloneJsonObject, isJsonObject, type JsonObject } from '../../pod/json.js';
import { at, items, members, texts } from './objects.js';
import { Refusal } from './refusal.js';
import type { ServedResource } from './resource-table.js';
import { memberSchema } from './schema.js';

/** @throws {Refusal} 400 when `patch` is no list of operations, 422 when one of them can not be done */
export function jsonPatched(object: JsonObject, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw new Refusal(400, 'error decoding patch: it is not a list of operations');
  try {
    return jsonpatch.applyPatch(cloneJsonObject(object), patch, true).newDocument;
  } catch {
    // No cause: the library's message quotes the whole document.
    throw new Refusal(422, 'the server rejected our request due to an error in our request');
  }
}

/** RFC 7386. */
export function mergePatched(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch;
  const result = { ...members(target) };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = mergePatched(result[name], value);
  }
  return result;
}

const byName = 'containers initContainers ephemeralContainers volumes env imagePullSecrets secrets webhooks'.split(' ');
/** Keys that tell items apart; the first alone in a strategic merge patch. */
const listKeys: Record<string, readonly string[]> = {
  ...Object.fromEntries(byName.map((field) => [field, ['name']])),
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  ports: ['containerPort', 'protocol'],
  hostAliases: ['ip'],
  podIPs: ['ip'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
  ownerReferences: ['uid'],
  conditions: ['type'],
  addresses: ['type'],
  taints: ['key'],
};
/** Maps that an apply replaces as a whole. */
const atomicMaps =
  /^(?:selector|(?:pod|namespace|object|node)Selector|roleRef|involvedObject|fieldRef|(?:secret|configMap)KeyRef)$/u;

type Keys = readonly string[] | 'values' | undefined;
export interface MergeRules {
  /** What tells the items of a list apart; undefined: the list is replaced as a whole. */
  keysOf(field: string, schema: unknown): Keys;
  isAtomic(field: string): boolean;
}

export function mergeRules({ kind, custom }: ServedResource, patch: 'strategic' | 'apply'): MergeRules {
  return {
    keysOf(field, schema) {
      const declared = at(schema, 'x-kubernetes-list-type');
      if (field === 'finalizers' || declared === 'set') return 'values';
      if (declared === 'map') return texts(at(schema, 'x-kubernetes-list-map-keys'));
      if (custom !== undefined && field !== 'ownerReferences') return undefined;
      const keys = field === 'ports' && kind === 'Service' ? ['port', 'protocol'] : listKeys[field];
      return patch === 'apply' ? keys : keys?.slice(0, 1);
    },
    isAtomic: (field) => patch === 'apply' && custom === undefined && atomicMaps.test(field),
  };
}

/** The same text for items that stand for the same thing. */
export function identity(item: unknown, keys: Keys): string {
  if (!Array.isArray(keys)) return canonicalJson(item);
  return canonicalJson(
    Object.fromEntries(keys.map((key) => [key, at(item, key) ?? (key === 'protocol' ? 'TCP' : '')])),
  );
}

/** Undefined: the patch deletes it. */
export function merged(
  rules: MergeRules,
  target: unknown,
  patch: JsonObject,
  schema?: unknown,
): JsonObject | undefined {
  const { $patch: wish, $retainKeys: retained } = patch;
  if (wish === 'delete') return undefined;
  const kept = Object.entries(wish === 'replace' ? {} : members(target)).filter(
    ([name]) => retained === undefined || items(retained).includes(name),
  );
  const result = Object.fromEntries(kept);
  for (const [name, value] of Object.entries(patch)) {
    const [, directive, field = ''] = /^\$(\w+)(?:\/(.*))?$/su.exec(name) ?? [];
    const inner = memberSchema(schema, name);
    let next: unknown = value;
    if (directive === 'deleteFromPrimitiveList')
      result[field] = items(result[field]).filter((item) => !items(value).includes(item));
    if (directive !== undefined) continue;
    if (Array.isArray(value))
      next = mergedList(rules.keysOf(name, inner), rules, items(result[name]), {
        value,
        schema: inner,
        order: patch[`$setElementOrder/${name}`],
      });
    else if (isJsonObject(value)) next = merged(rules, rules.isAtomic(name) ? {} : result[name], value, inner);
    if (next === undefined || next === null) delete result[name];
    else result[name] = next;
  }
  return result;
}

interface ListPatch {
  value: readonly unknown[];
  schema: unknown;
  order: unknown;
}

function mergedList(
  keys: Keys,
  rules: MergeRules,
  present: readonly unknown[],
  { value, schema, order }: ListPatch,
): readonly unknown[] {
  const plain = value.filter((item) => at(item, '$patch') !== 'replace');
  if (keys === undefined || plain.length < value.length) return plain;
  const result = new Map(present.map((item) => [identity(item, keys), item]));
  for (const item of plain) {
    const next = isJsonObject(item) ? merged(rules, result.get(identity(item, keys)), item, at(schema, 'items')) : item;
    if (next === undefined) result.delete(identity(item, keys));
    else result.set(identity(item, keys), next);
  }
  const places = new Map(items(order).map((item, index) => [identity(item, keys), index]));
  const keyed = [...result];
  if (keyed.every(([key]) => places.has(key))) keyed.sort(([a], [b]) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
  return keyed.map(([, item]) => item);
}
