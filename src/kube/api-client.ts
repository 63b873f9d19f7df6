/**
 * What the rest of Firesteel asks of an API server: one request, one answer, or a stream of lines. The real one is
 * `HttpApiClient` (http-api-client.ts); tests and the simulation put models in its place.
 */
import { type Resource, type ResourceAddress, resourcePath } from './resources.js';

export type PatchType = 'json-patch' | 'merge-patch' | 'apply-patch';

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  query?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** Of a PATCH; default `merge-patch`. */
  patchType?: PatchType;
  /** Until the whole answer is there, or until a stream is open; default 15 s. */
  timeoutMilliseconds?: number;
  /** Ends the request when it aborts: it then fails as one that got no answer. */
  signal?: AbortSignal;
}

export interface ApiClient {
  /**
   * The parsed JSON of a 2xx answer.
   * @throws {ApiError} on any other answer
   * @throws {ApiUnreachable} when no answer came
   */
  request(request: ApiRequest): Promise<unknown>;
  /**
   * The lines of a watch, one JSON text each, until the server ends it or `signal` aborts.
   * @param opened called when the server has agreed to the stream; a watch may then be silent for minutes
   * @throws as `request`, also in the middle of the stream
   */
  lines(request: ApiRequest, signal: AbortSignal, opened?: () => void): AsyncIterable<string>;
}

/** Creates `object` in its namespace (`body.metadata.namespace`, or the one given). */
export function createObject(
  client: ApiClient,
  resource: Resource,
  namespace: string | undefined,
  body: object,
): Promise<unknown> {
  return client.request({ method: 'POST', path: resourcePath(resource, { namespace }), body });
}

export function getObject(client: ApiClient, resource: Resource, address: ResourceAddress): Promise<unknown> {
  return client.request({ method: 'GET', path: resourcePath(resource, address) });
}

/** JSON merge patch (RFC 7386); put `metadata.resourceVersion` or `metadata.uid` into it as a precondition. */
export function mergePatch(
  client: ApiClient,
  resource: Resource,
  address: ResourceAddress,
  body: object,
): Promise<unknown> {
  return client.request({ method: 'PATCH', path: resourcePath(resource, address), patchType: 'merge-patch', body });
}

/** Deletes in the background; with preconditions, only that very object, or only that very version of it (409 otherwise). */
export function deleteObject(
  client: ApiClient,
  resource: Resource,
  address: ResourceAddress,
  preconditions?: { uid?: string; resourceVersion?: string },
): Promise<unknown> {
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: 'Background',
    ...(preconditions === undefined ? {} : { preconditions }),
  };
  return client.request({ method: 'DELETE', path: resourcePath(resource, address), body });
}
