/**
 * What a kubelet does next with a pod, as a pure function of the pod and of what the node has seen. The pod's own status
 * is the memory, so that a node which starts anew goes on where the last one stopped.
 */
import { createHash } from 'node:crypto';
import type { ContainerState, ContainerStatus, PodCondition, PodStatus } from 'kubernetes-types/core/v1.js';
import { type PodScript, type SimulatedContainer, type SimulatedPod, scriptOf } from './simulated-pod.js';

export type Stage = 'new' | 'creating' | 'unschedulable' | 'pull-failed' | 'pull-back-off' | 'running' | 'ended';

export interface Observation {
  /** Milliseconds since the epoch. */
  now: number;
  /** When the pod entered its present stage. */
  since: number;
  /** Required ConfigMaps that do not exist. */
  missingConfigMaps: readonly string[];
  /** What the program in the pod was told, or wants: an executor to exit, a driver to stay until it has its executors. */
  told?: 'exit' | 'stay' | undefined;
}

export type Step =
  /** Nothing until the pod changes. */
  | { does: 'rest' }
  | { does: 'look-again'; afterMilliseconds: number }
  | { does: 'write'; status: PodStatus }
  | { does: 'remove' };

const fenceRetryMilliseconds = 200;
const pullRetryMilliseconds = 500;
/** As a kubelet cuts a message that it takes from the log. */
const lastWordsBytes = 2_048;

const stageOfWaiting: Record<string, Stage> = {
  ContainerCreating: 'creating',
  ErrImagePull: 'pull-failed',
  ImagePullBackOff: 'pull-back-off',
};

export function stageOf(pod: SimulatedPod): Stage {
  const { phase, conditions, containerStatuses } = pod.status;
  if (phase === 'Succeeded' || phase === 'Failed') return 'ended';
  if (phase === 'Running') return 'running';
  if (conditions.some(({ reason }) => reason === 'Unschedulable')) return 'unschedulable';
  return stageOfWaiting[containerStatuses[0]?.state.waiting?.reason ?? ''] ?? 'new';
}

/** When the pod started, for a node that finds it running; to the second, as Kubernetes has it. */
export function runningSince(pod: SimulatedPod): number | undefined {
  const startedAt = pod.status.containerStatuses[0]?.state.running?.startedAt;
  return startedAt === undefined ? undefined : Date.parse(startedAt);
}

export function nextStep(pod: SimulatedPod, seen: Observation): Step {
  if (pod.metadata.deletionTimestamp !== undefined) return { does: 'remove' };
  const stage = stageOf(pod);
  if (stage === 'ended') return { does: 'rest' };
  const script = scriptOf(pod);
  if ('fault' in script) return write({ phase: 'Failed', reason: 'SandboxScriptInvalid', message: script.fault });
  return stage === 'running' ? whileRunning(pod, script, seen) : towardsRunning(pod, stage, script, seen);
}

function towardsRunning(pod: SimulatedPod, stage: Stage, script: PodScript, seen: Observation): Step {
  if (script.unschedulable !== undefined) {
    return stage === 'unschedulable' ? { does: 'rest' } : write(unschedulable(script.unschedulable, seen.now));
  }
  if (script['pull-failure'] === 'true') return pulling(pod, stage, seen);
  if (seen.missingConfigMaps.length > 0) {
    if (stage === 'creating') return { does: 'look-again', afterMilliseconds: fenceRetryMilliseconds };
    return write(pending(pod, seen.now, () => ({ reason: 'ContainerCreating' })));
  }
  return write(running(pod, seen.now));
}

function pulling(pod: SimulatedPod, stage: Stage, seen: Observation): Step {
  if (stage === 'pull-back-off') return { does: 'rest' };
  const waited = seen.now - seen.since;
  if (stage === 'pull-failed' && waited < pullRetryMilliseconds) {
    return { does: 'look-again', afterMilliseconds: pullRetryMilliseconds - waited };
  }
  const fault = ({ image }: SimulatedContainer) =>
    `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
  return stage === 'pull-failed'
    ? write(
        pending(pod, seen.now, (container) => ({
          reason: 'ImagePullBackOff',
          message: `Back-off pulling image "${container.image}": ErrImagePull: ${fault(container)}`,
        })),
      )
    : write(pending(pod, seen.now, (container) => ({ reason: 'ErrImagePull', message: fault(container) })));
}

function whileRunning(pod: SimulatedPod, script: PodScript, seen: Observation): Step {
  if (seen.told === 'stay') return { does: 'rest' };
  const usual = pod.metadata.labels['spark-role'] === 'executor' ? Number.POSITIVE_INFINITY : 1_000;
  const left = seen.told === 'exit' ? 0 : seen.since + (script.duration ?? usual) - seen.now;
  if (left === Number.POSITIVE_INFINITY) return { does: 'rest' };
  return left > 0 ? { does: 'look-again', afterMilliseconds: left } : write(ended(pod, script, seen));
}

function unschedulable(message: string, now: number): PodStatus {
  return {
    phase: 'Pending',
    conditions: [condition('PodScheduled', false, now, { reason: 'Unschedulable', message })],
  };
}

function pending(
  pod: SimulatedPod,
  now: number,
  waiting: (container: SimulatedContainer) => { reason: string; message?: string },
): PodStatus {
  return {
    phase: 'Pending',
    startTime: time(now),
    conditions: conditions(now, false, 'ContainersNotReady'),
    containerStatuses: pod.spec.containers.map((container) =>
      containerStatus(container, { waiting: waiting(container) }),
    ),
  };
}

function running(pod: SimulatedPod, now: number): PodStatus {
  const podIP = addressOf(pod);
  const over = { terminated: { exitCode: 0, reason: 'Completed', startedAt: time(now), finishedAt: time(now) } };
  return {
    phase: 'Running',
    startTime: time(now),
    podIP,
    podIPs: [{ ip: podIP }],
    conditions: conditions(now, true),
    initContainerStatuses: pod.spec.initContainers.map((container) => containerStatus(container, over)),
    containerStatuses: pod.spec.containers.map((container) =>
      containerStatus(container, { running: { startedAt: time(now) } }),
    ),
  };
}

function ended(pod: SimulatedPod, script: PodScript, { now, since }: Observation): PodStatus {
  const main = pod.spec.containers.find(({ name }) => name.startsWith('spark-kubernetes-')) ?? pod.spec.containers[0];
  const succeeded = script['exit-code'] === 0;
  return {
    phase: succeeded ? 'Succeeded' : 'Failed',
    conditions: conditions(now, false, succeeded ? 'PodCompleted' : 'PodFailed'),
    containerStatuses: pod.spec.containers.map((container) => {
      const exitCode = container === main ? script['exit-code'] : 0;
      const reason = (container === main ? script.reason : undefined) ?? (exitCode === 0 ? 'Completed' : 'Error');
      const terminated = { exitCode, reason, startedAt: time(since), finishedAt: time(now) };
      const message = exitCode === 0 ? '' : lastWords(container, script['termination-message']);
      return containerStatus(container, { terminated: message === '' ? terminated : { ...terminated, message } });
    }),
  };
}

/** Spark writes no termination message, so a kubelet has one only if it may take it from the log. */
function lastWords(container: SimulatedContainer, log: string): string {
  if (container.terminationMessagePolicy !== 'FallbackToLogsOnError') return '';
  return Buffer.from(log).subarray(-lastWordsBytes).toString();
}

function containerStatus({ name, image }: SimulatedContainer, state: ContainerState): ContainerStatus {
  const isRunning = state.running !== undefined;
  return { name, image, imageID: '', ready: isRunning, started: isRunning, restartCount: 0, state };
}

function conditions(now: number, ready: boolean, reason?: string): PodCondition[] {
  const because = reason === undefined ? {} : { reason };
  return [
    condition('PodScheduled', true, now),
    condition('Initialized', true, now),
    condition('ContainersReady', ready, now, because),
    condition('Ready', ready, now, because),
  ];
}

function condition(
  type: string,
  holds: boolean,
  now: number,
  because: { reason?: string; message?: string } = {},
): PodCondition {
  return { type, status: holds ? 'True' : 'False', lastTransitionTime: time(now), ...because };
}

/** An address of 10.0.0.0/8 that stays the same for the pod. */
function addressOf(pod: SimulatedPod): string {
  return `10.${[...createHash('sha256').update(pod.metadata.uid).digest().subarray(0, 3)].join('.')}`;
}

function write(status: PodStatus): Step {
  return { does: 'write', status };
}

/** As Kubernetes writes times: to the second. */
function time(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
