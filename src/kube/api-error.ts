/**
 * Failures of API requests, told apart by what may be concluded from them: an answer (`ApiError`) says what the API server
 * did, a lost answer (`ApiUnreachable`) says nothing, and the request may have been carried out.
 */
import { FiresteelError } from '../errors.js';

/** The parts of a Kubernetes `Status` that decisions need. */
export interface StatusBody {
  message?: string | undefined;
  reason?: string | undefined;
  code?: number | undefined;
  details?: StatusDetails | undefined;
}

interface StatusDetails {
  causes?: { field?: string | undefined; message?: string | undefined; reason?: string | undefined }[] | undefined;
  retryAfterSeconds?: number | undefined;
}

/** The API server answered, and not with success. */
export class ApiError extends FiresteelError {
  override readonly name = 'ApiError';
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** Kubernetes' reason, such as `NotFound`, `AlreadyExists`, `Conflict`; empty where the body was no Status. */
  readonly reason: string;
  /** The API server's own words, at most 2,000 characters. */
  readonly detail: string;
  /** From `Retry-After` or the Status; undefined where neither says. */
  readonly retryAfterSeconds: number | undefined;

  constructor(request: string, status: number, body: StatusBody, retryAfterSeconds?: number) {
    const detail = (body.message ?? `HTTP status ${status}`).slice(0, 2_000);
    super('API_REFUSED', `${request}: ${detail}`);
    this.status = status;
    this.reason = body.reason ?? '';
    this.detail = detail;
    this.retryAfterSeconds = retryAfterSeconds ?? body.details?.retryAfterSeconds;
  }
}

/** No answer: refused, reset, timed out, cut off. Whether the request was carried out is unknown. */
export class ApiUnreachable extends FiresteelError {
  override readonly name = 'ApiUnreachable';

  constructor(request: string, cause: unknown) {
    super('API_UNREACHABLE', `${request}: no answer from the API server`, { cause });
  }
}

export function isApiError(thrown: unknown, status: number, reason?: string): thrown is ApiError {
  return thrown instanceof ApiError && thrown.status === status && (reason === undefined || thrown.reason === reason);
}

/** What kube-apiserver says of a path that it does not serve: of a kind whose definition is away. */
const unserved = 'the server could not find the requested resource';

/** Kubernetes' own word that there is no such object. A 404 of a proxy, or of a kind that is not served, says nothing of it. */
export const isNotFound = (thrown: unknown): thrown is ApiError =>
  isApiError(thrown, 404, 'NotFound') && thrown.detail !== unserved;
/** There is nothing at this path, whoever says so. */
export const isNothingThere = (thrown: unknown): thrown is ApiError => isApiError(thrown, 404);
/** 409 because of a resource version, uid or other precondition. */
export const isConflict = (thrown: unknown): thrown is ApiError => isApiError(thrown, 409, 'Conflict');
export const isAlreadyExists = (thrown: unknown): thrown is ApiError => isApiError(thrown, 409, 'AlreadyExists');
