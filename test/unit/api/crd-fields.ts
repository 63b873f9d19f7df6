/** The fields of a CRD's schema, for tests. */
import { z } from 'zod';

export interface Schema {
  [keyword: string]: unknown;
  type?: string | undefined;
  description?: string | undefined;
  properties?: Record<string, Schema> | undefined;
  items?: Schema | undefined;
  additionalProperties?: Schema | undefined;
}

const schema: z.ZodType<Schema> = z.looseObject({
  type: z.string().optional(),
  description: z.string().optional(),
  properties: z
    .record(
      z.string(),
      z.lazy(() => schema),
    )
    .optional(),
  items: z.lazy(() => schema).optional(),
  additionalProperties: z.lazy(() => schema).optional(),
});

const crd = z.looseObject({
  spec: z.looseObject({
    versions: z.array(z.looseObject({ schema: z.looseObject({ openAPIV3Schema: schema }) })).length(1),
  }),
});

/** `[]` stands for the items of a list and `{}` for the values of a map. */
export interface SchemaField {
  readonly path: readonly string[];
  readonly schema: Schema;
}

/** Every node of the schema, the root with the empty path first. */
export function schemaFields(definition: object): SchemaField[] {
  const [version] = crd.parse(definition).spec.versions;
  return version === undefined ? [] : below([], version.schema.openAPIV3Schema);
}

function below(path: readonly string[], node: Schema): SchemaField[] {
  const members: (readonly [string, Schema | undefined])[] = [
    ...Object.entries(node.properties ?? {}),
    ['[]', node.items],
    ['{}', node.additionalProperties],
  ];
  return [
    { path, schema: node },
    ...members.flatMap(([name, member]) => (member === undefined ? [] : below([...path, name], member))),
  ];
}
