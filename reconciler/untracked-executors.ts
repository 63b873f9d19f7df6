/**
 * Executors beyond those whose states are kept by name: which are there, by state, and how many of the others ended how. That
 * is enough for counts that stay exact across restarts, and a few bytes however many executors there were.
 */
import { formatRanges, parseRanges } from '../src/api/id-ranges.js';
import { type PodState, podStates, type SparkApplicationStatus } from '../src/api/status.js';
import { podState, type SparkPod } from './spark-pod.js';

export type UntrackedExecutors = NonNullable<SparkApplicationStatus['untrackedExecutors']>;
export type ExecutorCounts = Partial<Record<PodState, number>>;

/** @param afterVanishing what became of an executor that is gone, by its last state */
export function untrackedExecutors(
  before: UntrackedExecutors | null | undefined,
  pods: readonly SparkPod[],
  afterVanishing: (state: PodState) => PodState,
): UntrackedExecutors | undefined {
  const present = new Map(pods.map((pod) => [pod.executorId ?? 0, podState(pod)]));
  const gone: ExecutorCounts = { ...before?.gone };
  for (const state of podStates) {
    const vanished = parseRanges(before?.present?.[state] ?? '').filter((id) => !present.has(id)).length;
    if (vanished > 0) add(gone, afterVanishing(state), vanished);
  }
  if (present.size === 0 && Object.keys(gone).length === 0) return undefined;
  const byState = podStates
    .map((state) => [state, formatRanges([...present].filter(([, is]) => is === state).map(([id]) => id))] as const)
    .filter(([, ranges]) => ranges !== '');
  return { present: Object.fromEntries(byState), gone };
}

/** Of all executors of a run: those kept by name and the others. */
export function executorCounts(
  states: Readonly<Record<string, PodState>>,
  untracked: UntrackedExecutors | undefined,
): ExecutorCounts {
  const counts: ExecutorCounts = {};
  for (const state of Object.values(states)) add(counts, state, 1);
  for (const state of podStates) {
    add(counts, state, parseRanges(untracked?.present?.[state] ?? '').length + (untracked?.gone?.[state] ?? 0));
  }
  return counts;
}

function add(counts: ExecutorCounts, state: PodState, count: number): void {
  if (count > 0) counts[state] = (counts[state] ?? 0) + count;
}
