/** AdmissionReviews as an API server sends them, and what tests read of the answers. */
import { z } from 'zod';
import type { Operation } from '../../../src/pod/patch.js';
import type { Admission } from '../../../webhook/admission-review.js';

export function podReview(pod: object, request: object = {}): object {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'review-1',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      requestKind: { group: '', version: 'v1', kind: 'Pod' },
      namespace: 'jobs',
      operation: 'CREATE',
      userInfo: { username: 'system:serviceaccount:jobs:spark' },
      object: pod,
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
      ...request,
    },
  };
}

export const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'pi-driver', namespace: 'jobs', annotations: { 'pod.sparkoperator.k8s.io/env': 'SECRET-VALUE' } },
  spec: { containers: [{ name: 'spark-kubernetes-driver', image: 'spark:4.1.4' }] },
};

export const operation: Operation = { op: 'add', path: '/spec/hostNetwork', value: true };

/** What `mutate` answers: these operations, and nothing to remark. */
export function admissionOf(...patch: Operation[]): Admission {
  return { patch, warnings: [], applied: [] };
}

const answerSchema = z.strictObject({
  apiVersion: z.literal('admission.k8s.io/v1'),
  kind: z.literal('AdmissionReview'),
  response: z.strictObject({
    uid: z.string(),
    allowed: z.boolean(),
    patchType: z.literal('JSONPatch').optional(),
    patch: z.string().optional(),
    status: z
      .strictObject({ status: z.literal('Failure'), code: z.number(), reason: z.string(), message: z.string() })
      .optional(),
    warnings: z.array(z.string()).min(1).optional(),
    auditAnnotations: z.record(z.string(), z.string()).optional(),
  }),
});

/** The response in an answer, which must be an AdmissionReview to the letter. */
export function responseIn(body: string): z.infer<typeof answerSchema>['response'] {
  return answerSchema.parse(JSON.parse(body)).response;
}

export function patchIn(body: string): unknown {
  return JSON.parse(Buffer.from(responseIn(body).patch ?? '', 'base64').toString());
}
