/** The answers of an API server that are errors: code, reason and words as kube-apiserver has them (apimachinery, pkg/api/errors). */

import type { Resource } from '../../kube/resources.js';
import type { JsonObject } from '../../pod/json.js';

export interface Cause {
  reason?: string;
  message: string;
  field?: string;
}

export class Refusal extends Error {
  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    readonly details?: JsonObject,
  ) {
    super(message);
  }

  /** The Kubernetes `Status`. */
  get status(): JsonObject {
    const { message, reason, details, code } = this;
    return { ...statusHead, status: 'Failure', message, reason, ...(details === undefined ? {} : { details }), code };
  }
}

export const statusHead = { kind: 'Status', apiVersion: 'v1', metadata: {} };

export function detailsOf({ group, plural }: Resource, name: string): JsonObject {
  return { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: plural };
}

/** `sparkapplications.sparkoperator.k8s.io`, or `pods`. */
export function qualified(name: string, group: string): string {
  return group === '' ? name : `${name}.${group}`;
}

const subject = (resource: Resource, name: string) => `${qualified(resource.plural, resource.group)} "${name}"`;

export const notFound = (resource: Resource, name: string) =>
  new Refusal(404, 'NotFound', `${subject(resource, name)} not found`, detailsOf(resource, name));

export const noSuchResource = () =>
  new Refusal(404, 'NotFound', 'the server could not find the requested resource', {});

export const alreadyExists = (resource: Resource, name: string) =>
  new Refusal(409, 'AlreadyExists', `${subject(resource, name)} already exists`, detailsOf(resource, name));

export const modified = 'the object has been modified; please apply your changes to the latest version and try again';

export function conflict(resource: Resource, name: string, why: string): Refusal {
  const message = `Operation cannot be fulfilled on ${subject(resource, name)}: ${why}`;
  return new Refusal(409, 'Conflict', message, detailsOf(resource, name));
}

export function forbidden(resource: Resource, name: string, why: string, causes?: Cause[]): Refusal {
  const details = { ...detailsOf(resource, name), ...(causes === undefined ? {} : { causes }) };
  return new Refusal(403, 'Forbidden', `${subject(resource, name)} is forbidden: ${why}`, details);
}

/** @param kind with its group, as `Deployment` of `apps` */
export function invalid({ kind, group }: { kind: string; group: string }, name: string, causes: Cause[]): Refusal {
  const words = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  const all = words.length === 1 ? words[0] : `[${words.join(', ')}]`;
  const details = { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind, causes };
  return new Refusal(422, 'Invalid', `${qualified(kind, group)} "${name}" is invalid: ${all}`, details);
}

export const invalidOptions = (kind: string, cause: Cause) => invalid({ kind, group: 'meta.k8s.io' }, '', [cause]);

export const badRequest = (message: string) => new Refusal(400, 'BadRequest', message);

export function expired(wanted: number, oldest: number): Refusal {
  return new Refusal(410, 'Expired', `too old resource version: ${wanted} (${oldest})`);
}

export function tooLargeResourceVersion(wanted: number, current: number): Refusal {
  const causes: Cause[] = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  const message = `Timeout: Too large resource version: ${wanted}, current: ${current}`;
  return new Refusal(504, 'Timeout', message, { causes, retryAfterSeconds: 1 });
}

export const methodNotAllowed = () =>
  new Refusal(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

export const unsupportedMediaType = (accepted: readonly string[]) =>
  new Refusal(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );

export function internalError(why: string): Refusal {
  return new Refusal(500, 'InternalError', `Internal error occurred: ${why}`, { causes: [{ message: why }] });
}

/** What the sandbox leaves to real API servers, with the reason. */
export const notImplemented = (why: string) => new Refusal(501, 'NotImplemented', `the sandbox ${why}`);

export const required = (field: string, why?: string): Cause => ({
  reason: 'FieldValueRequired',
  message: why === undefined ? 'Required value' : `Required value: ${why}`,
  field,
});

export const invalidValue = (field: string, value: unknown, why: string): Cause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
  field,
});

export const forbiddenValue = (field: string, why: string): Cause => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
  field,
});

export const unsupportedValue = (field: string, value: unknown, supported: readonly unknown[]): Cause => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported.map((one) => JSON.stringify(one)).join(', ')}`,
  field,
});
