/**
 * Ends of pods that are the cluster's doing and not the application's: eviction, preemption, a node that was lost, shut down or
 * full. Kubernetes says so by the condition DisruptionTarget; what a kubelet refuses or loses has a reason of its own.
 */
import { type PodStatus, trueCondition } from './pod-status.js';

/**
 * PodStatus.reason. `Evicted` is not among them: of a node that runs full it comes with the condition, without it the pod
 * used more than its own limits.
 */
const disruptiveReasons: ReadonlySet<string> = new Set([
  'NodeLost',
  'NodeShutdown',
  'Shutdown',
  'Terminated',
  'Preempting',
  'Preempted',
  'NodeAffinity',
  'NodeAffinityChanged',
  'UnexpectedAdmissionError',
  'OutOfcpu',
  'OutOfmemory',
  'OutOfephemeral-storage',
  'OutOfpods',
]);

/** What disrupted the pod, in Kubernetes' words; undefined: nothing did. */
export function disruptionOf(status: PodStatus): string | undefined {
  const target = trueCondition(status, 'DisruptionTarget');
  if (target !== undefined) return describe(target.reason ?? 'DisruptionTarget', target.message);
  const { reason = '' } = status;
  return disruptiveReasons.has(reason) ? describe(reason, status.message) : undefined;
}

function describe(reason: string, message: string | undefined): string {
  return message ? `${reason}: ${message}` : reason;
}
