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

type Check = (value: unknown) => boolean;

function checkOf(type: z.core.$ZodType): Check {
  if (type instanceof z.ZodOptional) return optional(checkOf(type.unwrap()));
  if (type instanceof z.ZodObject && type.def.catchall instanceof z.ZodNever)
    return withRefinements(type, object(type));
  if (type instanceof z.ZodArray) return withRefinements(type, array(type));
  if (type instanceof z.ZodRecord && isPlainText(type.keyType)) return withRefinements(type, record(type));
  if (isPlainText(type)) return (value) => typeof value === 'string';
  return (value) => isUnchanged(type, value);
}

function isUnchanged(type: z.core.$ZodType, value: unknown): boolean {
  const { success, data } = z.safeParse(type, value);
  return success && data === value;
}

function isPlainText(type: unknown): boolean {
  if (!(type instanceof z.ZodString)) return false;
  const { checks = [], coerce = false } = type.def;
  return type.format === null && checks.length === 0 && !coerce;
}

function optional(check: Check): Check {
  return (value) => value === undefined || check(value);
}

/** Refinements of a whole: that its items differ, say. */
function withRefinements({ def }: z.ZodType, check: Check): Check {
  // They are asked about values of this very type only, which the general type of a definition can not say.
  const checks = (def.checks ?? []) as z.core.$ZodCheck<unknown>[];
  if (checks.length === 0) return check;
  const refinements = z.unknown().check(...checks);
  return (value) => check(value) && isUnchanged(refinements, value);
}

/** The members of a type are looked up when a value first has them: most never are. */
function object({ shape }: z.ZodObject): Check {
  const members = new Map<string, Check>();
  const required = Object.keys(shape).filter((name) => !(shape[name] instanceof z.ZodOptional));
  const memberCheck = (name: string): Check | undefined => {
    const known = members.get(name);
    const type = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (known !== undefined || type === undefined) return known;
    const check = checkOf(type);
    members.set(name, check);
    return check;
  };
  return (value) => {
    if (!isObject(value)) return false;
    for (const name in value) if (memberCheck(name)?.(value[name]) !== true) return false;
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
