/**
 * How the reconciler itself gets on, for probes and metrics. What others do, the API server above all, shows in the age of what
 * the watches last heard, and never makes the process count as dead: a restart would help nobody. Pure.
 */
import type { ApplicationLane } from './application-lanes.js';

export interface WatchProgress {
  readonly resource: string;
  /** Left out: all namespaces. */
  readonly namespace?: string;
  /** Since the latest event, bookmark or list; a bookmark comes every minute. */
  readonly silentMilliseconds: number;
}

export interface Progress {
  /** Applications that wait for a worker. */
  readonly waiting: Readonly<Record<ApplicationLane, number>>;
  /** How long the one has waited that has waited longest. */
  readonly longestWaitMilliseconds: number;
  /** For how long the pass has gone on that has gone on longest. */
  readonly longestPassMilliseconds: number;
  /** For how long applications have waited while no worker took any. */
  readonly stalledMilliseconds: number;
  readonly watches: readonly WatchProgress[];
  /** How many namespaces are worked on; undefined: there is no selector. */
  readonly selectedNamespaces?: number | undefined;
}

/**
 * A pass takes at most some 25 requests, each of which ends within 15 s, whatever the API server does: one that goes on for
 * longer will never end.
 */
const hopelessMilliseconds = 10 * 60_000;

/**
 * Why only a restart helps; undefined: it does its work. Workers that are all busy with the longest of passes still take the next one
 * within that time. A held up event loop needs no word here: it answers no probe.
 */
export function stuckBecause({ longestPassMilliseconds, stalledMilliseconds }: Progress): string | undefined {
  if (longestPassMilliseconds >= hopelessMilliseconds) {
    return `a pass over an application has gone on for ${wholeSeconds(longestPassMilliseconds)} s`;
  }
  if (stalledMilliseconds >= hopelessMilliseconds) {
    return `applications wait, and no worker has taken one for ${wholeSeconds(stalledMilliseconds)} s`;
  }
  return undefined;
}

function wholeSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1_000);
}
