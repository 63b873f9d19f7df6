/**
 * The executors in a status: the state of each pod by name, as the peer keeps it, up to a limit, the counts of all of them, and
 * the events of what changed.
 */
import type { PodState, SparkApplicationStatus } from '../src/api/status.js';
import { executorEvent } from './application-events.js';
import type { ApplicationEvent } from './decision.js';
import { podState, type SparkPod } from './spark-pod.js';
import { executorCounts, untrackedExecutors } from './untracked-executors.js';

type ExecutorStates = Record<string, PodState>;

const finished: ReadonlySet<PodState> = new Set(['COMPLETED', 'FAILED']);

/** What became of an executor that vanished while the application is in the given state. */
const vanished: Readonly<Record<string, PodState>> = { RUNNING: 'UNKNOWN', COMPLETED: 'COMPLETED' };

export interface ExecutorChange {
  /** The fields of the status that speak of executors; none as long as there was none. */
  readonly status: Pick<SparkApplicationStatus, 'executorState' | 'executorCounts' | 'untrackedExecutors'>;
  readonly events: readonly ApplicationEvent[];
}

/** @param maximumTracked executors with a higher id are counted only */
export function executorChange(
  status: SparkApplicationStatus,
  executors: readonly SparkPod[],
  applicationState: string,
  maximumTracked: number,
): ExecutorChange {
  const before = status.executorState ?? {};
  const afterVanishing = (state: PodState) => (finished.has(state) ? state : (vanished[applicationState] ?? 'FAILED'));
  const isTracked = ({ executorId = 0 }: SparkPod) => executorId <= maximumTracked;
  const pods = new Map(executors.filter(isTracked).map((pod) => [pod.name, pod]));
  const states: ExecutorStates = {};
  for (const [name, state] of Object.entries(before)) states[name] = pods.has(name) ? state : afterVanishing(state);
  for (const pod of pods.values()) states[pod.name] = podState(pod);
  const others = executors.filter((pod) => !isTracked(pod));
  const untracked = untrackedExecutors(status.untrackedExecutors, others, afterVanishing);
  const events = Object.entries(states)
    .filter(([name, state]) => before[name] !== state)
    .map(([name, state]) => executorEvent(state, name, pods.get(name)));
  return { status: statusOf(states, untracked), events };
}

function statusOf(states: ExecutorStates, untracked: ReturnType<typeof untrackedExecutors>): ExecutorChange['status'] {
  if (Object.keys(states).length === 0 && untracked === undefined) return {};
  return {
    ...(Object.keys(states).length === 0 ? {} : { executorState: states }),
    executorCounts: executorCounts(states, untracked),
    ...(untracked === undefined ? {} : { untrackedExecutors: untracked }),
  };
}
