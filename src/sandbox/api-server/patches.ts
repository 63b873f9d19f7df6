/** JSON patch, merge patch and strategic merge patch, as functions of an object. */
import jsonpatch from 'fast-json-patch';
import { cloneJsonObject, isJsonObject, type JsonObject } from '../../pod/json.js';
import { at, items, members } from './json-reading.js';
import { identity, type MergeRules } from './merge-rules.js';
import { badRequest, Refusal } from './refusal.js';
import { memberSchema } from './structural-schema.js';

/** @throws {Refusal} 400 when `patch` is no list of operations, 422 when one of them can not be done */
export function jsonPatched(object: JsonObject, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest('error decoding patch: it is not a list of operations');
  try {
    return jsonpatch.applyPatch(cloneJsonObject(object), patch, true).newDocument;
  } catch {
    // No cause: the library's message quotes the whole document.
    throw new Refusal(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
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

/** Undefined: the patch deletes it. */
export function strategicMerged(
  rules: MergeRules,
  target: unknown,
  patch: JsonObject,
  schema?: unknown,
): JsonObject | undefined {
  if (patch['$patch'] === 'delete') return undefined;
  const retained = patch['$retainKeys'];
  const isKept = ([name]: [string, unknown]) => !Array.isArray(retained) || retained.includes(name);
  const result =
    patch['$patch'] === 'replace' ? {} : Object.fromEntries(Object.entries(members(target)).filter(isKept));
  for (const [name, value] of Object.entries(patch)) {
    const [, directive, field = ''] = /^\$(\w+)(?:\/(.*))?$/su.exec(name) ?? [];
    const inner = memberSchema(schema, name);
    if (directive === 'deleteFromPrimitiveList') {
      result[field] = items(result[field]).filter((item) => !items(value).includes(item));
    } else if (directive !== undefined) continue;
    else if (Array.isArray(value)) {
      result[name] = mergedList(
        rules,
        name,
        items(result[name]),
        value,
        inner,
        items(patch[`$setElementOrder/${name}`]),
      );
    } else if (isJsonObject(value)) {
      const merged = strategicMerged(rules, rules.isAtomic(name) ? {} : result[name], value, inner);
      if (merged === undefined) delete result[name];
      else result[name] = merged;
    } else if (value === null) delete result[name];
    else result[name] = value;
  }
  return result;
}

function mergedList(
  rules: MergeRules,
  field: string,
  present: readonly unknown[],
  patch: readonly unknown[],
  schema: unknown,
  order: readonly unknown[],
): readonly unknown[] {
  const keys = rules.keysOf(field, schema);
  const plain = patch.filter((item) => at(item, '$patch') !== 'replace');
  if (keys === undefined || plain.length < patch.length) return plain;
  const result = new Map(present.map((item) => [identity(item, keys), item]));
  for (const item of plain) {
    const key = identity(item, keys);
    const merged = isJsonObject(item) ? strategicMerged(rules, result.get(key), item, at(schema, 'items')) : item;
    if (merged === undefined) result.delete(key);
    else result.set(key, merged);
  }
  const places = new Map(order.map((item, index) => [identity(item, keys), index]));
  const keyed = [...result];
  if (keyed.every(([key]) => places.has(key))) keyed.sort(([a], [b]) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
  return keyed.map(([, item]) => item);
}
