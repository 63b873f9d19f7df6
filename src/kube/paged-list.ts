/** Lists a collection page by page, so that ten thousand objects are not one answer. */
import type { ApiClient } from './api-client.js';
import type { KubernetesObject } from './objects.js';
import { type Resource, resourcePath } from './resources.js';
import { type ListPage, parseListPage } from './watch-event.js';

/** Which objects of a resource are listed or watched. */
export interface Selection {
  resource: Resource;
  /** Left out: all namespaces. */
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
}

/** As client-go has it. */
const defaultPageLimit = 500;

export function selectionPath({ resource, namespace }: Selection): string {
  return resourcePath(resource, { namespace });
}

export function selectorQuery({ labelSelector, fieldSelector }: Selection): Record<string, string> {
  return {
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  };
}

/**
 * All objects of the selection at one resource version, at once.
 * @param pageLimit objects of a page; default 500
 * @throws as `ApiClient.request`; a 410 between pages means that the whole list must be taken again
 */
export async function listAll(
  client: ApiClient,
  selection: Selection,
  pageLimit: number | undefined,
  signal: AbortSignal,
): Promise<{ objects: KubernetesObject[]; resourceVersion: string }> {
  const objects: KubernetesObject[] = [];
  const take = (page: readonly KubernetesObject[]) => {
    for (const object of page) objects.push(object);
  };
  return { resourceVersion: await listPages(client, selection, pageLimit, signal, take), objects };
}

/**
 * The same, page by page, so that ten thousand objects are never held as they came.
 * @returns the resource version of the list
 */
export async function listPages(
  client: ApiClient,
  selection: Selection,
  pageLimit: number | undefined,
  signal: AbortSignal,
  take: (page: readonly KubernetesObject[]) => void,
): Promise<string> {
  const firstQuery = { ...selectorQuery(selection), limit: String(pageLimit ?? defaultPageLimit) };
  // What is held across an `await` outlives the garbage collector's young generation: of a page nothing must be.
  const taken = (answer: unknown): Omit<ListPage, 'objects'> => {
    const { objects, ...rest } = parseListPage(answer, selection.resource);
    take(objects);
    return rest;
  };
  for (let query: Record<string, string> = firstQuery; ; ) {
    const request = { method: 'GET', path: selectionPath(selection), query, signal } as const;
    const { next, resourceVersion } = await client.request(request).then(taken);
    if (next === undefined) return resourceVersion;
    query = { ...firstQuery, continue: next };
  }
}
