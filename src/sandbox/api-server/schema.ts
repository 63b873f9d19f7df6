/**
 * From the body of a request to an object. Custom resources go by the structural schema of their definition: unknown fields
 * are pruned, defaults filled in, the rest is checked with the words of kube-apiserver. CEL rules and anyOf, oneOf, allOf,
 * not and formats count only on a real API server; of Kubernetes' own kinds only the outermost fields are known.
 */
import { apiVersion } from '../../kube/resources.js';
import { cloneJson, isJsonObject, type JsonObject, setOwn } from '../../pod/json.js';
import { type ApiObject, at, items, members, metadataFields, objectSchema, text, texts } from './objects.js';
import { type Cause, fault, invalidValue, Refusal, unsupportedValue } from './refusal.js';
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

const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

/** The schema of a member, if it has one. */
export function memberSchema(schema: unknown, name: string): unknown {
  return at(schema, 'properties', name) ?? at(schema, 'additionalProperties');
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
      const isAbsent = member === null && text(known['type']) !== '' && known['nullable'] !== true;
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

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
}

const sizeOf = (value: unknown) => (isJsonObject(value) ? Object.keys(value).length : items(value).length);
const lengthOf = (value: unknown) => [...text(value)].length;

/** A keyword that limits a value: what is measured, whether that breaks the limit, and the words for it. */
const limits: Record<
  string,
  [measure: (value: unknown) => unknown, breaks: (size: unknown, limit: unknown) => boolean, words: string]
> = {
  minimum: [Number, (size, limit) => Number(size) < Number(limit), 'should be greater than or equal to %'],
  maximum: [Number, (size, limit) => Number(size) > Number(limit), 'should be less than or equal to %'],
  pattern: [text, (size, limit) => !new RegExp(text(limit), 'u').test(text(size)), "should match '%'"],
  minLength: [text, (size, limit) => lengthOf(size) < Number(limit), 'should be at least % chars long'],
  minItems: [sizeOf, (size, limit) => Number(size) < Number(limit), 'should have at least % items'],
  minProperties: [sizeOf, (size, limit) => Number(size) < Number(limit), 'should have at least % properties'],
};
const ceilings: Record<string, [measure: (value: unknown) => number, reason: string, words: string]> = {
  maxLength: [lengthOf, 'FieldValueTooLong', 'Too long: may not be more than % bytes'],
  maxItems: [sizeOf, 'FieldValueTooMany', 'Too many: #: must have at most % items'],
  maxProperties: [sizeOf, 'FieldValueTooMany', 'Too many: #: must have at most % items'],
};

/** Everything that is wrong with a value. */
export function faultsOf(value: unknown, schema: unknown, path = ''): Cause[] {
  if (value === null && at(schema, 'nullable') === true) return [];
  const type = typeOf(value);
  const wanted =
    at(schema, 'x-kubernetes-int-or-string') === true ? ['integer', 'string'] : [text(at(schema, 'type')) || type];
  if (!wanted.includes(type) && !(type === 'integer' && wanted.includes('number'))) {
    const words = `${path} in body must be of type ${wanted.join(',')}: "${type}"`;
    return [{ ...invalidValue(path, type, words), reason: 'FieldValueTypeInvalid' }];
  }
  const choices = items(at(schema, 'enum'));
  return [
    ...(choices.length > 0 && !choices.includes(value) ? [unsupportedValue(path, value, choices)] : []),
    ...Object.entries(members(schema)).flatMap(([keyword, limit]) => limitFaults(value, keyword, limit, path)),
    ...faultsInside(value, schema, path),
  ];
}

function limitFaults(value: unknown, keyword: string, limit: unknown, path: string): Cause[] {
  const [measure, breaks, words = ''] = limits[keyword] ?? [];
  const size = measure?.(value);
  if (breaks?.(size, limit)) return [invalidValue(path, size, `${path} in body ${words.replace('%', String(limit))}`)];
  const [count, reason = '', ceiling = ''] = ceilings[keyword] ?? [];
  if (count === undefined || count(value) <= Number(limit)) return [];
  return [{ reason, message: ceiling.replace('%', String(limit)).replace('#', String(count(value))), field: path }];
}

function faultsInside(value: unknown, schema: unknown, path: string): Cause[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => faultsOf(item, at(schema, 'items'), `${path}[${index}]`));
  if (!isJsonObject(value)) return [];
  const missing = texts(at(schema, 'required')).filter((name) => !Object.hasOwn(value, name));
  const inner = Object.entries(value).flatMap(([name, member]) =>
    faultsOf(member, memberSchema(schema, name), join(path, name)),
  );
  return [...missing.map((name) => fault('Required', join(path, name))), ...inner];
}
