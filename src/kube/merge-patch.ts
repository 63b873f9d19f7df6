/** The JSON merge patch (RFC 7386) between two versions of an object. */
import { isDeepStrictEqual } from 'node:util';

type Members = { readonly [key: string]: unknown };

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What turns `before` into `after`; undefined when nothing does. Members that `after` lacks are set to null. */
export function mergePatchBetween(before: Members, after: Members): Members | undefined {
  const patch: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, wanted] = [before[key], after[key] ?? null];
    if ((old ?? null) === null && wanted === null) continue;
    if (isDeepStrictEqual(old, wanted)) continue;
    const inner = isMembers(old) && isMembers(wanted) ? mergePatchBetween(old, wanted) : wanted;
    if (inner !== undefined) patch[key] = inner;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}
