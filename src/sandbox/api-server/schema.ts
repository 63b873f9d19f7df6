/**
 * From the body of a request to an object. Custom resources go by the structural schema of their definition: unknown fields
 * are pruned, defaults filled in. Of Kubernetes' own kinds only the outermost fields are known.
 */
import { apiVersion } from '../../kube/resources.js';
import { cloneJson, isJsonObject, type JsonObject, setOwn } from '../../pod/json.js';
import { type ApiObject, at, members, metadataFields, objectSchema, text } from './objects.js';
import { Refusal } from './refusal.js';
import type { ServedResource } from './resource-table.js';

const anything = { 'x-kubernetes-preserve-unknown-fields': true };
const each = (fields: readonly string[]) => Object.fromEntries(fields.map((field) => [field, anything]));
const isEmpty = (value: unknown) => value === null || (typeof value === 'object' && Object.keys(value).length === 0);
/** Go leaves out of metadata what is empty. */
const withoutEmpty = (value: unknown) =>
  Object.fromEntries(Object.entries(members(value)).filter(([, member]) => !isEmpty(member)));

/** @param validation `Strict`, `Ignore`, or, by default, `Warn`. @throws {Refusal} 400 */
export function decode(
  resource: ServedResource,
  body: unknown,
  validation: string | null,
): { object: ApiObject; warnings: string[] } {
  const { kind, version, custom, fields } = resource;
  const refused = (why: string) =>
    new Refusal(400, `${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`);
  if (!isJsonObject(body) || (custom !== undefined && body['kind'] === undefined)) {
    throw new Refusal(400, `the object provided is unrecognized (must be of type ${kind}): Object 'Kind' is missing`);
  }
  const type = { apiVersion: apiVersion(resource), kind };
  const { apiVersion: givenVersion = type.apiVersion, kind: givenKind = kind } = body;
  if (givenKind !== kind || givenVersion !== type.apiVersion) throw refused(`it is a ${givenKind} of ${givenVersion}`);
  const parsed = objectSchema.safeParse({ ...body, ...type, metadata: withoutEmpty(body['metadata']) });
  if (!parsed.success)
    throw refused(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join(', '));
  const unknown: string[] = [];
  const own = custom === undefined ? each(fields) : members(at(custom.schema, 'properties'));
  const properties = { ...own, ...each(['apiVersion', 'kind']), metadata: { properties: each(metadataFields) } };
  const object = objectSchema.parse(pruned(parsed.data, { ...members(custom?.schema), properties }, unknown));
  const words = unknown.sort().map((field) => `unknown field "${field}"`);
  if (words.length > 0 && validation === 'Strict') throw refused(`strict decoding error: ${words.join(', ')}`);
  return { object, warnings: validation === 'Ignore' ? [] : words };
}

export const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

/** The schema of a member, if it has one. */
export function memberSchema(schema: unknown, name: string): unknown {
  return at(schema, 'properties', name) ?? at(schema, 'additionalProperties');
}

/** Where nothing is said of a type, null is a value. */
function keepsNulls(schema: JsonObject): boolean {
  const hasType = text(schema['type']) !== '' || schema['x-kubernetes-int-or-string'] === true;
  return !hasType || schema['nullable'] === true;
}

/** A copy without the fields that the schema does not know; their paths are added to `unknown`. */
function pruned(value: unknown, schema: unknown, unknown: string[], path = ''): unknown {
  const keepsUnknown = at(schema, 'x-kubernetes-preserve-unknown-fields') === true;
  if (keepsUnknown && !isJsonObject(value)) return cloneJson(value);
  if (Array.isArray(value))
    return value.map((item, index) => pruned(item, at(schema, 'items'), unknown, `${path}[${index}]`));
  if (!isJsonObject(value)) return value;
  const result: JsonObject = {};
  for (const [name, member] of Object.entries(value)) {
    const known = memberSchema(schema, name);
    if (isJsonObject(known)) {
      const isAbsent = member === null && !keepsNulls(known);
      if (!isAbsent) setOwn(result, name, pruned(member, known, unknown, join(path, name)));
    } else if (keepsUnknown) setOwn(result, name, cloneJson(member));
    else unknown.push(join(path, name));
  }
  for (const [name, property] of Object.entries(members(at(schema, 'properties')))) {
    const byDefault = at(property, 'default');
    if (byDefault !== undefined && !Object.hasOwn(result, name)) setOwn(result, name, cloneJson(byDefault));
  }
  return result;
}
