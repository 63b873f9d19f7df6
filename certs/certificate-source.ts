/** Where a replica's certificate comes from: an authority of our own (authority-source.ts) or files (file-source.ts). */
import type { Anchor } from './anchor.js';
import type { Leaf } from './authority.js';
import type { Retention, TrustMemory } from './trust.js';

export interface SourceView {
  readonly serving: Leaf | undefined;
  readonly trust: TrustMemory;
  /** When the registrations were about to be read: what is read now is newer. Milliseconds of the wall clock. */
  readonly now: number;
}

/** Something to be done, by name for its pace. */
export interface Act<Result> {
  readonly name: string;
  readonly run: () => Promise<Result>;
}

export interface SourcePlan {
  /** Must come first, after which all is read anew. */
  readonly step?: Act<void>;
  /** What must stand in every bundle, beside the authority of what is served; undefined: bundles are somebody else's. */
  readonly wanted: readonly Anchor[] | undefined;
  /** What to serve instead. */
  readonly leaf?: Act<Leaf>;
}

export interface CertificateSource extends Retention {
  /** Milliseconds after which to look without being told to. */
  readonly interval: number;
  /** Reads and plans. @throws as the API server answered */
  look(view: SourceView): Promise<SourcePlan>;
}
