/**
 * What is wrong with a custom resource by the structural schema of its definition, in the words of kube-apiserver. anyOf, oneOf,
 * allOf, not and formats count only on a real API server.
 */
import { isDeepStrictEqual } from 'node:util';
import { isJsonObject } from '../../pod/json.js';
import { at, items, members, text, texts } from './objects.js';
import { type Cause, fault, invalidValue, unsupportedValue } from './refusal.js';
import { join, memberSchema } from './schema.js';

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

const numeric: ReadonlySet<string> = new Set(['minimum', 'maximum']);
const isJsonNumber = (value: unknown) => typeof value === 'number';

/** Everything that is wrong with a value; what stays as it was in `old` is not looked at ("Validation ratcheting"). */
export function faultsOf(value: unknown, schema: unknown, path = '', old?: unknown): Cause[] {
  if (value === null && at(schema, 'nullable') === true) return [];
  if (old !== undefined && isDeepStrictEqual(old, value)) return [];
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
    ...duplicates(value, schema, path),
    ...unmatched(value, schema, path),
    ...faultsInside(value, schema, path, old),
  ];
}

function limitFaults(value: unknown, keyword: string, limit: unknown, path: string): Cause[] {
  if (isJsonNumber(value) !== numeric.has(keyword)) return [];
  const [measure, breaks, words = ''] = limits[keyword] ?? [];
  const size = measure?.(value);
  if (breaks?.(size, limit)) return [invalidValue(path, size, `${path} in body ${words.replace('%', String(limit))}`)];
  const [count, reason = '', ceiling = ''] = ceilings[keyword] ?? [];
  if (count === undefined || count(value) <= Number(limit)) return [];
  return [{ reason, message: ceiling.replace('%', String(limit)).replace('#', String(count(value))), field: path }];
}

function keyOf(item: unknown, schema: unknown): string {
  const keys = texts(at(schema, 'x-kubernetes-list-map-keys'));
  return JSON.stringify(Object.fromEntries(keys.map((key) => [key, at(item, key)])));
}

/** Only the items of a keyed list have a counterpart in what is stored. */
function itemsByKey(list: unknown, schema: unknown): ReadonlyMap<string, unknown> {
  const isKeyed = at(schema, 'x-kubernetes-list-type') === 'map';
  return new Map(isKeyed ? items(list).map((item) => [keyOf(item, schema), item]) : []);
}

function duplicates(value: unknown, schema: unknown, path: string): Cause[] {
  const type = text(at(schema, 'x-kubernetes-list-type'));
  if (!['map', 'set'].includes(type)) return [];
  const seen = new Set<string>();
  return items(value).flatMap((item, index) => {
    const identity = type === 'set' ? JSON.stringify(item) : keyOf(item, schema);
    if (seen.has(identity)) return [fault('Duplicate', `${path}[${index}]`, identity)];
    seen.add(identity);
    return [];
  });
}

/** The one form of CEL that is understood here: texts that must match a pattern. */
function unmatched(value: unknown, schema: unknown, path: string): Cause[] {
  return items(at(schema, 'x-kubernetes-validations')).flatMap((validation) => {
    const [, pattern] = /^self\.matches\('(.*)'\)$/s.exec(text(at(validation, 'rule'))) ?? [];
    if (pattern === undefined || new RegExp(pattern.replaceAll('\\\\', '\\'), 'u').test(text(value))) return [];
    return [invalidValue(path, 'string', text(at(validation, 'message')))];
  });
}

function faultsInside(value: unknown, schema: unknown, path: string, old: unknown): Cause[] {
  if (Array.isArray(value)) {
    const before = itemsByKey(old, schema);
    return value.flatMap((item, index) =>
      faultsOf(item, at(schema, 'items'), `${path}[${index}]`, before.get(keyOf(item, schema))),
    );
  }
  if (!isJsonObject(value)) return [];
  const missing = texts(at(schema, 'required')).filter((name) => !Object.hasOwn(value, name));
  const inner = Object.entries(value).flatMap(([name, member]) =>
    faultsOf(member, memberSchema(schema, name), join(path, name), at(old, name)),
  );
  return [...missing.map((name) => fault('Required', join(path, name))), ...inner];
}
