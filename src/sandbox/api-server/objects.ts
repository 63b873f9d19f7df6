/** Objects as the sandbox stores them: metadata is checked, the rest is raw JSON. What is stored is never changed in place. */
import { z } from 'zod';
import { isJsonObject, type JsonObject } from '../../pod/json.js';

const strings = z.record(z.string(), z.string()).optional();
const word = z.string().default('');
const ownerReference = z.looseObject({
  apiVersion: word,
  kind: word,
  name: word,
  uid: word,
  blockOwnerDeletion: z.boolean().optional(),
});
const metadataSchema = z.looseObject({
  name: word,
  generateName: z.string().optional(),
  namespace: z.string().optional(),
  uid: word,
  resourceVersion: word,
  generation: z.number().optional(),
  creationTimestamp: z.string().optional(),
  deletionTimestamp: z.string().optional(),
  deletionGracePeriodSeconds: z.number().optional(),
  labels: strings,
  annotations: strings,
  finalizers: z.array(z.string()).optional(),
  ownerReferences: z.array(ownerReference).optional(),
  managedFields: z.array(z.looseObject({})).optional(),
  selfLink: z.string().optional(),
});

export const metadataFields: readonly string[] = Object.keys(metadataSchema.shape);
export const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: metadataSchema.prefault({}),
});
export type ApiObject = z.output<typeof objectSchema>;
export type Metadata = ApiObject['metadata'];

export function withMetadata(object: ApiObject, metadata: Partial<Metadata>): ApiObject {
  return { ...object, metadata: { ...object.metadata, ...metadata } };
}

/** As Kubernetes writes times: to the second. */
export const timestamp = (milliseconds: number) => new Date(milliseconds).toISOString().replace(/\.\d+Z$/u, 'Z');

// Readers of JSON whose shape nobody has promised: what is not there, or is something else, counts as empty.
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, step) => {
    if (Array.isArray(inner)) return inner[Number(step)];
    return isJsonObject(inner) && Object.hasOwn(inner, step) ? inner[step] : undefined;
  }, value);
}
export const members = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});
export const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const objects = (value: unknown): JsonObject[] => items(value).filter(isJsonObject);
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const texts = (value: unknown): string[] => items(value).map(text);
