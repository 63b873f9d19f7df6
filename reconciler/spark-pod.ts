/**
 * What the reconciler keeps of a pod: a few fields, so that thousands fit, and the state that they amount to. A pod's state
 * is that of its Spark container where that has ended: a sidecar that goes on does not hide completion.
 */
import { z } from 'zod';
import {
  appliedAnnotation,
  driverContainerName,
  executorContainerNames,
  exitExceptionAnnotation,
  label,
  type Role,
  submitterContainerName,
} from '../src/api/labels.js';
import { sparkApplicationKind } from '../src/api/spark-application.js';
import { type PodState, parseTime } from '../src/api/status.js';
import { type KubernetesObject, type ObjectKey, objectKey } from '../src/kube/objects.js';
import { quickParser } from '../src/quick-check.js';
import { type PendingPod, pendingPod } from './pending-pod.js';
import { disruptionOf } from './pod-disruption.js';
import { type ContainerEnd, type PodStatus, readPodStatus } from './pod-status.js';
import { withoutStackFrames } from './stack-trace.js';
import { confVolumeName } from './submission/driver-config-map.js';
import { configMapIdIn, submissionConfigMapIdIn, submissionVolumeName } from './submission/names.js';

export interface SparkPod {
  readonly key: ObjectKey;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly name: string;
  readonly role: Role | undefined;
  /** It runs spark-submit, and is neither driver nor executor. */
  readonly isSubmitter: boolean;
  readonly applicationName: string | undefined;
  readonly submissionId: string | undefined;
  /** Label `spark-app-selector`. */
  readonly applicationId: string | undefined;
  readonly executorId: number | undefined;
  /** Uid of the controlling owner. */
  readonly ownerUid: string | undefined;
  /** Of the application among its owners, controlling or not: an executor goes with its driver and with its application. */
  readonly applicationUid: string | undefined;
  /** Whether its annotations ask the webhook for something. */
  readonly isTagged: boolean;
  /** Digest that the webhook left. */
  readonly applied: string | undefined;
  /** Id in the name of the ConfigMap without which the pod can not start. */
  readonly configMapId: string | undefined;
  readonly deleting: boolean;
  /** When its deletion should be over, grace period included, in milliseconds since the epoch. */
  readonly deletionDeadline: number | undefined;
  readonly nodeName: string | undefined;
  readonly phase: string;
  /** How the Spark container ended, once it has. */
  readonly end: ContainerEnd | undefined;
  /** The init container that ended it, once one has. */
  readonly failedInitContainer: { readonly name: string; readonly end: ContainerEnd } | undefined;
  /** How far it has come, as long as it does not run. */
  readonly pending: PendingPod | undefined;
  /** Why the pod as a whole failed: eviction, node shutdown … */
  readonly failure: string | undefined;
  /** What the cluster did to end it: preemption, a lost node … */
  readonly disruption: string | undefined;
  /** Of a driver: the exception that ended it, where Spark says so (4.1 and later). */
  readonly exception: string | undefined;
  /** Of the Spark container. */
  readonly memoryLimit: string | undefined;
}

export function projectPod(object: KubernetesObject): SparkPod {
  const { metadata } = object;
  const labels = metadata.labels ?? {};
  const role = labels[label.role];
  const isSubmitter = role === undefined && labels[label.submitter] === 'pod';
  const containers = (isSubmitter ? sparkContainers['submitter'] : sparkContainers[role ?? '']) ?? [];
  const status = readPodStatus('status' in object ? (object.status ?? {}) : {});
  const spec = readPodSpec('spec' in object ? (object.spec ?? {}) : {});
  const failure = [status.reason, status.message].filter((text) => text).join(': ');
  return {
    key: objectKey(metadata),
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    name: metadata.name,
    role: role === 'driver' || role === 'executor' ? role : undefined,
    isSubmitter,
    applicationName: labels[label.applicationName],
    submissionId: labels[label.submissionId],
    applicationId: labels[label.applicationId],
    executorId: /^\d{1,9}$/.test(labels[label.executorId] ?? '') ? Number(labels[label.executorId]) : undefined,
    ownerUid: metadata.ownerReferences?.find((owner) => owner.controller === true)?.uid,
    applicationUid: metadata.ownerReferences?.find(({ kind }) => kind === sparkApplicationKind)?.uid,
    isTagged: labels[label.tagged] === 'true',
    applied: metadata.annotations?.[appliedAnnotation],
    configMapId: configMapIdOf(spec),
    deleting: metadata.deletionTimestamp !== undefined,
    deletionDeadline: parseTime(metadata.deletionTimestamp),
    nodeName: spec.nodeName || undefined,
    phase: status.phase ?? 'Pending',
    end: status.containerStatuses?.find(({ name }) => containers.includes(name))?.state?.terminated,
    failedInitContainer: failedInitContainer(status),
    pending: pendingPod(status, parseTime(metadata.creationTimestamp) ?? 0),
    failure: failure === '' ? undefined : failure,
    disruption: disruptionOf(status),
    exception: role === 'driver' ? exceptionOf(metadata.annotations) : undefined,
    memoryLimit: spec.containers?.find(({ name }) => containers.includes(name))?.resources?.limits?.memory,
  };
}

const podSpec = z.looseObject({
  nodeName: z.string().nullish(),
  volumes: z
    .array(z.looseObject({ name: z.string(), configMap: z.looseObject({ name: z.string() }).nullish() }))
    .nullish(),
  containers: z
    .array(
      z.looseObject({
        name: z.string(),
        resources: z.looseObject({ limits: z.looseObject({ memory: z.string().optional() }).nullish() }).nullish(),
      }),
    )
    .nullish(),
});

const readPodSpec = quickParser(podSpec);

function configMapIdOf({ volumes }: z.infer<typeof podSpec>): string | undefined {
  const volume = volumes?.find(({ name }) => name === confVolumeName || name === submissionVolumeName);
  return volume?.configMap == null
    ? undefined
    : (configMapIdIn(volume.configMap.name) ?? submissionConfigMapIdIn(volume.configMap.name));
}

const sparkContainers: Readonly<Record<string, readonly string[]>> = {
  driver: [driverContainerName],
  executor: executorContainerNames,
  submitter: [submitterContainerName],
};

function failedInitContainer({ phase, initContainerStatuses }: PodStatus): SparkPod['failedInitContainer'] {
  if (phase !== 'Failed') return undefined;
  for (const { name, state } of initContainerStatuses ?? []) {
    if (state?.terminated !== undefined && state.terminated.exitCode !== 0) return { name, end: state.terminated };
  }
  return undefined;
}

/** With its causes an exception can be long. */
const longestException = 1_024;

function exceptionOf(annotations: Readonly<Record<string, string>> | undefined): string | undefined {
  return withoutStackFrames(annotations?.[exitExceptionAnnotation] ?? '').slice(0, longestException) || undefined;
}

const statesByPhase: Readonly<Record<string, PodState>> = {
  Pending: 'PENDING',
  Running: 'RUNNING',
  Succeeded: 'COMPLETED',
  Failed: 'FAILED',
};

/** The peer's mapping: phase, but a Spark container that has ended decides. */
export function podState(pod: SparkPod): PodState {
  if (pod.end !== undefined && pod.phase !== 'Pending') return pod.end.exitCode === 0 ? 'COMPLETED' : 'FAILED';
  return statesByPhase[pod.phase] ?? 'UNKNOWN';
}

export function hasEnded(pod: SparkPod): boolean {
  const state = podState(pod);
  return state === 'COMPLETED' || state === 'FAILED';
}

/** Whether a pod that asks for features has got past the webhook, and past the policy that would have refused it. */
export function isUnmutated({ isTagged, applied = '' }: SparkPod): boolean {
  return isTagged && !/^[0-9a-f]{64}$/.test(applied);
}

/** Whether the Spark container runs or ran: only then were all objects that it mounts there. */
export function hasStarted(pod: SparkPod): boolean {
  return pod.phase !== 'Pending';
}
