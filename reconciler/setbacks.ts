/**
 * What a failed create means for an application. Only a definite refusal of the API server ends a submission; what the
 * cluster or the operator lacks for the moment is waited for.
 */

import { type ErrorCode, FiresteelError } from '../src/errors.js';
import { ApiError } from '../src/kube/api-error.js';
import type { Setback } from './decision.js';

/** What the policy says that refuses tagged pods which no webhook has seen (charts: policy); its name is the release's. */
export const unmutatedRefusal = "Firesteel's webhook has not applied";

interface WaitRule {
  readonly because: string;
  readonly matches: (error: ApiError) => boolean;
}

/** Refusals that are nobody's fault for good. */
const waits: readonly WaitRule[] = [
  { because: 'the API server is busy', matches: ({ status }) => status === 429 },
  // Whoever gave it, a proxy say, is no API server: that names its reason.
  { because: 'the API server was not reached', matches: ({ status, reason }) => status === 404 && reason === '' },
  { because: 'the API server does not know the operator', matches: ({ status }) => status === 401 },
  {
    because: 'a quota is used up',
    matches: ({ status, detail }) => status === 403 && /exceeded quota|status unknown for quota/.test(detail),
  },
  // The bookkeeping of a quota, under load.
  { because: 'the API server is busy', matches: ({ status, reason }) => status === 409 && reason === 'Conflict' },
  { because: 'the API server is starting', matches: isStarting },
  {
    because: 'the operator lacks a right',
    matches: ({ status, detail }) => status === 403 && /cannot (create|get|delete|patch|set) /.test(detail),
  },
  {
    because: "Firesteel's webhook is not registered for the namespace, so the policy refuses the pod",
    matches: ({ detail }) => detail.includes(unmutatedRefusal),
  },
];

function isStarting({ status, detail }: ApiError): boolean {
  return status === 403 && detail.includes('not yet ready to handle request');
}

/** That this process may not write says nothing of the application. */
const fences: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['NOT_LEADING', 'NAMESPACE_LET_GO']);

/** @returns undefined for what is no failure of a request, and must not be taken for one */
export function setbackOf(error: unknown): Setback | undefined {
  if (!(error instanceof FiresteelError) || fences.has(error.code)) return undefined;
  if (!(error instanceof ApiError)) {
    return { kind: error.code === 'SUBMISSION_REFUSED' ? 'refused' : 'wait', message: error.message };
  }
  // The server failed, not the request; a webhook that can not be reached shows as a 500 too. But so does a patch that makes
  // an object which the server can not read, and that will not pass.
  if (error.status >= 500 && !error.detail.includes('cannot unmarshal')) return { kind: 'wait', message: error.detail };
  const wait = waits.find(({ matches }) => matches(error));
  if (wait !== undefined) return { kind: 'wait', message: `${wait.because}: ${error.detail}` };
  return { kind: 'refused', message: error.detail };
}

/** Whether the API server said for certain that nothing was created. */
export function isDefinite(error: unknown): boolean {
  return error instanceof ApiError && error.status < 500;
}

/** Answers of 4xx that say nothing about what was asked for: who asks, whether it is there, and when to ask again. */
const noRefusals: ReadonlySet<number> = new Set([401, 404, 408, 409, 429]);

/** Whether the API server will not do what it was asked for: a right is missing, or an admission policy is against it. */
export function isRefusal(error: unknown): error is ApiError {
  if (!(error instanceof ApiError) || error.status >= 500 || noRefusals.has(error.status)) return false;
  return !isStarting(error);
}
