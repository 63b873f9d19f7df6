/** `status.executorState`: the state of each executor pod, as the peer keeps it, and the events of what changed. */
import type { PodState, SparkApplicationStatus } from '../src/api/status.js';
import { executorEvent } from './application-events.js';
import type { ApplicationEvent } from './decision.js';
import { podState, type SparkPod } from './spark-pod.js';

type ExecutorStates = Record<string, PodState>;

const finished: ReadonlySet<PodState> = new Set(['COMPLETED', 'FAILED']);

/** What became of an executor that vanished while the application is in the given state. */
const vanished: Readonly<Record<string, PodState>> = { RUNNING: 'UNKNOWN', COMPLETED: 'COMPLETED' };

export interface ExecutorChange {
  readonly states: ExecutorStates;
  readonly events: readonly ApplicationEvent[];
}

/** @param maximumTracked executors with a higher id are left out, as in the peer */
export function executorChange(
  status: SparkApplicationStatus,
  executors: readonly SparkPod[],
  applicationState: string,
  maximumTracked: number,
): ExecutorChange {
  const before = status.executorState ?? {};
  const tracked = executors.filter(({ executorId = 0 }) => executorId <= maximumTracked);
  const pods = new Map(tracked.map((pod) => [pod.name, pod]));
  const states: ExecutorStates = {};
  for (const [name, state] of Object.entries(before)) {
    const isGone = !pods.has(name) && !finished.has(state);
    states[name] = isGone ? (vanished[applicationState] ?? 'FAILED') : state;
  }
  for (const pod of tracked) states[pod.name] = podState(pod);
  const events = Object.entries(states)
    .filter(([name, state]) => before[name] !== state)
    .map(([name, state]) => executorEvent(state, name, pods.get(name)));
  return { states, events };
}
