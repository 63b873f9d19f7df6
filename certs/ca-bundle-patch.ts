/** What is to be written into a MutatingWebhookConfiguration so that the API server trusts our authority. Pure. */
import { z } from 'zod';

/** What is read of a registration; everything else in it is left alone. */
export const registrationSchema = z.object({
  metadata: z.object({ name: z.string(), resourceVersion: z.string() }),
  webhooks: z
    .array(z.object({ name: z.string(), clientConfig: z.object({ caBundle: z.string().optional() }) }))
    .nullish(),
});
export type Registration = z.infer<typeof registrationSchema>;

export interface BundleOperation {
  op: 'test' | 'add';
  path: string;
  value: string;
}

/**
 * The JSON patch that puts `caBundle` (PEM) into every entry which has another one, or none; empty if there is nothing to do.
 * The tests make it fail (422) where the entries are no longer those that were read.
 */
export function caBundlePatch(registration: Registration, caBundle: string): BundleOperation[] {
  const value = Buffer.from(caBundle).toString('base64');
  const changes = (registration.webhooks ?? []).flatMap(({ name, clientConfig }, index): BundleOperation[] =>
    clientConfig.caBundle === value
      ? []
      : [
          { op: 'test', path: `/webhooks/${index}/name`, value: name },
          { op: 'add', path: `/webhooks/${index}/clientConfig/caBundle`, value },
        ],
  );
  if (changes.length === 0) return [];
  return [{ op: 'test', path: '/metadata/resourceVersion', value: registration.metadata.resourceVersion }, ...changes];
}
