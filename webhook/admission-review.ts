/**
 * The envelope in which pods come and patches go: AdmissionReview of `admission.k8s.io/v1` (Kubernetes, Dynamic Admission
 * Control). Only the envelope is read here; the pod inside stays the very object that was sent, so that fields which
 * nobody here knows are never lost.
 */
import { z } from 'zod';
import { text } from '../src/api/field.js';
import { FiresteelError } from '../src/errors.js';
import type { Operation } from '../src/pod/patch.js';

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Unknown fields of the envelope are left aside. */
const podReviewSchema = z.object({
  apiVersion: z.literal('admission.k8s.io/v1'),
  kind: z.literal('AdmissionReview'),
  request: z.object({
    uid: text(),
    kind: z.object({ group: z.literal(''), version: z.literal('v1'), kind: z.literal('Pod') }),
    resource: z.object({ group: z.literal(''), version: z.literal('v1'), resource: z.literal('pods') }),
    operation: z.literal('CREATE'),
    namespace: z.string().optional(),
    dryRun: z.boolean().optional(),
    object: z.custom<object>(isObject, 'expected a pod'),
  }),
});
export type PodReview = z.infer<typeof podReviewSchema>['request'];

const answerableSchema = z.object({ request: z.object({ uid: text() }) });

/** The names of a pod as it is sent; with `generateName` it has no name yet. */
const namesSchema = z.object({
  metadata: z.object({ name: z.string().optional(), generateName: z.string().optional() }),
});

/**
 * What was sent: the review of a pod, or what is wrong with it and the uid under which to say so.
 * @throws {FiresteelError} REVIEW_INVALID where there is not even a uid to answer to
 */
export function readReview(body: unknown): { review: PodReview } | { uid: string; fault: string } {
  const parsed = podReviewSchema.safeParse(body);
  if (parsed.success) return { review: parsed.data.request };
  const fault = `not an AdmissionReview v1 of the creation of a pod: ${describeIssues(parsed.error)}`;
  const answerable = answerableSchema.safeParse(body);
  if (answerable.success) return { uid: answerable.data.request.uid, fault };
  throw new FiresteelError('REVIEW_INVALID', fault);
}

/** Name, or generateName, for the log. */
export function podNames(pod: unknown): { name?: string | undefined; generateName?: string | undefined } {
  const parsed = namesSchema.safeParse(pod);
  if (!parsed.success) return {};
  const { name, generateName } = parsed.data.metadata;
  return name === undefined ? { generateName } : { name };
}

export interface AdmissionResponse {
  uid: string;
  allowed: boolean;
  patchType?: 'JSONPatch';
  /** JSON in base64. */
  patch?: string;
  status?: { status: 'Failure'; code: number; message: string };
}

export interface AdmissionReview {
  apiVersion: 'admission.k8s.io/v1';
  kind: 'AdmissionReview';
  response: AdmissionResponse;
}

/** Longer messages would be cut further on, at a place that nobody chose. */
const longestMessage = 4_000;

/** Admits the pod with `operations` carried out on it; without any, as it is. */
export function allow(uid: string, operations: readonly Operation[]): AdmissionReview {
  if (operations.length === 0) return reviewOf({ uid, allowed: true });
  const patch = Buffer.from(JSON.stringify(operations)).toString('base64');
  return reviewOf({ uid, allowed: true, patchType: 'JSONPatch', patch });
}

/** Keeps the pod out; `message` is what the creator of the pod reads, `code` the HTTP status that the API server answers with. */
export function deny(uid: string, code: number, message: string): AdmissionReview {
  return reviewOf({
    uid,
    allowed: false,
    status: { status: 'Failure', code, message: message.slice(0, longestMessage) },
  });
}

function reviewOf(response: AdmissionResponse): AdmissionReview {
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
}

function describeIssues(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`).join('; ');
}
