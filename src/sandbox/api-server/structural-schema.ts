/**
 * Custom resources by the structural schema of their definition: unknown fields are pruned, defaults filled in, the rest
 * is checked with the words of kube-apiserver. CEL rules and anyOf, oneOf, allOf, not count only on a real API server.
 */
import { cloneJson, isJsonObject, type JsonObject, setOwn } from '../../pod/json.js';
import { at, items, members, text, texts } from './json-reading.js';
import { type Cause, invalidValue, required, unsupportedValue } from './refusal.js';

const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

/** The schema of a member, if it has one. */
export function memberSchema(schema: unknown, name: string): unknown {
  return at(schema, 'properties', name) ?? at(schema, 'additionalProperties');
}

/** A copy without the fields that the schema does not know; their paths are added to `unknown`. */
export function pruned(value: unknown, schema: unknown, unknown: string[], path = ''): unknown {
  const keepsUnknown = at(schema, 'x-kubernetes-preserve-unknown-fields') === true;
  if (keepsUnknown && !isJsonObject(value)) return cloneJson(value);
  if (Array.isArray(value)) {
    return value.map((item, index) => pruned(item, at(schema, 'items'), unknown, `${path}[${index}]`));
  }
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

/** A keyword that limits a value: whether it holds, what breaks it, and the words for that. */
const limits: Record<string, [holds: (value: unknown, limit: unknown) => boolean, words: string, size?: true]> = {
  minimum: [(value, limit) => Number(value) >= Number(limit), 'should be greater than or equal to %'],
  maximum: [(value, limit) => Number(value) <= Number(limit), 'should be less than or equal to %'],
  multipleOf: [(value, limit) => Number(value) % Number(limit) === 0, 'should be a multiple of %'],
  pattern: [(value, limit) => new RegExp(text(limit), 'u').test(text(value)), "should match '%'"],
  minLength: [(value, limit) => lengthOf(value) >= Number(limit), 'should be at least % chars long'],
  minItems: [(value, limit) => sizeOf(value) >= Number(limit), 'should have at least % items', true],
  minProperties: [(value, limit) => sizeOf(value) >= Number(limit), 'should have at least % properties', true],
};

const ceilings: Record<string, (value: unknown, limit: number) => Omit<Cause, 'field'> | false> = {
  maxLength: (value, limit) =>
    lengthOf(value) > limit && {
      reason: 'FieldValueTooLong',
      message: `Too long: may not be more than ${limit} bytes`,
    },
  maxItems: (value, limit) => sizeOf(value) > limit && tooMany(sizeOf(value), limit),
  maxProperties: (value, limit) => sizeOf(value) > limit && tooMany(sizeOf(value), limit),
};

function tooMany(count: number, limit: number): Omit<Cause, 'field'> {
  const message = `Too many: ${count}: must have at most ${limit} item${limit === 1 ? '' : 's'}`;
  return { reason: 'FieldValueTooMany', message };
}

/** Everything that is wrong with a value. */
export function faultsOf(value: unknown, schema: unknown, path = ''): Cause[] {
  if (value === null && at(schema, 'nullable') === true) return [];
  const wanted =
    at(schema, 'x-kubernetes-int-or-string') === true ? ['integer', 'string'] : texts([at(schema, 'type') ?? '']);
  const type = typeOf(value);
  if (wanted[0] !== '' && !wanted.includes(type) && !(type === 'integer' && wanted.includes('number'))) {
    const words = `${path} in body must be of type ${wanted.join(',')}: "${type}"`;
    return [{ ...invalidValue(path, type, words), reason: 'FieldValueTypeInvalid' }];
  }
  const own = Object.entries(members(schema)).flatMap(([keyword, limit]): Cause[] => {
    const [holds, words = '', ofSize] = limits[keyword] ?? [];
    if (holds !== undefined && !holds(value, limit)) {
      return [
        invalidValue(path, ofSize ? sizeOf(value) : value, `${path} in body ${words.replace('%', String(limit))}`),
      ];
    }
    const tooHigh = ceilings[keyword]?.(value, Number(limit));
    return tooHigh ? [{ ...tooHigh, field: path }] : [];
  });
  const choices = items(at(schema, 'enum'));
  if (choices.length > 0 && !choices.includes(value)) own.push(unsupportedValue(path, value, choices));
  return [...own, ...faultsInside(value, schema, path)];
}

function faultsInside(value: unknown, schema: unknown, path: string): Cause[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => faultsOf(item, at(schema, 'items'), `${path}[${index}]`));
  }
  if (!isJsonObject(value)) return [];
  const missing = texts(at(schema, 'required')).filter((name) => !Object.hasOwn(value, name));
  const faults = Object.entries(value).flatMap(([name, member]) =>
    faultsOf(member, memberSchema(schema, name), join(path, name)),
  );
  return [...missing.map((name) => required(join(path, name))), ...faults];
}
