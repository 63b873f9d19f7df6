/** Lists: selected, in pages that all show one resource version, now or at an earlier one. */

import { apiVersion } from '../../kube/resources.js';
import type { JsonObject } from '../../pod/json.js';
import type { ApiObject } from './api-object.js';
import { at, text } from './json-reading.js';
import type { Target } from './object-writer.js';
import { badRequest, invalidOptions, Refusal, tooLargeResourceVersion } from './refusal.js';
import type { ServedResource } from './resource-table.js';
import { fieldSelector, labelSelector, type Selector } from './selectors.js';
import { type Storage, storageKind } from './storage.js';

/** Which objects a request for a collection means. @throws {Refusal} 400 */
export function selectorOf({ resource, namespace, name }: Target, query: URLSearchParams): Selector {
  const byLabel = labelSelector(query.get('labelSelector'));
  const byField = fieldSelector(query.get('fieldSelector'), resource);
  const isHere = ({ metadata }: ApiObject) =>
    (namespace === undefined || metadata.namespace === namespace || resource.kind === 'Namespace') &&
    (name === '' || metadata.name === name);
  return (object) => isHere(object) && byLabel(object) && byField(object);
}

/** Undefined: none given. @throws {Refusal} 400 */
export function numberIn(query: URLSearchParams, key: string): number | undefined {
  const value = query.get(key) ?? '';
  if (value === '') return undefined;
  if (/^\d{1,15}$/u.test(value)) return Number(value);
  const why = `strconv.ParseUint: parsing "${value}": invalid syntax`;
  throw badRequest(
    key === 'resourceVersion' ? `invalid resource version: ${key}: Invalid value: "${value}": ${why}` : why,
  );
}

export interface List {
  objects: ApiObject[];
  metadata: JsonObject;
}

/** @throws {Refusal} 400, 410, 504 */
export function list(storage: Storage, target: Target, query: URLSearchParams): List {
  const wanted = numberIn(query, 'resourceVersion') ?? 0;
  if (wanted > storage.revision) throw tooLargeResourceVersion(wanted, storage.revision);
  const limit = numberIn(query, 'limit') || Number.POSITIVE_INFINITY;
  const page = readContinue(query.get('continue'));
  const isExact = query.get('resourceVersionMatch') === 'Exact';
  if (isExact && wanted === 0)
    throw invalidOptions('ListOptions', {
      reason: 'FieldValueForbidden',
      field: 'resourceVersionMatch',
      message: 'Forbidden: resourceVersionMatch "Exact" is forbidden for resourceVersion "0"',
    });
  const revision = page?.revision ?? (isExact ? wanted : storage.revision);
  const selected = listAt(storage, target.resource, revision).filter(selectorOf(target, query));
  const objects = selected.slice(page?.start ?? 0, (page?.start ?? 0) + limit);
  const next = (page?.start ?? 0) + objects.length;
  const more = {
    continue: Buffer.from(JSON.stringify({ rv: revision, start: next })).toString('base64url'),
    remainingItemCount: selected.length - next,
  };
  return { objects, metadata: { resourceVersion: String(revision), ...(next < selected.length ? more : {}) } };
}

function listAt(storage: Storage, resource: ServedResource, revision: number): ApiObject[] {
  try {
    return storage.list(storageKind(resource), revision);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(
      410,
      'Expired',
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
    );
  }
}

function readContinue(token: string | null): { revision: number; start: number } | undefined {
  if (token === null || token === '') return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    return { revision: Number(at(value, 'rv')), start: Number(at(value, 'start')) };
  } catch {
    throw badRequest('invalid continue token: continue key is not valid');
  }
}

/** In the version that was asked for. */
export function asServed(resource: ServedResource, object: ApiObject): ApiObject {
  return { ...object, apiVersion: apiVersion(resource), kind: text(resource.kind) };
}
