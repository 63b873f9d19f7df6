/** An object as the sandbox stores it: metadata is checked, the rest is raw JSON. Stored objects are never changed in place. */
import { z } from 'zod';

const strings = z.record(z.string(), z.string());

const metadataSchema = z.looseObject({
  name: z.string().default(''),
  generateName: z.string().optional(),
  namespace: z.string().optional(),
  uid: z.string().default(''),
  resourceVersion: z.string().default(''),
  generation: z.number().optional(),
  creationTimestamp: z.string().optional(),
  deletionTimestamp: z.string().optional(),
  deletionGracePeriodSeconds: z.number().optional(),
  labels: strings.optional(),
  annotations: strings.optional(),
  finalizers: z.array(z.string()).optional(),
  ownerReferences: z
    .array(
      z.looseObject({
        apiVersion: z.string().default(''),
        kind: z.string().default(''),
        name: z.string().default(''),
        uid: z.string().default(''),
        blockOwnerDeletion: z.boolean().optional(),
      }),
    )
    .optional(),
  managedFields: z.array(z.looseObject({})).optional(),
  selfLink: z.string().optional(),
});

export const metadataFields: readonly string[] = Object.keys(metadataSchema.shape);

export const apiObjectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: metadataSchema.prefault({}),
});

export type ApiObject = z.output<typeof apiObjectSchema>;
export type Metadata = ApiObject['metadata'];

export function withMetadata(object: ApiObject, metadata: Partial<Metadata>): ApiObject {
  return { ...object, metadata: { ...object.metadata, ...metadata } };
}

/** As Kubernetes writes times: to the second. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/u, 'Z');
}
