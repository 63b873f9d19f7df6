/**
 * Server-side apply, always forced: nobody's ownership stands in the way. `managedFields` has the appliers alone, so that
 * what one of them applied before and no longer says is taken away.
 */
import { isJsonObject, type JsonObject } from '../../pod/json.js';
import { at, items, members } from './objects.js';
import { identity, type MergeRules, merged, mergeRules } from './patches.js';
import type { ServedResource } from './resource-table.js';
import { memberSchema } from './schema.js';

export function applied(
  resource: ServedResource,
  current: JsonObject,
  configuration: JsonObject,
  manager: string,
  time: string,
): JsonObject {
  const rules = mergeRules(resource, 'apply');
  const schema = resource.custom?.schema;
  const entries = items(at(current, 'metadata', 'managedFields'));
  const own = entries.find((entry) => at(entry, 'manager') === manager);
  const fieldsV1 = fieldsOf(rules, configuration, schema);
  const result = merged(rules, without(current, members(at(own, 'fieldsV1')), fieldsV1), configuration, schema);
  const isSame = identity(at(own, 'fieldsV1') ?? null, 'values') === identity(fieldsV1, 'values');
  const { apiVersion } = configuration;
  const entry = isSame ? own : { manager, operation: 'Apply', apiVersion, time, fieldsType: 'FieldsV1', fieldsV1 };
  const managedFields = [...entries.filter((one) => one !== own), entry];
  return { ...result, metadata: { ...members(result?.['metadata']), managedFields } };
}

const identifying: Record<string, readonly string[]> = {
  '': ['apiVersion', 'kind'],
  metadata: ['name', 'namespace', 'uid', 'resourceVersion'],
};

/** As in `managedFields`: `f:` a member, `k:` an item by its keys, `{}` what is owned as a whole. */
function fieldsOf(rules: MergeRules, value: unknown, schema: unknown, field = ''): JsonObject {
  const keys = rules.keysOf(field, schema);
  if (Array.isArray(value) && Array.isArray(keys)) {
    return Object.fromEntries(
      value.map((item) => [`k:${identity(item, keys)}`, fieldsOf(rules, item, at(schema, 'items'), 'item')]),
    );
  }
  if (!isJsonObject(value) || rules.isAtomic(field)) return {};
  const owned = Object.entries(value).filter(([name]) => !identifying[field]?.includes(name));
  return Object.fromEntries(
    owned.map(([name, member]) => [`f:${name}`, fieldsOf(rules, member, memberSchema(schema, name), name)]),
  );
}

/** `value` less the fields that were owned and are not kept. */
function without(value: unknown, owned: JsonObject, kept: JsonObject): unknown {
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      const key = Object.keys(owned).find(
        (one) => one === `k:${identity(item, Object.keys(JSON.parse(one.slice('k:'.length))))}`,
      );
      if (key === undefined) return [item];
      return Object.hasOwn(kept, key) ? [without(item, members(owned[key]), members(kept[key]))] : [];
    });
  }
  const result = { ...members(value) };
  for (const [key, inner] of Object.entries(owned)) {
    const name = key.slice('f:'.length);
    const isLeaf = Object.keys(members(inner)).length === 0;
    const rest = isLeaf ? {} : without(result[name], members(inner), members(kept[key]));
    if (!isLeaf) result[name] = rest;
    if (!Object.hasOwn(kept, key) && Object.keys(rest ?? {}).length === 0) delete result[name];
  }
  return result;
}
