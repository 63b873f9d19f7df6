/**
 * Executors beyond those whose states are kept by name: their numbers by state, as ranges, whether their pods are there or gone,
 * so that one that comes back or is judged anew is counted once. The oldest of those that are gone are let go to mere counts.
 */
import { formatRanges, parseRanges } from '../src/api/id-ranges.js';
import { type PodState, podStates, type SparkApplicationStatus } from '../src/api/status.js';
import type { SparkPod } from './spark-pod.js';

export type UntrackedExecutors = NonNullable<SparkApplicationStatus['untrackedExecutors']>;
export type ExecutorCounts = Partial<Record<PodState, number>>;

/** Some 40 KB of status, should no two neighbours be in one state. */
const maximumGone = 5_000;

/** What a status says of them. */
export interface CountedExecutors {
  /** The latest state of each by its number. */
  readonly states: ReadonlyMap<number, PodState>;
  /** Of the others up to this number only the counts are known. */
  readonly settledUpTo: number;
  readonly settled: ExecutorCounts;
}

export function readCounted(before: UntrackedExecutors | null | undefined): CountedExecutors {
  const ofState = (state: PodState) => parseRanges(before?.byState?.[state] ?? '').map((id) => [id, state] as const);
  return {
    states: new Map(podStates.flatMap(ofState)),
    settledUpTo: before?.settledUpTo ?? -1,
    settled: before?.settled ?? {},
  };
}

/** Whether it was counted without a name before, and so stays without one. */
export function isCounted({ states, settledUpTo }: CountedExecutors, id: number): boolean {
  return states.has(id) || id <= settledUpTo;
}

/**
 * @param pods those that are there and have no name in the status; without a number they are none of Spark's
 * @param named numbers of those that are there and have one
 * @param stateOf of a pod that is there, given its last state
 * @param afterVanishing what became of an executor that is gone, by its last state
 */
export function untrackedExecutors(
  before: CountedExecutors,
  pods: readonly SparkPod[],
  named: ReadonlySet<number>,
  stateOf: (pod: SparkPod, last: PodState | undefined) => PodState,
  afterVanishing: (state: PodState) => PodState,
): UntrackedExecutors | undefined {
  const present = new Map<number, PodState>();
  for (const pod of pods) {
    const { executorId: id } = pod;
    const isSettled = id !== undefined && id <= before.settledUpTo && !before.states.has(id);
    if (id !== undefined && !isSettled) present.set(id, stateOf(pod, before.states.get(id)));
  }
  const gone = new Map<number, PodState>();
  for (const [id, state] of before.states) {
    if (!present.has(id) && !named.has(id)) gone.set(id, afterVanishing(state));
  }
  const settled: ExecutorCounts = {};
  for (const state of podStates) add(settled, afterVanishing(state), before.settled[state] ?? 0);
  return statusOf(present, settleOldest({ states: gone, settledUpTo: before.settledUpTo, settled }));
}

/** Where too many are gone, the lowest numbers become counts: those have been gone the longest. */
function settleOldest(gone: CountedExecutors): CountedExecutors {
  const ascending = [...gone.states].sort(([a], [b]) => a - b);
  const leaving = ascending.splice(0, Math.max(0, ascending.length - maximumGone));
  const settled = { ...gone.settled };
  for (const [, state] of leaving) add(settled, state, 1);
  const settledUpTo = Math.max(gone.settledUpTo, leaving.at(-1)?.[0] ?? -1);
  return { states: new Map(ascending), settledUpTo, settled };
}

function statusOf(present: ReadonlyMap<number, PodState>, gone: CountedExecutors): UntrackedExecutors | undefined {
  const executors = [...present, ...gone.states];
  const hasSettled = gone.settledUpTo >= 0;
  if (executors.length === 0 && !hasSettled) return undefined;
  const byState = podStates
    .map((state) => [state, formatRanges(executors.filter(([, is]) => is === state).map(([id]) => id))] as const)
    .filter(([, ranges]) => ranges !== '');
  return {
    byState: Object.fromEntries(byState),
    ...(hasSettled ? { settledUpTo: gone.settledUpTo, settled: gone.settled } : {}),
  };
}

/** Of all executors of a run: those kept by name and the others. */
export function executorCounts(states: Iterable<PodState>, untracked: UntrackedExecutors | undefined): ExecutorCounts {
  const counts: ExecutorCounts = {};
  for (const state of states) add(counts, state, 1);
  for (const state of podStates) {
    add(counts, state, parseRanges(untracked?.byState?.[state] ?? '').length + (untracked?.settled?.[state] ?? 0));
  }
  return counts;
}

function add(counts: ExecutorCounts, state: PodState, count: number): void {
  if (count > 0) counts[state] = (counts[state] ?? 0) + count;
}
