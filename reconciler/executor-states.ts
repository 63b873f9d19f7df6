/**
 * The executors in a status: the state of each pod by name, as the peer keeps it, up to a limit, the counts of all of them, and
 * the events of what changed.
 */
import type { PodState, SparkApplicationStatus } from '../src/api/status.js';
import { applicationEvents, executorEvent } from './application-events.js';
import type { ApplicationEvent } from './decision.js';
import { isUnmutated, podState, type SparkPod } from './spark-pod.js';
import {
  type CountedExecutors,
  executorCounts,
  isCounted,
  readCounted,
  untrackedExecutors,
} from './untracked-executors.js';

const finished: ReadonlySet<PodState> = new Set(['COMPLETED', 'FAILED']);

/** What became of an executor that vanished while the application is in the given state. */
const vanished: Readonly<Record<string, PodState>> = { RUNNING: 'UNKNOWN', COMPLETED: 'COMPLETED' };

export interface ExecutorChange {
  /** The fields of the status that speak of executors; none as long as there was none. */
  readonly status: Pick<SparkApplicationStatus, 'executorState' | 'executorCounts' | 'untrackedExecutors'>;
  readonly events: readonly ApplicationEvent[];
}

/**
 * An executor stays where it was first recorded, by name or by number, also when the limit becomes another one.
 * @param maximumTracked executors with a higher id, and more executors than this, are counted only
 */
export function executorChange(
  status: SparkApplicationStatus,
  executors: readonly SparkPod[],
  applicationState: string,
  maximumTracked: number,
): ExecutorChange {
  const before = new Map(Object.entries(status.executorState ?? {}));
  const afterVanishing = (state: PodState) => (finished.has(state) ? state : (vanished[applicationState] ?? 'FAILED'));
  const stateOf = (pod: SparkPod, last: PodState | undefined) => laterState(last, executorState(pod, applicationState));
  const counted = readCounted(status.untrackedExecutors);
  const { tracked, others } = sortOut(executors, before, counted, maximumTracked);
  const states = new Map<string, PodState>();
  for (const [name, state] of before) states.set(name, afterVanishing(state));
  for (const [name, pod] of tracked) states.set(name, stateOf(pod, before.get(name)));
  const named = new Set([...tracked.values()].flatMap(({ executorId }) => executorId ?? []));
  const untracked = untrackedExecutors(counted, others, named, stateOf, afterVanishing);
  const events = [...states]
    .filter(([name, state]) => before.get(name) !== state)
    .map(([name, state]) => executorEvent(state, name, tracked.get(name)));
  const isNew = ({ name, executorId }: SparkPod) =>
    tracked.has(name) ? !before.has(name) : executorId !== undefined && !isCounted(counted, executorId);
  return { status: statusOf(states, untracked), events: [...unmutated(executors.filter(isNew)), ...events] };
}

/** An executor that has ended stays so: a pod that says otherwise is from a cache that is behind what the last leader had seen. */
function laterState(before: PodState | undefined, now: PodState): PodState {
  return before !== undefined && finished.has(before) && !finished.has(now) ? before : now;
}

/** One that Spark stops, because it needs it no longer or is done itself, ends by SIGTERM: that is no failure. */
function executorState(pod: SparkPod, applicationState: string): PodState {
  const wasStopped = pod.end?.exitCode === 143 && pod.disruption === undefined;
  return wasStopped && (pod.deleting || applicationState === 'COMPLETED') ? 'COMPLETED' : podState(pod);
}

/** Told once, when an executor is first seen, also of those that are counted only. */
function unmutated(newExecutors: readonly SparkPod[]): readonly ApplicationEvent[] {
  return newExecutors.filter(isUnmutated).map(({ name }) => applicationEvents.podUnmutated(name));
}

/** The pods that are kept by name, and those that are counted. */
function sortOut(
  executors: readonly SparkPod[],
  before: ReadonlyMap<string, PodState>,
  counted: CountedExecutors,
  maximumTracked: number,
): { tracked: ReadonlyMap<string, SparkPod>; others: readonly SparkPod[] } {
  const tracked = new Map<string, SparkPod>();
  const others: SparkPod[] = [];
  let room = maximumTracked - before.size;
  for (const pod of executors) {
    const { name, executorId = 0 } = pod;
    if (before.has(name)) tracked.set(name, pod);
    else if (executorId <= maximumTracked && room > 0 && !isCounted(counted, executorId)) {
      tracked.set(name, pod);
      room -= 1;
    } else others.push(pod);
  }
  return { tracked, others };
}

function statusOf(
  states: ReadonlyMap<string, PodState>,
  untracked: ReturnType<typeof untrackedExecutors>,
): ExecutorChange['status'] {
  if (states.size === 0 && untracked === undefined) return {};
  return {
    ...(states.size === 0 ? {} : { executorState: Object.fromEntries(states) }),
    executorCounts: executorCounts(states.values(), untracked),
    ...(untracked === undefined ? {} : { untrackedExecutors: untracked }),
  };
}
