/** The answers of an API server that are errors: code, reason and words as kube-apiserver has them (apimachinery, pkg/api/errors). */
import type { Resource } from '../../kube/resources.js';
import type { JsonObject } from '../../pod/json.js';

export interface Cause {
  reason?: string;
  message: string;
  field?: string;
}

const reasons: Record<number, string> = {
  400: 'BadRequest',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Expired',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  500: 'InternalError',
  /** What the sandbox leaves to real API servers, with the reason. */
  501: 'NotImplemented',
  504: 'Timeout',
};

export class Refusal extends Error {
  readonly code: number;
  readonly #details: JsonObject;
  readonly #reason: string | undefined;

  constructor(code: number, message: string, details: JsonObject = {}, reason = reasons[code]) {
    super(message);
    this.code = code;
    this.#details = details;
    this.#reason = reason;
  }

  /** The Kubernetes `Status`. */
  get status(): JsonObject {
    const { message, code } = this;
    return { ...statusHead, status: 'Failure', message, reason: this.#reason, details: this.#details, code };
  }
}

export const statusHead = { kind: 'Status', apiVersion: 'v1', metadata: {} };

export function detailsOf({ group, plural }: Pick<Resource, 'group' | 'plural'>, name: string): JsonObject {
  return { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: plural };
}

const qualified = (name: string, group: string) => (group === '' ? name : `${name}.${group}`);
const subject = ({ plural, group }: Resource, name: string) => `${qualified(plural, group)} "${name}"`;

export const notFound = (resource: Resource, name: string) =>
  new Refusal(404, `${subject(resource, name)} not found`, detailsOf(resource, name));

export const alreadyExists = (resource: Resource, name: string) =>
  new Refusal(409, `${subject(resource, name)} already exists`, detailsOf(resource, name), 'AlreadyExists');

const modified = 'the object has been modified; please apply your changes to the latest version and try again';
export const conflict = (resource: Resource, name: string, why = modified) =>
  new Refusal(409, `Operation cannot be fulfilled on ${subject(resource, name)}: ${why}`, detailsOf(resource, name));

export const forbidden = (resource: Resource, name: string, why: string, causes: Cause[] = []) =>
  new Refusal(403, `${subject(resource, name)} is forbidden: ${why}`, { ...detailsOf(resource, name), causes });

/** @param subject the kind with its group */
export function invalid({ kind, group }: { kind: string; group: string }, name: string, causes: Cause[]): Refusal {
  const words = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  const all = words.length === 1 ? words[0] : `[${words.join(', ')}]`;
  return new Refusal(422, `${qualified(kind, group)} "${name}" is invalid: ${all}`, {
    ...detailsOf({ group, plural: kind }, name),
    causes,
  });
}

export const invalidOptions = (kind: string, cause: Cause) => invalid({ kind, group: 'meta.k8s.io' }, '', [cause]);

const faults = {
  Required: 'Required value',
  Invalid: 'Invalid value',
  NotSupported: 'Unsupported value',
  Duplicate: 'Duplicate value',
  Forbidden: 'Forbidden',
};

export function fault(kind: keyof typeof faults, field: string, ...details: string[]): Cause {
  return { reason: `FieldValue${kind}`, message: [faults[kind], ...details].join(': '), field };
}

export const invalidValue = (field: string, value: unknown, why: string) =>
  fault('Invalid', field, JSON.stringify(value), why);

export function unsupportedValue(field: string, value: unknown, supported: readonly unknown[]): Cause {
  const choices = supported.map((one) => JSON.stringify(one)).join(', ');
  return fault('NotSupported', field, JSON.stringify(value), `supported values: ${choices}`);
}
