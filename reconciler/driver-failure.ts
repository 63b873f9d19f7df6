/**
 * How a driver failed, in words, and whose fault it was. The words begin as the peer's do and go on with all that Kubernetes
 * and Spark say: container, pod, node, signal, the pod's own reason, and the last words of the container.
 */
import { driverContainerName } from '../src/api/labels.js';
import { boundMessage } from '../src/api/status.js';
import type { SparkPod } from './spark-pod.js';
import { withoutStackFrames } from './stack-trace.js';

export interface DriverFailure {
  readonly message: string;
  /** The cluster's doing: retried without using up the tries of the application. */
  readonly isInfrastructure: boolean;
}

export function driverFailure(pod: SparkPod): DriverFailure {
  const cause = pod.disruption ?? (wasStopped(pod) ? 'the pod was deleted while it ran' : undefined);
  const parts = [
    howItEnded(pod),
    cause === undefined ? undefined : `infrastructure failure: ${cause}`,
    // Kubernetes repeats itself: the reason of a disrupted pod is in its condition too.
    pod.failure !== undefined && !cause?.includes(pod.failure) ? pod.failure : undefined,
    `container ${pod.failedInitContainer?.name ?? driverContainerName} of pod ${pod.name}${onNode(pod)}`,
    outOfMemory(pod),
    pod.exception === undefined ? undefined : `exception: ${pod.exception}`,
    lastWords(pod),
  ];
  return { message: boundMessage(parts.filter(Boolean).join('; ')), isInfrastructure: cause !== undefined };
}

export function onNode({ nodeName }: SparkPod): string {
  return nodeName === undefined ? '' : ` on node ${nodeName}`;
}

function howItEnded({ end, failedInitContainer }: SparkPod): string {
  if (end !== undefined) return `driver container failed with ${describeExit(end)}`;
  if (failedInitContainer === undefined) return 'driver container status missing';
  return `init container ${failedInitContainer.name} failed with ${describeExit(failedInitContainer.end)}`;
}

function describeExit({ exitCode, reason = 'Unknown', signal }: NonNullable<SparkPod['end']>): string {
  const number = signal || exitCode - 128;
  const name = signalNames[number];
  return `ExitCode: ${exitCode}, Reason: ${reason}${name === undefined ? '' : `, signal ${number} (${name})`}`;
}

/** Exit codes of a shell or a container runtime are 128 and the signal's number. */
const signalNames: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
};

/** A container that ends by the kubelet's signals while its pod is deleted did not fail by itself. */
function wasStopped({ deleting, end }: SparkPod): boolean {
  return deleting && (end?.exitCode === 143 || (end?.exitCode === 137 && end.reason !== 'OOMKilled'));
}

function outOfMemory({ end, memoryLimit }: SparkPod): string | undefined {
  if (end?.reason !== 'OOMKilled') return undefined;
  const limit = memoryLimit === undefined ? 'the memory of its node' : `its memory limit of ${memoryLimit}`;
  return `it used more than ${limit}: raise spec.driver.memory or spec.driver.memoryOverhead`;
}

function lastWords({ end, failedInitContainer }: SparkPod): string | undefined {
  const words = withoutStackFrames((end ?? failedInitContainer?.end)?.message ?? '');
  return words === '' ? undefined : `last words: ${words}`;
}
