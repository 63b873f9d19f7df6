/**
 * How far a pod has come that does not run yet: in which stage of its start it is, since when, and why, in Kubernetes' words.
 * All of it is read off the pod's own status, so that it survives any restart of ours.
 */
import { parseTime } from '../src/api/status.js';
import type { TimeoutName } from '../src/api/timeouts.js';
import { type ContainerStatus, type PodStatus, trueCondition } from './pod-status.js';

export type PendingStage = Extract<TimeoutName, 'scheduling' | 'container creation' | 'image pull' | 'init containers'>;

export interface PendingPod {
  readonly stage: PendingStage;
  /** When it entered that stage, in milliseconds since the epoch. */
  readonly since: number;
  /** Kubernetes' word and sentence, where the pod says more than that it is on its way. */
  readonly because?: { readonly reason: string; readonly message: string };
}

/** Reasons that every container passes through on its way. */
const ordinaryWaits: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing', '']);

const pullFailures: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

/** Of the two reasons that a failing pull alternates between it does not matter which is shown. */
export function isPullFailure(reason: string): boolean {
  return pullFailures.has(reason);
}

/**
 * Undefined for a pod that is past its start.
 * @param created when the pod was created, in milliseconds since the epoch
 */
export function pendingPod(status: PodStatus, created: number): PendingPod | undefined {
  if (status.phase !== undefined && status.phase !== 'Pending') return undefined;
  const since = stageBegan(status, created);
  const waiting = waitingContainer(status);
  if (waiting !== undefined) {
    return { stage: pullFailures.has(waiting.reason) ? 'image pull' : 'container creation', since, because: waiting };
  }
  if (trueCondition(status, 'PodScheduled') === undefined)
    return { stage: 'scheduling', since, ...unscheduled(status) };
  return { stage: isInitializing(status) ? 'init containers' : 'container creation', since };
}

/** Init containers that are sidecars go on running once the pod is initialized. */
function isInitializing(status: PodStatus): boolean {
  if (trueCondition(status, 'Initialized') !== undefined) return false;
  return status.initContainerStatuses?.some(({ state }) => state?.running !== undefined) ?? false;
}

function waitingContainer(status: PodStatus): { reason: string; message: string } | undefined {
  for (const { name, state } of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) {
    const reason = state?.waiting?.reason ?? '';
    if (!ordinaryWaits.has(reason))
      return { reason, message: `container ${name}: ${state?.waiting?.message || reason}` };
  }
  return undefined;
}

function unscheduled(status: PodStatus): Pick<PendingPod, 'because'> {
  const condition = status.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (condition === undefined) return {};
  const { reason = 'Unscheduled', message = 'the pod is not scheduled' } = condition;
  return { because: { reason, message } };
}

/** The latest step that the pod has taken: each stage begins with one. */
function stageBegan(status: PodStatus, created: number): number {
  const steps = [
    ...['PodScheduled', 'PodReadyToStartContainers', 'Initialized'].map(
      (type) => trueCondition(status, type)?.lastTransitionTime,
    ),
    ...(status.initContainerStatuses ?? []).flatMap(stepsOf),
  ];
  return Math.max(created, ...steps.map((time) => parseTime(time) ?? 0));
}

function stepsOf({ state }: ContainerStatus): (string | null | undefined)[] {
  return [state?.running?.startedAt, state?.terminated?.finishedAt];
}
