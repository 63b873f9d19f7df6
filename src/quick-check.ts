/**
 * A quick yes for values that are of a zod type as they stand. zod copies what it reads, and asks for every member that a type
 * knows; types of Kubernetes know dozens, of which a value has a few. Here only those are looked at. No is no answer: then zod
 * itself has to say what is wrong, or what it makes of the value.
 */
import { z } from 'zod';

/** True: zod would take the value, and give it back unchanged. */
export type QuickCheck<Type extends z.ZodType> = (value: unknown) => value is z.output<Type>;

export function quickCheck<Type extends z.ZodType>(type: Type): QuickCheck<Type> {
  const check = checkOf(type);
  return (value): value is z.output<Type> => check(value);
}

/** What `type.parse` gives, without a copy of what is right as it stands. */
export function quickParser<Type extends z.ZodType>(type: Type): (value: unknown) => z.output<Type> {
  const isRight = quickCheck(type);
  return (value) => (isRight(value) ? value : type.parse(value));
}

type Check = (value: unknown) => boolean;

function checkOf(type: z.core.$ZodType): Check {
  if (isWrapper(type) && hasRefinements(type)) return (value) => isUnchanged(type, value);
  if (type instanceof z.ZodOptional) return unless(undefined, checkOf(type.unwrap()));
  if (type instanceof z.ZodNullable) return unless(null, checkOf(type.unwrap()));
  if (type instanceof z.ZodCatch) return checkOf(type.unwrap());
  const check = scalar(type) ?? composed(type);
  return check === undefined ? (value) => isUnchanged(type, value) : withRefinements(type, check);
}

function isWrapper(type: z.core.$ZodType): boolean {
  return type instanceof z.ZodOptional || type instanceof z.ZodNullable || type instanceof z.ZodCatch;
}

/** Types whose values are taken as they stand or not at all. */
function scalar(type: z.core.$ZodType): Check | undefined {
  if (isText(type)) return (value) => typeof value === 'string';
  if (type instanceof z.ZodBoolean && !type.def.coerce) return (value) => typeof value === 'boolean';
  if (type instanceof z.ZodNumberFormat && type.format === 'safeint') return Number.isSafeInteger;
  if (type instanceof z.ZodUnknown) return () => true;
  if (type instanceof z.ZodEnum) return isOneOf(type.options);
  return type instanceof z.ZodUnion ? oneOf(type.options) : undefined;
}

function isText(type: unknown): type is z.ZodString {
  return type instanceof z.ZodString && (type.format === null || type.format === 'regex') && !type.def.coerce;
}

function isOneOf(words: readonly unknown[]): Check {
  const known = new Set(words);
  return (value) => known.has(value);
}

/** Of scalars only: of other types zod would take the first that fits, and that might change the value. */
function oneOf(options: readonly z.core.$ZodType[]): Check | undefined {
  if (options.some((option) => scalar(option) === undefined)) return undefined;
  const checks = options.map(checkOf);
  return (value) => checks.some((check) => check(value));
}

function composed(type: z.core.$ZodType): Check | undefined {
  if (isStrict(type) || isLoose(type)) return object(type);
  if (type instanceof z.ZodArray) return array(type);
  return type instanceof z.ZodRecord && isText(type.keyType) && !hasRefinements(type.keyType)
    ? record(type)
    : undefined;
}

function isUnchanged(type: z.core.$ZodType, value: unknown): boolean {
  const { success, data } = z.safeParse(type, value);
  return success && data === value;
}

function unless(nothing: null | undefined, check: Check): Check {
  return (value) => value === nothing || check(value);
}

const hasRefinements = ({ _zod: { def } }: z.core.$ZodType) => (def.checks ?? []).length > 0;

/** What is asked beside the type: of a text its length, of a list that its items differ. */
function withRefinements({ _zod: { def } }: z.core.$ZodType, check: Check): Check {
  // They are asked about values of this very type only, which the general type of a definition can not say.
  const refinements = (def.checks ?? []) as z.core.$ZodCheck<unknown>[];
  if (refinements.length === 0) return check;
  return (value) => {
    if (!check(value)) return false;
    const payload: z.core.ParsePayload = { value, issues: [] };
    const isAnswered = refinements.every(({ _zod }) => !(_zod.check(payload) instanceof Promise));
    return isAnswered && payload.issues.length === 0 && payload.value === value;
  };
}

/** Whose members that the type does not know zod refuses, and whose it keeps; those of others it drops. */
const isStrict = (type: z.core.$ZodType): type is z.ZodObject =>
  type instanceof z.ZodObject && type.def.catchall instanceof z.ZodNever;
const isLoose = (type: z.core.$ZodType): type is z.ZodObject =>
  type instanceof z.ZodObject && type.def.catchall instanceof z.ZodUnknown;

/** And stays so: what is caught for want of a value may be another one. */
function mayBeMissing(member: z.core.$ZodType | undefined): boolean {
  return member instanceof z.ZodCatch ? mayBeMissing(member.unwrap()) : member instanceof z.ZodOptional;
}

/** The members of a type are looked up when a value first has them: most never are. */
function object(type: z.ZodObject): Check {
  const { shape } = type;
  const members = new Map<string, Check>();
  const required = Object.keys(shape).filter((name) => !mayBeMissing(shape[name]));
  // A key `__proto__` is dropped from either.
  const unknown: Check = isLoose(type) ? () => true : () => false;
  const memberCheck = (name: string): Check => {
    const known = members.get(name);
    if (known !== undefined) return known;
    const member = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (member === undefined) return unknown;
    const check = checkOf(member);
    members.set(name, check);
    return check;
  };
  return (value) => {
    if (!isObject(value)) return false;
    for (const name in value) if (name === '__proto__' || !memberCheck(name)(value[name])) return false;
    return required.every((name) => Object.hasOwn(value, name));
  };
}

function array({ element }: z.ZodArray): Check {
  const check = checkOf(element);
  return (value) => Array.isArray(value) && value.every(check);
}

function record({ valueType }: z.ZodRecord): Check {
  const check = checkOf(valueType);
  return (value) => {
    if (!isObject(value)) return false;
    for (const name in value) if (name === '__proto__' || !check(value[name])) return false;
    return true;
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
