/** A driver pod in the words in which spark-submit shows it (`KubernetesUtils.formatPodState`). */
import { z } from 'zod';

const containerState = z.looseObject({
  running: z.object({ startedAt: z.string().nullish() }).nullish(),
  waiting: z.object({ reason: z.string().nullish(), message: z.string().nullish() }).nullish(),
  terminated: z
    .object({
      exitCode: z.number(),
      reason: z.string().nullish(),
      startedAt: z.string().nullish(),
      finishedAt: z.string().nullish(),
    })
    .nullish(),
});

/** As much of a pod as is shown. */
export const shownPod = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string().default(''),
    uid: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    creationTimestamp: z.string().nullish(),
  }),
  spec: z.object({
    nodeName: z.string().optional(),
    serviceAccountName: z.string().optional(),
    volumes: z.array(z.object({ name: z.string() })).default([]),
  }),
  status: z
    .object({
      phase: z.string().default('unknown'),
      startTime: z.string().nullish(),
      containerStatuses: z
        .array(z.object({ name: z.string(), image: z.string(), state: containerState.default({}) }))
        .default([]),
    })
    .default({ phase: 'unknown', containerStatuses: [] }),
});
export type ShownPod = z.infer<typeof shownPod>;

export function describePod({ metadata, spec, status }: ShownPod): string {
  const labels = Object.entries(metadata.labels).map(([key, value]) => `${key} -> ${value}`);
  return lines(1, [
    ['pod name', metadata.name],
    ['namespace', metadata.namespace],
    ['labels', labels.join(', ')],
    ['pod uid', metadata.uid],
    ['creation time', metadata.creationTimestamp],
    ['service account name', spec.serviceAccountName],
    ['volumes', spec.volumes.map(({ name }) => name).join(', ')],
    ['node name', spec.nodeName],
    ['start time', status.startTime],
    ['phase', status.phase],
    ['container status', describeContainers(status.containerStatuses)],
  ]);
}

type ContainerStatuses = ShownPod['status']['containerStatuses'];

export function describeContainers(containers: ContainerStatuses): string {
  if (containers.length === 0) return 'N/A';
  return containers
    .map(({ name, image, state }) =>
      lines(2, [['container name', name], ['container image', image], ...describeState(state)]),
    )
    .join('\n');
}

type Line = readonly [label: string, value: string | null | undefined];

function describeState({ running, waiting, terminated }: z.infer<typeof containerState>): readonly Line[] {
  if (running) {
    return [
      ['container state', 'running'],
      ['container started at', running.startedAt],
    ];
  }
  if (waiting) {
    return [
      ['container state', 'waiting'],
      ['pending reason', waiting.reason],
    ];
  }
  if (!terminated) return [['container state', 'N/A']];
  return [
    ['container state', 'terminated'],
    ['container started at', terminated.startedAt],
    ['container finished at', terminated.finishedAt],
    ['exit code', String(terminated.exitCode)],
    ['termination reason', terminated.reason],
  ];
}

function lines(depth: number, list: readonly Line[]): string {
  return list.map(([label, value]) => `\n${'\t'.repeat(depth)} ${label}: ${value || 'N/A'}`).join('');
}
