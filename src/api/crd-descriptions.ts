/**
 * Keeps the CRD small enough for plain `kubectl apply`, whose copy of it must fit in an annotation: a type that occurs again
 * (containers, affinity) describes its own fields again, but no longer what is inside those.
 */
import type { Schema } from './crd.js';

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function fieldsOf({ properties }: Schema): Schema[] {
  return isSchema(properties) ? Object.values(properties).filter(isSchema) : [];
}

function innerSchemas(schema: Schema): Schema[] {
  return [...fieldsOf(schema), schema['items'], schema['additionalProperties']].filter(isSchema);
}

/** Changes the schema in place. */
export function describeTypesOnce(schema: Schema, described: Set<string> = new Set()): void {
  const fields = fieldsOf(schema);
  const type = JSON.stringify(schema['properties']);
  if (fields.length > 0 && described.has(type)) {
    for (const inner of fields.flatMap(innerSchemas)) dropDescriptions(inner);
    return;
  }
  described.add(type);
  for (const inner of innerSchemas(schema)) describeTypesOnce(inner, described);
}

function dropDescriptions(schema: Schema): void {
  delete schema['description'];
  for (const inner of innerSchemas(schema)) dropDescriptions(inner);
}
