/**
 * What the reconciler keeps of a pod: a few fields, so that thousands fit, and the state that they amount to. A pod's state
 * is that of its Spark container where that has ended: a sidecar that goes on does not hide completion.
 */
import { z } from 'zod';
import {
  appliedAnnotation,
  driverContainerName,
  executorContainerNames,
  label,
  type Role,
  submitterContainerName,
} from '../src/api/labels.js';
import type { PodState } from '../src/api/status.js';
import { type KubernetesObject, type ObjectKey, objectKey } from '../src/kube/objects.js';
import { confVolumeName } from './submission/driver-config-map.js';
import { configMapIdIn, submissionConfigMapIdIn, submissionVolumeName } from './submission/names.js';

const terminated = z.looseObject({
  exitCode: z.int(),
  signal: z.int().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
});

const containerStatus = z.looseObject({
  name: z.string(),
  state: z
    .looseObject({
      waiting: z.looseObject({ reason: z.string().optional(), message: z.string().optional() }).optional(),
      terminated: terminated.optional(),
    })
    .optional(),
});

const podStatus = z.looseObject({
  phase: z.string().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
  conditions: z
    .array(
      z.looseObject({
        type: z.string(),
        status: z.string(),
        reason: z.string().optional(),
        message: z.string().optional(),
      }),
    )
    .nullish(),
  containerStatuses: z.array(containerStatus).nullish(),
  initContainerStatuses: z.array(containerStatus).nullish(),
});

export type ContainerEnd = z.infer<typeof terminated>;

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
  /** Whether its annotations ask the webhook for something. */
  readonly isTagged: boolean;
  /** Digest that the webhook left. */
  readonly applied: string | undefined;
  /** Id in the name of the ConfigMap without which the pod can not start. */
  readonly configMapId: string | undefined;
  readonly deleting: boolean;
  readonly phase: string;
  /** How the Spark container ended, once it has. */
  readonly end: ContainerEnd | undefined;
  /** Why the pod does not run yet, in Kubernetes' words. */
  readonly waiting: { readonly reason: string; readonly message: string } | undefined;
  /** Why the pod as a whole failed: eviction, node shutdown … */
  readonly failure: string | undefined;
}

export function projectPod(object: KubernetesObject): SparkPod {
  const { metadata } = object;
  const labels = metadata.labels ?? {};
  const role = labels[label.role];
  const isSubmitter = role === undefined && labels[label.submitter] === 'pod';
  const status = podStatus.parse('status' in object ? (object.status ?? {}) : {});
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
    isTagged: labels[label.tagged] === 'true',
    applied: metadata.annotations?.[appliedAnnotation],
    configMapId: 'spec' in object ? configMapIdOf(object.spec) : undefined,
    deleting: metadata.deletionTimestamp !== undefined,
    phase: status.phase ?? 'Pending',
    end: endOf(status, isSubmitter ? 'submitter' : role),
    waiting: waitingOf(status),
    failure: failure === '' ? undefined : failure,
  };
}

type PodStatus = z.infer<typeof podStatus>;

const podVolumes = z.looseObject({
  volumes: z
    .array(z.looseObject({ name: z.string(), configMap: z.looseObject({ name: z.string() }).optional() }))
    .nullish(),
});

function configMapIdOf(spec: unknown): string | undefined {
  const { volumes } = podVolumes.parse(spec);
  const volume = volumes?.find(({ name }) => name === confVolumeName || name === submissionVolumeName);
  return volume?.configMap === undefined
    ? undefined
    : (configMapIdIn(volume.configMap.name) ?? submissionConfigMapIdIn(volume.configMap.name));
}

const sparkContainers: Readonly<Record<string, readonly string[]>> = {
  driver: [driverContainerName],
  executor: executorContainerNames,
  submitter: [submitterContainerName],
};

function endOf(status: PodStatus, role: string | undefined): ContainerEnd | undefined {
  const names = (role === undefined ? undefined : sparkContainers[role]) ?? [];
  const container = status.containerStatuses?.find(({ name }) => names.includes(name));
  return container?.state?.terminated;
}

/** Reasons that every container passes through on its way. */
const ordinaryWaits: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing', '']);

function waitingOf(status: PodStatus): SparkPod['waiting'] {
  if (status.phase !== undefined && status.phase !== 'Pending') return undefined;
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  for (const { name, state } of containers) {
    const reason = state?.waiting?.reason ?? '';
    if (!ordinaryWaits.has(reason))
      return { reason, message: `container ${name}: ${state?.waiting?.message ?? reason}` };
  }
  const unscheduled = status.conditions?.find(
    (condition) => condition.type === 'PodScheduled' && condition.status === 'False',
  );
  if (unscheduled === undefined) return undefined;
  return { reason: unscheduled.reason ?? 'Unscheduled', message: unscheduled.message ?? 'the pod is not scheduled' };
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

/** Whether a pod that asks for features has got past the webhook, and past the policy that would have refused it. */
export function isUnmutated({ isTagged, applied = '' }: SparkPod): boolean {
  return isTagged && !/^[0-9a-f]{64}$/.test(applied);
}

/** Whether the Spark container runs or ran: only then were all objects that it mounts there. */
export function hasStarted(pod: SparkPod): boolean {
  return pod.phase !== 'Pending';
}
