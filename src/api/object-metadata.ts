/** The metadata of an object, closed and typed as an API server takes it at `kubectl apply` (Kubernetes: ObjectMeta of v1). */
import { z } from 'zod';

const text = () => z.string().nullish();
const wholeNumber = () => z.int().nullish();

/** Null is the empty text, as Go reads it. */
const texts = () =>
  z
    .record(
      z.string(),
      z
        .string()
        .nullable()
        .transform((value) => value ?? ''),
    )
    .nullish();

const ownerReference = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
  controller: z.boolean().nullish(),
  blockOwnerDeletion: z.boolean().nullish(),
});

const managedFields = z.strictObject({
  manager: text(),
  operation: text(),
  apiVersion: text(),
  time: text(),
  fieldsType: text(),
  fieldsV1: z.unknown().optional(),
  subresource: text(),
});

export const objectMetadata = z.strictObject({
  name: text(),
  generateName: text(),
  namespace: text(),
  selfLink: text(),
  uid: text(),
  resourceVersion: text(),
  generation: wholeNumber(),
  creationTimestamp: text(),
  deletionTimestamp: text(),
  deletionGracePeriodSeconds: wholeNumber(),
  labels: texts(),
  annotations: texts(),
  ownerReferences: z.array(ownerReference).nullish(),
  finalizers: z.array(z.string()).nullish(),
  managedFields: z.array(managedFields).nullish(),
});

export type ObjectMetadata = z.infer<typeof objectMetadata>;

const drawnLetters = 5;
const maximumGeneratedName = 63;

/** Undefined: it has none. With `generateName` an API server would draw the last five letters, which are `x` here. */
export function nameOf({ name, generateName }: ObjectMetadata): string | undefined {
  if (name) return name;
  return generateName
    ? `${generateName.slice(0, maximumGeneratedName - drawnLetters)}${'x'.repeat(drawnLetters)}`
    : undefined;
}
