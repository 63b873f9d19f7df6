/**
 * The rotation of authority and leaves, decided: what one replica has to do next, from what it has just read. Pure.
 *
 *   introduce  a successor is made beside the present authority, in the Secret                    (any one replica)
 *   announce   both stand in the bundle of every registration                                     (all, by precondition)
 *   promote    once they have stood there for the overlap: the successor becomes the present one  (any one replica)
 *   switch     each replica signs a leaf of the new one, once it has seen it trusted itself       (each for itself)
 *   retire     the old one leaves the bundles when no leaf of it can still be valid               (all)
 *
 * Each step is one write that holds or does not, and the next follows from what is there, so a crash between two costs
 * nothing but time. Leaves never depend on one another: each replica goes by what the API server told it last.
 */
import type { Anchor } from './anchor.js';
import { isTrusted, type TrustMemory } from './trust.js';

/** The Secret, as it was read. */
export type SecretState =
  | { readonly kind: 'absent' }
  /** `isOurs`: it carries our label, so that we may write it. */
  | { readonly kind: 'damaged'; readonly isOurs: boolean; readonly fault: string }
  | {
      readonly kind: 'sound';
      readonly isOurs: boolean;
      readonly current: Anchor;
      readonly successor?: Anchor | undefined;
    };

/** All in milliseconds. */
export interface RotationSettings {
  readonly authorityLifetime: number;
  readonly leafLifetime: number;
  /** How long every registration must have had an authority before a leaf of it is served. */
  readonly overlap: number;
}

export interface Serving {
  readonly anchor: Anchor;
  readonly issuedAt: number;
  readonly notAfter: number;
}

/** One write to the Secret, after which all is looked at anew. */
export type Step =
  | { readonly kind: 'create' }
  /** With the authority that is remembered as sound, or else a new one. */
  | { readonly kind: 'replace'; readonly fault: string }
  | { readonly kind: 'introduce' }
  | { readonly kind: 'promote' };

export interface Plan {
  readonly step?: Step;
  /** What must stand in every bundle. */
  readonly wanted: readonly Anchor[];
  /** The authority of which a leaf is to be signed now. */
  readonly sign?: Anchor;
}

export interface Looked {
  readonly secret: SecretState;
  /** The authority that this replica last saw sound in the Secret. */
  readonly remembered?: Anchor | undefined;
  readonly serving?: Serving | undefined;
  readonly trust: TrustMemory;
  readonly now: number;
  /** From 0 to below 1, always the same for one replica, so that replicas do not renew in step. */
  readonly chance: number;
}

export function planRotation(looked: Looked, settings: RotationSettings): Plan {
  const { secret, remembered, serving, now } = looked;
  const step = stepFor(looked, settings);
  const fallback = remembered !== undefined && remembered.notAfter > now ? [remembered] : [];
  const current = secret.kind === 'sound' ? secret.current : fallback[0];
  const successor = secret.kind === 'sound' ? secret.successor : undefined;
  const wanted = distinct([current, successor, serving?.anchor]).filter(({ notAfter }) => notAfter > now);
  const sign = current !== undefined && shouldSign(current, looked, settings) ? { sign: current } : {};
  return { wanted, ...(step === undefined ? {} : { step }), ...sign };
}

function stepFor({ secret, trust, now, chance }: Looked, settings: RotationSettings): Step | undefined {
  if (secret.kind === 'absent') return { kind: 'create' };
  if (!secret.isOurs) return undefined;
  if (secret.kind === 'damaged') return { kind: 'replace', fault: secret.fault };
  const { current, successor } = secret;
  if (successor !== undefined) {
    return isTrusted(trust, successor.id, now, settings.overlap) ? { kind: 'promote' } : undefined;
  }
  return now >= authorityDue(current, settings, chance) ? { kind: 'introduce' } : undefined;
}

function shouldSign(current: Anchor, { serving, trust, now, chance }: Looked, settings: RotationSettings): boolean {
  if (serving === undefined) return true;
  if (serving.anchor.id === current.id) return now >= leafDue(serving, chance);
  // One that has expired, after a long pause, is of no use to anybody: there is nothing to overlap with.
  return isTrusted(trust, current.id, now, now < serving.notAfter ? settings.overlap : 0);
}

/** Two thirds of a life, and up to a twentieth of it more by chance. */
const share = (chance: number) => 2 / 3 + chance / 20;

function leafDue({ issuedAt, notAfter }: Serving, chance: number): number {
  return issuedAt + (notAfter - issuedAt) * share(chance);
}

/** A setting that was shortened counts for the authority that is there, too. */
function authorityDue({ issuedAt, notAfter }: Anchor, { authorityLifetime }: RotationSettings, chance: number): number {
  return issuedAt + Math.min(notAfter - issuedAt, authorityLifetime) * share(chance);
}

/**
 * How long an authority stays in the bundles when nobody has use for it any more: as long as a leaf of it can be valid, and
 * an hour more for clocks that differ (for very short lives, a life more).
 */
export function retention({ leafLifetime }: RotationSettings): number {
  return leafLifetime + Math.min(leafLifetime, 60 * 60 * 1000);
}

/** How often to look without being told to. */
export function lookInterval({ leafLifetime, overlap }: RotationSettings): number {
  return Math.max(1_000, Math.min(60_000, leafLifetime / 12, overlap / 2));
}

function distinct(anchors: readonly (Anchor | undefined)[]): Anchor[] {
  return [
    ...new Map(anchors.flatMap((anchor) => (anchor === undefined ? [] : [[anchor.id, anchor] as const]))).values(),
  ];
}
