/**
 * The registrations of the webhook as rotation sees them: their `caBundle`s, read live, and written by a JSON patch that holds
 * for the very version that was read. So a replica that was paused, or that knows an older Secret, never takes away what
 * another one has put in.
 */
import { z } from 'zod';
import { FiresteelError } from '../src/errors.js';
import { type ApiClient, getObject } from '../src/kube/api-client.js';
import { isNotFound } from '../src/kube/api-error.js';
import { mutatingWebhookConfigurations, resourcePath } from '../src/kube/resources.js';
import type { Anchor, Bundle } from './anchor.js';
import { writeBundle } from './anchor.js';
import type { Registration } from './trust.js';

/** What is read of a registration; everything else in it is left alone. */
const registrationSchema = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  webhooks: z
    .array(z.object({ name: z.string(), clientConfig: z.object({ caBundle: z.string().optional() }) }))
    .nullish(),
});

export interface BundleOperation {
  op: 'test' | 'add';
  path: string;
  value: string;
}

/** What one entry of a registration must hold from now on. */
export interface BundleChange {
  readonly index: number;
  readonly entry: string;
  readonly anchors: readonly Anchor[];
}

/**
 * @param name of the MutatingWebhookConfiguration
 * @throws {ApiError | ApiUnreachable} as the API server answered
 */
export async function readRegistration(
  client: ApiClient,
  name: string,
  readBundle: (pem: string) => Bundle,
): Promise<Registration> {
  let object: unknown;
  try {
    object = await getObject(client, mutatingWebhookConfigurations, { name });
  } catch (thrown) {
    if (isNotFound(thrown)) return { name };
    throw thrown;
  }
  const parsed = registrationSchema.safeParse(object);
  if (!parsed.success) {
    const message = `the answer for MutatingWebhookConfiguration ${name} is none: ${z.prettifyError(parsed.error)}`;
    throw new FiresteelError('API_MALFORMED', message);
  }
  const { metadata, webhooks } = parsed.data;
  const entries = (webhooks ?? []).map(({ name: entry, clientConfig }) => ({
    name: entry,
    bundle: readBundle(Buffer.from(clientConfig.caBundle ?? '', 'base64').toString()),
  }));
  return { name, found: { version: metadata.resourceVersion, entries } };
}

/** @throws {ApiError} 422 where the registration is no longer the one that was read */
export async function writeBundles(
  client: ApiClient,
  name: string,
  version: string,
  changes: readonly BundleChange[],
): Promise<void> {
  await client.request({
    method: 'PATCH',
    path: resourcePath(mutatingWebhookConfigurations, { name }),
    query: { fieldManager: 'firesteel' },
    patchType: 'json-patch',
    body: bundlePatch(version, changes),
  });
}

/** The tests make the patch fail where the entries are no longer those that were read. */
export function bundlePatch(version: string, changes: readonly BundleChange[]): BundleOperation[] {
  const operations = changes.flatMap(({ index, entry, anchors }): BundleOperation[] => [
    { op: 'test', path: `/webhooks/${index}/name`, value: entry },
    {
      op: 'add',
      path: `/webhooks/${index}/clientConfig/caBundle`,
      value: Buffer.from(writeBundle(anchors)).toString('base64'),
    },
  ]);
  return [{ op: 'test', path: '/metadata/resourceVersion', value: version }, ...operations];
}
