/** The reference page of the API, docs/api.md, from the schemas that the CRD is made from. Pure; the script beside it writes. */
import { type Schema, structuralOf } from '../src/api/crd.js';
import * as kubernetesTypes from '../src/api/kubernetes-types.js';
import { ruledPlaces } from '../src/api/rules.js';
import { sparkApplicationSpec } from '../src/api/spark-application-spec.js';
import { sparkApplicationStatus } from '../src/api/status.js';

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fieldsOf = ({ properties }: Schema): [string, Schema][] =>
  Object.entries(isSchema(properties) ? properties : {}).flatMap(([name, field]) =>
    isSchema(field) ? [[name, field]] : [],
  );

/** By its fields, so that a type is known wherever it stands. */
const identity = (schema: Schema) => JSON.stringify(schema['properties']);

/** `podDNSConfig` → `PodDNSConfig`. */
const title = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

const kubernetes = Object.entries(kubernetesTypes).map(([name, type]) => ({
  name: title(name),
  schema: structuralOf(type),
}));

const kubernetesNames = new Map(
  kubernetes.filter(({ schema }) => fieldsOf(schema).length > 0).map(({ name, schema }) => [identity(schema), name]),
);

interface Section {
  readonly heading: string;
  readonly schema: Schema;
}

/** The objects of ours within a schema, each under its path, before those inside it. */
function sections(path: string, schema: Schema): Section[] {
  const inner = fieldsOf(schema).flatMap(([name, field]) => {
    const item = itemOf(field);
    const suffix = item === field ? '' : field['type'] === 'array' ? '[]' : '.*';
    return fieldsOf(item).length === 0 || kubernetesNames.has(identity(item))
      ? []
      : sections(`${path}.${name}${suffix}`, item);
  });
  return [{ heading: path, schema }, ...inner];
}

/** What a list or a map holds, else the schema itself. */
function itemOf(schema: Schema): Schema {
  const { items, additionalProperties } = schema;
  if (isSchema(items)) return itemOf(items);
  return isSchema(additionalProperties) ? itemOf(additionalProperties) : schema;
}

function typeWords(schema: Schema): string {
  const { type, items, additionalProperties, enum: choices } = schema;
  if (isSchema(items)) return `list of ${typeWords(items)}`;
  if (isSchema(additionalProperties)) return `map to ${typeWords(additionalProperties)}`;
  const kubernetesName = kubernetesNames.get(identity(schema));
  if (fieldsOf(schema).length > 0 && kubernetesName !== undefined) return link(kubernetesName);
  if (schema['x-kubernetes-int-or-string'] === true)
    return schema['pattern'] === undefined ? 'number or text' : 'quantity';
  if (Array.isArray(choices))
    return choices
      .filter((choice) => choice !== '')
      .map((choice) => `\`${choice}\``)
      .join(', ');
  return String(type === 'string' ? 'text' : (type ?? 'anything'));
}

const link = (name: string) => `[${name}](#${name.toLowerCase()})`;
const escaped = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

function table(schema: Schema): string[] {
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const rows = fieldsOf(schema).map(
    ([name, field]) =>
      `| \`${name}\`${required.includes(name) ? ' (required)' : ''} | ${typeWords(field)}${bounds(itemOf(field))} | ${escaped(String(field['description']))} |`,
  );
  return ['| field | type | |', '|---|---|---|', ...rows];
}

/** Bounds that say more than the type, such as those of int32, does. */
function bounds({ minimum, maximum, maxLength, maxItems }: Schema): string {
  const said = [
    typeof minimum === 'number' && minimum > -(2 ** 31) ? `≥ ${minimum}` : '',
    typeof maximum === 'number' && maximum < 2 ** 31 - 1 ? `≤ ${maximum}` : '',
    maxLength === undefined ? '' : `up to ${maxLength} characters`,
    maxItems === undefined ? '' : `up to ${maxItems}`,
  ].filter((bound) => bound !== '');
  return said.length === 0 ? '' : `, ${said.join(', ')}`;
}

/** The rules about what has this path. */
function rules(heading: string): string[] {
  const messages = ruledPlaces
    .filter(({ at }) => at.join('.').replace('.*', '[]') === heading)
    .flatMap((place) => place.rules)
    .map(({ field = [], message }) => `- ${field.length === 0 ? '' : `\`${field.join('.')}\`: `}${escaped(message)}`);
  return messages.length === 0 ? [] : ['', 'Refused at `kubectl apply`:', '', ...messages];
}

/** Rules about maps have no section of their own. */
function rulesWithin(heading: string, schema: Schema): string[] {
  const maps = fieldsOf(schema).filter(([, field]) => isSchema(field['additionalProperties']));
  return maps.flatMap(([name]) => {
    const found = rules(`${heading}.${name}`);
    return found.length === 0 ? [] : ['', `Refused in \`${name}\`:`, ...found.slice(2)];
  });
}

function ownSection({ heading, schema }: Section): string[] {
  return [`### ${heading}`, '', ...table(schema), ...rules(heading), ...rulesWithin(heading, schema), ''];
}

export function apiReference(): string {
  const own = [
    ...sections('spec', structuralOf(sparkApplicationSpec)),
    ...sections('status', structuralOf(sparkApplicationStatus)),
  ];
  return [
    '# The API: SparkApplication',
    '',
    '`sparkoperator.k8s.io/v1beta2`, kind `SparkApplication`, short name `sparkapp`, with a status subresource. This page is made from the',
    'schemas (`npm run api-docs`), as the CRD and `kubectl explain` are. Texts may be empty wherever they may be left out; that and null',
    'mean the same. What differs from the peer stands in [compatibility.md](compatibility.md).',
    '',
    '## Fields',
    '',
    ...own.flatMap(ownSection),
    '## Types of Kubernetes',
    '',
    'As of Kubernetes 1.34, with all their fields.',
    '',
    ...kubernetes.flatMap(({ name, schema }) => [`### ${name}`, '', ...table(schema), '']),
  ].join('\n');
}
