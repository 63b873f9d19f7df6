/**
 * JSON from outside, brought into a form that all that follows can take as it is: without nulls, which Kubernetes reads as
 * left out, not nested so deeply nor of so many values that a reader runs out of stack, and without numbers or keys that
 * would be written back as other ones.
 */
import { type Problem, problemAt } from './problem.js';

/** Far more than any Kubernetes type needs. */
const maximumDepth = 64;

/**
 * Of all lists and objects together. zod passes what is wrong with the members of a list on as the arguments of one call, and
 * some 120,000 of those fill the stack; a value that lacks several fields counts several times. An application of any use has
 * a few hundred values.
 */
const maximumValues = 30_000;

export function isNestedTooDeeply(value: unknown, levels = maximumDepth): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isNestedTooDeeply(member, levels - 1));
}

/** The first such place, or undefined. */
export function jsonProblem(value: unknown, path: readonly PropertyKey[] = []): Problem | undefined {
  const isAllFit = isFit(value, maximumDepth - path.length, { left: maximumValues });
  return isAllFit ? undefined : problemIn(value, path, { left: maximumValues });
}

/** How many more values there may be, counted down. */
interface Left {
  left: number;
}

/** Whether there is nothing to say, which is found out without noting every path. */
function isFit(value: unknown, levels: number, values: Left): boolean {
  if (values.left === 0) return false;
  values.left -= 1;
  if (typeof value === 'number') return isKeptExactly(value);
  if (typeof value !== 'object' || value === null) return true;
  if (levels <= 0) return false;
  if (Array.isArray(value)) return value.every((item) => isFit(item, levels - 1, values));
  return Object.entries(value).every(([key, member]) => key !== '__proto__' && isFit(member, levels - 1, values));
}

function problemIn(value: unknown, path: readonly PropertyKey[], values: Left): Problem | undefined {
  if (values.left === 0) return problemAt(path, `too many values: the object holds more than ${maximumValues}`);
  values.left -= 1;
  if (typeof value === 'number' && !isKeptExactly(value)) {
    return problemAt(path, 'this number can not be kept exactly; write a smaller one');
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (path.length >= maximumDepth) return problemAt(path, 'nested too deeply');
  const members: Iterable<[PropertyKey, unknown]> = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, member] of members) {
    if (key === '__proto__') return problemAt([...path, key], 'this name is not taken');
    const problem = problemIn(member, [...path, key], values);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** `1e999` is read as infinity and written as null; whole numbers beyond 2^53 are read as their neighbours. */
function isKeptExactly(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

/**
 * A copy without the members of objects that are null, as an API server stores custom resources.
 * @param isKept whether what stands at a path is free of any schema, and therefore stays as it is
 */
export function withoutNulls(
  value: unknown,
  isKept: (path: readonly PropertyKey[]) => boolean = () => false,
  path: readonly PropertyKey[] = [],
): unknown {
  if (typeof value !== 'object' || value === null || isKept(path)) return value;
  if (Array.isArray(value)) return value.map((item, index) => withoutNulls(item, isKept, [...path, index]));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [key, withoutNulls(member, isKept, [...path, key])]),
  );
}
