/**
 * The envelope in which pods come and patches go: AdmissionReview of `admission.k8s.io/v1` (Kubernetes, Dynamic Admission
 * Control). Only the envelope is read here; the pod inside stays the very object that was sent, so that fields which
 * nobody here knows are never lost.
 */
import { z } from 'zod';
import { text } from '../src/api/field.js';
import { FiresteelError } from '../src/errors.js';
import { isJsonObject, type JsonObject } from '../src/pod/json.js';
import type { Operation } from '../src/pod/patch.js';
import { patchText } from '../src/pod/patch-text.js';

/** Unknown fields of the envelope are left aside. */
const reviewSchema = z.object({
  apiVersion: z.literal('admission.k8s.io/v1'),
  kind: z.literal('AdmissionReview'),
  request: z.object({
    uid: text(),
    resource: z.object({ group: z.string().optional(), version: z.string(), resource: z.string() }),
    subResource: z.string().optional(),
    operation: z.string(),
    namespace: z.string().optional(),
    dryRun: z.boolean().optional(),
    object: z.unknown(),
  }),
});

type Request = z.infer<typeof reviewSchema>['request'];

const answerableSchema = z.object({ request: z.object({ uid: text() }) });

export interface PodReview {
  readonly uid: string;
  readonly namespace: string | undefined;
  readonly dryRun: boolean;
  readonly pod: JsonObject;
}

/**
 * What was sent: the review of a new pod; of something else, which is none of our business; or what is no review of version
 * 1, and the uid under which to say so.
 */
export type Read =
  | { readonly review: PodReview }
  | { readonly uid: string; readonly operation?: string; readonly fault?: string };

/** @throws {FiresteelError} REVIEW_INVALID where there is not even a uid to answer to */
export function readReview(body: unknown): Read {
  const parsed = reviewSchema.safeParse(body);
  if (!parsed.success) return unreadable(body, parsed.error);
  const { request } = parsed.data;
  const { uid, namespace, dryRun = false, object } = request;
  if (!isCreationOfPod(request)) return { uid, operation: request.operation };
  if (!isJsonObject(object)) return { uid, fault: `${notAReview}: request.object: expected a pod` };
  return { review: { uid, namespace, dryRun, pod: object } };
}

/** Subresources of pods (binding, eviction …) are created too. */
function isCreationOfPod({ resource, subResource, operation }: Request): boolean {
  const { group, version, resource: plural } = resource;
  return !group && version === 'v1' && plural === 'pods' && !subResource && operation === 'CREATE';
}

const notAReview = 'not an AdmissionReview v1';

function unreadable(body: unknown, error: z.ZodError): Read {
  const issues = error.issues.map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`);
  const fault = `${notAReview}: ${issues.join('; ')}`;
  const answerable = answerableSchema.safeParse(body);
  if (answerable.success) return { uid: answerable.data.request.uid, fault };
  throw new FiresteelError('REVIEW_INVALID', fault);
}

/** Name, or generateName, for the log. */
export function podNames({ metadata }: JsonObject): { name?: string; generateName?: string } {
  const { name, generateName } = isJsonObject(metadata) ? metadata : {};
  if (typeof name === 'string') return { name };
  return typeof generateName === 'string' ? { generateName } : {};
}

export interface AdmissionResponse {
  uid: string;
  allowed: boolean;
  patchType?: 'JSONPatch';
  /** JSON in base64. */
  patch?: string;
  status?: { status: 'Failure'; code: number; reason: string; message: string };
  /** Shown to whoever creates the pod. */
  warnings?: readonly string[];
  /** The API server puts the name of the webhook's registration before the keys. */
  auditAnnotations?: Readonly<Record<string, string>>;
}

export interface AdmissionReview {
  apiVersion: 'admission.k8s.io/v1';
  kind: 'AdmissionReview';
  response: AdmissionResponse;
}

export interface Admission {
  readonly patch: readonly Operation[];
  /** What is legal but suspicious. */
  readonly warnings: readonly string[];
  /** What was done, for the audit log. */
  readonly applied: readonly string[];
}

/** Admits what is none of our business. */
export function leaveAlone(uid: string): AdmissionReview {
  return reviewOf({ uid, allowed: true });
}

/** Admits the pod with the patch carried out on it; with an empty one, as it is. */
export function allow(uid: string, { patch, warnings, applied }: Admission): AdmissionReview {
  return reviewOf({
    uid,
    allowed: true,
    ...(patch.length === 0 ? {} : { patchType: 'JSONPatch', patch: Buffer.from(patchText(patch)).toString('base64') }),
    ...(warnings.length === 0 ? {} : { warnings: bounded(warnings) }),
    ...(applied.length === 0 ? {} : { auditAnnotations: { applied: applied.join(',') } }),
  });
}

/** The reasons that Kubernetes gives with the codes that we answer. */
const reasons = { 400: 'BadRequest', 403: 'Forbidden', 500: 'InternalError' } as const;

/** Longer messages would be cut further on, at a place that nobody chose. */
const longestMessage = 4_000;

/** Keeps the pod out; `message` is what the creator of the pod reads, `code` the HTTP status that the API server answers with. */
export function deny(
  uid: string,
  code: keyof typeof reasons,
  message: string,
  auditAnnotations: Readonly<Record<string, string>> = {},
): AdmissionReview {
  return reviewOf({
    uid,
    allowed: false,
    status: { status: 'Failure', code, reason: reasons[code], message: message.slice(0, longestMessage) },
    ...(Object.keys(auditAnnotations).length === 0 ? {} : { auditAnnotations }),
  });
}

/** Kubernetes cuts a warning at 256 characters, and drops those that go beyond 4,096 together. */
const longestWarning = 250;
const mostWarnings = 10;

function bounded(warnings: readonly string[]): string[] {
  const shown = warnings.slice(0, mostWarnings).map((warning) => warning.slice(0, longestWarning));
  const left = warnings.length - shown.length;
  return left === 0 ? shown : [...shown, `and ${left} more warnings`];
}

/** A review as JSON. The patch is most of it, and in base64 nothing needs an escape: it is put in as it is. */
export function reviewText({ response: { patch, ...response }, ...review }: AdmissionReview): string {
  const text = JSON.stringify({ ...review, response });
  return patch === undefined ? text : `${text.slice(0, -2)},"patch":"${patch}"}}`;
}

function reviewOf(response: AdmissionResponse): AdmissionReview {
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
}
