/** Which resource holds objects of a kind, by the API server's own word. */
import { z } from 'zod';
import type { ApiClient } from './api-client.js';
import { isNothingThere } from './api-error.js';
import type { Resource } from './resources.js';

const resourceList = z.looseObject({
  resources: z.array(z.looseObject({ name: z.string(), kind: z.string(), namespaced: z.boolean() })),
});

/** Undefined where the API server does not serve it. */
export async function findResource(client: ApiClient, apiVersion: string, kind: string): Promise<Resource | undefined> {
  const [first = '', second] = apiVersion.split('/');
  const [group, version] = second === undefined ? ['', first] : [first, second];
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  try {
    const { resources } = resourceList.parse(await client.request({ method: 'GET', path }));
    const found = resources.find((resource) => resource.kind === kind && !resource.name.includes('/'));
    return found && { group, version, plural: found.name, kind, namespaced: found.namespaced };
  } catch (error) {
    if (isNothingThere(error)) return undefined;
    throw error;
  }
}
