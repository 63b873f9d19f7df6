/** Building blocks of the schemas: zod types that also say how the field looks in the CRD. */
import { z } from 'zod';

const maximumInt32 = 2 ** 31 - 1;

export function int32(minimum = -maximumInt32 - 1, maximum = maximumInt32) {
  return z.int().min(minimum).max(maximum).meta({ format: 'int32' });
}

/** Whole numbers as far as JSON's readers keep them: beyond 2^53 they would come back as their neighbours. */
export function int64(minimum = Number.MIN_SAFE_INTEGER) {
  return z.int().min(minimum).meta({ format: 'int64' });
}

/**
 * Text that is not empty. Not `z.string().min(1)`: that asks even what is no string for its length, and throws when the
 * answer is an object such as `{"toString": 1}`.
 */
export function text(maximumLength?: number) {
  const notEmpty = z.string().refine((value) => value !== '', 'must not be empty');
  if (maximumLength === undefined) return notEmpty.meta({ minLength: 1 });
  return notEmpty
    .refine((value) => isWithin(value, maximumLength), `must not be longer than ${maximumLength} characters`)
    .meta({ minLength: 1, maxLength: maximumLength });
}

/** Characters as Kubernetes counts them: code points, of which there are at most as many as JavaScript's own characters. */
function isWithin(value: string, maximumLength: number): boolean {
  return value.length <= maximumLength || [...value].length <= maximumLength;
}

/**
 * Text of a form that both RE2 and JavaScript read alike; `wanted` says it in words, such as "a size such as 512m". An API
 * server says those words too: a schema's `pattern` would be shown as it is.
 */
export function formed(pattern: RegExp, wanted: string, maximumLength: number) {
  const message = `must be ${wanted}`;
  return bounded(pattern, message, maximumLength).meta({
    maxLength: maximumLength,
    'x-kubernetes-validations': [{ rule: `self.matches('${pattern.source.replaceAll('\\', '\\\\')}')`, message }],
  });
}

/** The same inside of lists, where rules would be too many for the budget of CEL. */
export function formedItem(pattern: RegExp, wanted: string, maximumLength: number) {
  return bounded(pattern, `must be ${wanted}`, maximumLength).meta({
    maxLength: maximumLength,
    pattern: pattern.source,
  });
}

function bounded(pattern: RegExp, message: string, maximumLength: number) {
  return z
    .string()
    .refine((value) => pattern.test(value), message)
    .refine((value) => isWithin(value, maximumLength), `must not be longer than ${maximumLength} characters`);
}

/** RFC 1123 label: what the names of volumes and containers must be. */
const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

export function volumeName() {
  return formedItem(dnsLabel, 'the name of a volume: lower-case letters, digits and dashes', 63);
}

const serviceName = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const portNameWords = 'the name of a port: lower-case letters, digits and single dashes';

/** Of a container: an RFC 6335 service name, as the API server takes it. */
export function portName() {
  return formedItem(serviceName, portNameWords, 15);
}

/** The same where it may be left out, or empty. */
export function optionalPortName() {
  return formed(new RegExp(`^(${serviceName.source.slice(1, -1)})?$`), portNameWords, 15).optional();
}

/** One of a few words. */
export function choice<const Words extends readonly [string, ...string[]]>(...words: Words) {
  return z.enum(words);
}

/** One of a few words in a field that may be left out; empty is left out too, as where Kubernetes reads it. */
export function optionalChoice<const Words extends readonly [string, ...string[]]>(...words: Words) {
  return z.enum(['', ...words]).optional();
}

/** apimachinery's resource.Quantity. */
const quantityPattern =
  /^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$/;

const quantityWords = 'must be a quantity such as 500m, 2 or 1Gi';

/** A Kubernetes quantity: `500m`, `2`, `1Gi`. */
export function quantity() {
  return z
    .union([z.int(), z.string().regex(quantityPattern, quantityWords)], quantityWords)
    .meta({ pattern: quantityPattern.source, 'x-kubernetes-int-or-string': true });
}

export function intOrString() {
  return z
    .union([z.int(), z.string()], 'must be a whole number or a text')
    .meta({ 'x-kubernetes-int-or-string': true });
}

/** A reference to an image, or empty. Longer than any registry takes; a bound keeps rules about it within their budget. */
export function image() {
  const maximumLength = 1024;
  return z
    .string()
    .refine((value) => isWithin(value, maximumLength), `must not be longer than ${maximumLength} characters`)
    .meta({ maxLength: maximumLength });
}

/** Label-like maps: string to string. */
export const stringMap = () => z.record(z.string(), z.string());

/** Not `max`, for the reason given at `text`. */
export function boundedList<Item extends z.ZodType>(item: Item, maximumItems: number) {
  return z
    .array(item)
    .refine(({ length }) => length <= maximumItems, `too many: must have at most ${maximumItems} items`)
    .meta({ maxItems: maximumItems });
}

/** A list whose items differ in their `keys`; `defaults` are the values of keys that are left out. */
export function keyedList<Item extends z.ZodObject>(
  item: Item,
  keys: readonly [string, ...string[]],
  defaults: Readonly<Record<string, string>> = {},
  maximumItems?: number,
) {
  const identity = (value: unknown) => {
    const members = new Map(Object.entries(value ?? {}));
    return JSON.stringify(keys.map((key) => members.get(key) ?? defaults[key]));
  };
  const list = maximumItems === undefined ? z.array(item) : boundedList(item, maximumItems);
  return list
    .superRefine((items, context) => addDuplicates(items.map(identity), keys.join(' and '), context))
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys });
}

/** A list of scalars that differ. */
export function setList<Item extends z.ZodString>(item: Item) {
  return z
    .array(item)
    .superRefine((items, context) => addDuplicates(items, 'value', context))
    .meta({ 'x-kubernetes-list-type': 'set' });
}

function addDuplicates(identities: readonly string[], what: string, context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, identity] of identities.entries()) {
    if (seen.has(identity)) {
      context.addIssue({ code: 'custom', path: [index], message: `Duplicate value: another one has the same ${what}` });
    }
    seen.add(identity);
  }
}
