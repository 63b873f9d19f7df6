/**
 * From Kubernetes' OpenAPI documents to the TypeScript module that holds its types as zod schemas. Pure; the script beside
 * it fetches the documents.
 */
import { z } from 'zod';

/** What a SparkApplication and the annotations take from Kubernetes; the types inside follow by themselves. */
const roots = [
  'io.k8s.api.core.v1.Affinity',
  'io.k8s.api.core.v1.Container',
  'io.k8s.api.core.v1.EnvFromSource',
  'io.k8s.api.core.v1.EnvVar',
  'io.k8s.api.core.v1.HostAlias',
  'io.k8s.api.core.v1.Lifecycle',
  'io.k8s.api.core.v1.PodDNSConfig',
  'io.k8s.api.core.v1.PodSecurityContext',
  'io.k8s.api.core.v1.SecurityContext',
  'io.k8s.api.core.v1.Toleration',
  'io.k8s.api.core.v1.Volume',
  'io.k8s.api.core.v1.VolumeMount',
  'io.k8s.api.networking.v1.IngressTLS',
  'io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference',
];

/** Of embedded metadata only what a user may set, as in the peer's CRD (controller-gen, generateEmbeddedObjectMeta). */
const embeddedMetadata = ['annotations', 'finalizers', 'labels', 'name', 'namespace'];

/** Required texts that may be empty all the same. */
const mayBeEmpty: ReadonlySet<string> = new Set(['HTTPHeader.value', 'Sysctl.value']);

/** Types that are no objects. */
const scalars: Readonly<Record<string, string>> = {
  Quantity: 'quantity()',
  IntOrString: 'intOrString()',
};

/** Names of volumes and their mounts are DNS labels; short ones keep the rules about them within the cost budget. */
const forms: Readonly<Record<string, string>> = {
  'Volume.name': 'volumeName()',
  'VolumeMount.name': 'volumeName()',
  'VolumeMount.mountPath': 'text(4096)',
};

const reference = z.object({ $ref: z.string() });
const property = z.looseObject({
  description: z.string().default(''),
  type: z.string().optional(),
  format: z.string().optional(),
  enum: z.array(z.string()).optional(),
  default: z.unknown().optional(),
  allOf: z.array(reference).optional(),
  $ref: z.string().optional(),
  items: z.unknown().optional(),
  additionalProperties: z.unknown().optional(),
  'x-kubernetes-list-type': z.string().optional(),
  'x-kubernetes-list-map-keys': z.array(z.string()).optional(),
});
type Property = z.infer<typeof property>;

const definition = z.looseObject({
  properties: z.record(z.string(), property).default({}),
  required: z.array(z.string()).default([]),
});
type Definition = z.infer<typeof definition>;

export const openApiDocument = z.looseObject({
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

export type OpenApiDocument = z.infer<typeof openApiDocument>;

type Definitions = ReadonlyMap<string, Definition>;

/** @param version of the API server, such as `v1.34.4` */
export function kubernetesSchemas(documents: readonly OpenApiDocument[], version: string): string {
  const definitions: Definitions = new Map(
    documents
      .flatMap(({ components }) => Object.entries(components.schemas))
      .map(([name, schema]) => [name, definition.parse(schema)]),
  );
  const order = new Set<string>();
  for (const root of roots) collect(root, definitions, order);
  const constants = [...order]
    .filter((name) => !(shortName(name) in scalars))
    .map((name) => constant(name, definitions));
  const header = `/**
 * Types of Kubernetes inside a SparkApplication and in the annotations: closed objects with all their fields.
 * Generated from the OpenAPI of kube-apiserver ${version} by \`npm run kubernetes-types\`; not to be edited.
 */
import { z } from 'zod';
import { choice, int32, int64, intOrString, keyedList, optionalChoice, quantity, setList, text, volumeName } from './field.js';
`;
  return [header, ...constants].join('\n');
}

/** Adds a type after those that it is made of. */
function collect(name: string, definitions: Definitions, order: Set<string>): void {
  if (order.has(name)) return;
  for (const field of Object.values(fieldsOf(name, definitions))) {
    for (const inner of [field, field.items, field.additionalProperties]) {
      const target = referenceIn(inner);
      if (target !== undefined) collect(target, definitions, order);
    }
  }
  order.add(name);
}

function definitionOf(name: string, definitions: Definitions): Definition {
  const found = definitions.get(name);
  if (found === undefined) throw new Error(`the OpenAPI documents have no ${name}`);
  return found;
}

function fieldsOf(name: string, definitions: Definitions): Record<string, Property> {
  const { properties } = definitionOf(name, definitions);
  if (shortName(name) !== 'ObjectMeta') return properties;
  return Object.fromEntries(Object.entries(properties).filter(([field]) => embeddedMetadata.includes(field)));
}

function referenceIn(schema: unknown): string | undefined {
  const { success, data } = property.partial().safeParse(schema);
  const target = success ? (data.$ref ?? data.allOf?.[0]?.$ref) : undefined;
  return target?.replace('#/components/schemas/', '');
}

const shortName = (name: string) => name.slice(name.lastIndexOf('.') + 1);

/** `AWSElasticBlockStoreVolumeSource` → `awsElasticBlockStoreVolumeSource`, `IngressTLS` → `ingressTLS`. */
function constantName(name: string): string {
  return shortName(name).replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]/, (capitals) => capitals.toLowerCase());
}

function constant(name: string, definitions: Definitions): string {
  const { required } = definitionOf(name, definitions);
  const fields = Object.entries(fieldsOf(name, definitions)).map(([field, schema]) => {
    const isRequired = required.includes(field);
    const type =
      forms[`${shortName(name)}.${field}`] ??
      typeOf(schema, isRequired && !mayBeEmpty.has(`${shortName(name)}.${field}`));
    const presence = isRequired || type.startsWith('optionalChoice(') ? '' : '.optional()';
    return `  ${field}: ${type}${presence}.describe(${quoted(sentence(schema.description))}),`;
  });
  return `export const ${constantName(name)} = z.strictObject({\n${fields.join('\n')}\n});\n`;
}

function typeOf(schema: Property, isRequired: boolean): string {
  const target = referenceIn(schema);
  if (target !== undefined) return scalars[shortName(target)] ?? constantName(target);
  switch (schema.type) {
    case 'string':
      return textType(schema, isRequired);
    case 'boolean':
      return 'z.boolean()';
    case 'integer':
      return schema.format === 'int64' ? 'int64()' : 'int32()';
    case 'array':
      return listType(schema);
    case 'object':
      return `z.record(z.string(), ${typeOf(property.parse(schema.additionalProperties), false)})`;
    default:
      throw new Error(`a type that this script does not know: ${JSON.stringify(schema)}`);
  }
}

function textType({ enum: words, default: byDefault }: Property, isRequired: boolean): string {
  if (words === undefined) return isRequired ? 'text()' : 'z.string()';
  // Long lists (the signals of all systems) would fill the CRD, and grow with each release of Kubernetes.
  if (words.length > longestChoice) return 'z.string()';
  const list = words
    .filter((word) => word !== '')
    .map(quoted)
    .join(', ');
  if (isRequired) return `choice(${list})`;
  // The key of a list of the kind `map` must have a value: required, or by default.
  return words.includes('TCP')
    ? `optionalChoice(${list}).meta({ default: ${quoted(String(byDefault ?? 'TCP'))} })`
    : `optionalChoice(${list})`;
}

function listType(schema: Property): string {
  const items = property.parse(schema.items);
  const item = typeOf(items, items.enum !== undefined);
  const keys = schema['x-kubernetes-list-map-keys'];
  if (keys !== undefined) {
    const defaults = keys.includes('protocol') ? `, { protocol: 'TCP' }` : '';
    return `keyedList(${item}, [${keys.map(quoted).join(', ')}]${defaults})`;
  }
  return schema['x-kubernetes-list-type'] === 'set' ? 'setList(z.string())' : `z.array(${item})`;
}

const quoted = (words: string) => `'${words.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const longestChoice = 10;
const longestSentence = 90;
/** Beginnings that say nothing. */
const idle = /^(Required|Optional)[.:]\s*/;

/** The first sentence of a description, shortened: the CRD holds some of these types four times. */
function sentence(description: string): string {
  const first = description.replace(idle, '').split(/(?<=[^.]{3}\.)\s|\n/)[0] ?? '';
  const plain = first.replace(/\s+/g, ' ').trim();
  if (plain === '') return 'As in Kubernetes.';
  if (plain.length <= longestSentence) return plain;
  return `${plain.slice(0, plain.lastIndexOf(' ', longestSentence - 2))} …`;
}
