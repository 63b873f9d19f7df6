/**
 * Which authorities the API server trusts, as far as one replica has seen it: pure bookkeeping over the bundles that were
 * read from the registrations. Two rules of rotation stand on it: an authority may be served only when every registration
 * has had it for a while, and it may leave the bundles only when no leaf of it can still be in use.
 */
import type { Anchor, Bundle } from './anchor.js';

/** A registration as it was read; an entry is one webhook of it. */
export interface Registration {
  readonly name: string;
  /** Undefined: it does not exist. */
  readonly found?: { readonly version: string; readonly entries: readonly RegistrationEntry[] };
}

export interface RegistrationEntry {
  readonly name: string;
  readonly bundle: Bundle;
}

/** What a replica remembers from look to look; nothing is lost with it but time. */
export interface TrustMemory {
  /** Since when (milliseconds of the wall clock) every entry of every registration has had the anchor, by its id. */
  readonly trustedSince: ReadonlyMap<string, number>;
  /** Since when an anchor that stands in a bundle has been nobody's, by its id. */
  readonly unwantedSince: ReadonlyMap<string, number>;
  /** Ids of all authorities that this replica has worked with: theirs may be foreign names. */
  readonly known: ReadonlySet<string>;
}

export const nothingSeen: TrustMemory = { trustedSince: new Map(), unwantedSince: new Map(), known: new Set() };

/** Takes in what was read. */
export function observeTrusted(memory: TrustMemory, registrations: readonly Registration[], now: number): TrustMemory {
  return { ...memory, trustedSince: since(memory.trustedSince, trustedBy(registrations), now) };
}

/** Takes in what must be in the bundles from now on. */
export function observeWanted(
  memory: TrustMemory,
  registrations: readonly Registration[],
  wanted: readonly Anchor[],
  now: number,
): TrustMemory {
  const present = new Set(allEntries(registrations).flatMap(anchorIds));
  const wantedIds = wanted.map(({ id }) => id);
  const unwanted = [...present].filter((id) => !wantedIds.includes(id));
  return {
    ...memory,
    unwantedSince: since(memory.unwantedSince, unwanted, now),
    known: new Set([...[...memory.known].filter((id) => present.has(id)), ...wantedIds]),
  };
}

/** Ids that every entry of every registration has; none where a registration is missing or empty. */
export function trustedBy(registrations: readonly Registration[]): string[] {
  const entries = allEntries(registrations);
  if (registrations.some(({ found }) => found === undefined || found.entries.length === 0)) return [];
  const [first, ...others] = entries.map(anchorIds);
  return (first ?? []).filter((id) => others.every((ids) => ids.includes(id)));
}

/** Whether every registration has had the anchor for `milliseconds`. */
export function isTrusted({ trustedSince }: TrustMemory, id: string, now: number, milliseconds: number): boolean {
  const start = trustedSince.get(id);
  return start !== undefined && now - start >= milliseconds;
}

/** What becomes of anchors that stand in a bundle and that nobody wants. */
export interface Retention {
  /** Milliseconds for which an authority stays when nobody has use for it any more. */
  readonly retention: number;
  /** Whether one that we do not know may be that of another replica, which was told of it before us. */
  readonly keepsStrangers: boolean;
}

/** What one entry must hold; undefined where it does already. */
export function missingBundle(
  { bundle }: RegistrationEntry,
  wanted: readonly Anchor[],
  memory: TrustMemory,
  now: number,
  { retention, keepsStrangers }: Retention,
): readonly Anchor[] | undefined {
  const mayStay = (anchor: Anchor) => keepsStrangers || anchor.isOurs || memory.known.has(anchor.id);
  const kept = bundle.anchors.filter(
    (anchor) => !has(wanted, anchor) && mayStay(anchor) && anchor.notAfter > now && !isOver(anchor),
  );
  function isOver({ id }: Anchor): boolean {
    const start = memory.unwantedSince.get(id);
    return start !== undefined && now - start >= retention;
  }
  const target = [...wanted, ...kept];
  const isSame = target.length === bundle.anchors.length && target.every((anchor) => has(bundle.anchors, anchor));
  return isSame && !bundle.isUntidy ? undefined : target;
}

function has(anchors: readonly Anchor[], { id }: Anchor): boolean {
  return anchors.some((anchor) => anchor.id === id);
}

function allEntries(registrations: readonly Registration[]): RegistrationEntry[] {
  return registrations.flatMap(({ found }) => found?.entries ?? []);
}

function anchorIds({ bundle }: RegistrationEntry): string[] {
  return bundle.anchors.map(({ id }) => id);
}

/** A start that lies in the future is of a clock that was put back: counted anew. */
function since(before: ReadonlyMap<string, number>, ids: readonly string[], now: number): Map<string, number> {
  return new Map(ids.map((id) => [id, Math.min(before.get(id) ?? now, now)]));
}
