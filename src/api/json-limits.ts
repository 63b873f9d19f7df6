/**
 * JSON from outside, brought into a form that all that follows can take as it is: without nulls, which Kubernetes reads as
 * left out, not nested so deeply that a recursive reader runs out of stack, and without numbers or keys that would be
 * written back as other ones.
 */
import { formatPath, type Problem } from './problem.js';

/** Far more than any Kubernetes type needs. */
const maximumDepth = 64;

export function isNestedTooDeeply(value: unknown, levels = maximumDepth): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isNestedTooDeeply(member, levels - 1));
}

/** The first such place, or undefined. */
export function jsonProblem(value: unknown, path: readonly PropertyKey[] = []): Problem | undefined {
  if (typeof value === 'number' && !isKeptExactly(value)) {
    return { path: formatPath(path), message: 'this number can not be kept exactly; write a smaller one' };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (path.length >= maximumDepth) return { path: formatPath(path), message: 'nested too deeply' };
  const members: Iterable<[PropertyKey, unknown]> = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, member] of members) {
    if (key === '__proto__') return { path: formatPath([...path, key]), message: 'this name is not taken' };
    const problem = jsonProblem(member, [...path, key]);
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
