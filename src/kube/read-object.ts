/** The border where an answer of the API server becomes an object: only what the Kubernetes layer reads is checked. */
import { z } from 'zod';
import { FiresteelError } from '../errors.js';
import { quickCheck } from '../quick-check.js';
import type { KubernetesObject } from './objects.js';

const kubernetesObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string(),
    resourceVersion: z.string(),
    generation: z.number().optional(),
    creationTimestamp: z.string().optional(),
    deletionTimestamp: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
    ownerReferences: z
      .array(
        z.looseObject({
          apiVersion: z.string(),
          kind: z.string(),
          name: z.string(),
          uid: z.string(),
          controller: z.boolean().optional(),
          blockOwnerDeletion: z.boolean().optional(),
        }),
      )
      .optional(),
  }),
});

/**
 * Checks without copying: the object itself is handed on, with all that it has.
 * @throws {FiresteelError} API_MALFORMED
 */
export function readObject(value: unknown): KubernetesObject {
  if (isKubernetesObject(value)) return value;
  throw new FiresteelError('API_MALFORMED', 'the API server answered with something that is not a Kubernetes object');
}

const isRight = quickCheck(kubernetesObject);

export function isKubernetesObject(value: unknown): value is KubernetesObject {
  return isRight(value) || kubernetesObject.safeParse(value).success;
}
