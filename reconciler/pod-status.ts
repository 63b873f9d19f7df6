/** What the reconciler reads of a pod's status, in Kubernetes' own terms (PodStatus). */
import { z } from 'zod';
import { quickParser } from '../src/quick-check.js';

const terminated = z.looseObject({
  exitCode: z.int(),
  signal: z.int().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
  finishedAt: z.string().nullish(),
});

const containerStatus = z.looseObject({
  name: z.string(),
  state: z
    .looseObject({
      waiting: z.looseObject({ reason: z.string().optional(), message: z.string().optional() }).optional(),
      running: z.looseObject({ startedAt: z.string().nullish() }).optional(),
      terminated: terminated.optional(),
    })
    .optional(),
});

const condition = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
  lastTransitionTime: z.string().nullish(),
});

const podStatus = z.looseObject({
  phase: z.string().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
  conditions: z.array(condition).nullish(),
  containerStatuses: z.array(containerStatus).nullish(),
  initContainerStatuses: z.array(containerStatus).nullish(),
});

export type PodStatus = z.infer<typeof podStatus>;

/** @throws {z.ZodError} for what is no status of a pod */
export const readPodStatus = quickParser(podStatus);

export type ContainerStatus = z.infer<typeof containerStatus>;

export type ContainerEnd = z.infer<typeof terminated>;

export type PodCondition = z.infer<typeof condition>;

/** The condition of that type where it holds. */
export function trueCondition({ conditions }: PodStatus, type: string): PodCondition | undefined {
  return conditions?.find((condition) => condition.type === type && condition.status === 'True');
}
