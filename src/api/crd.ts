/**
 * The CustomResourceDefinition of SparkApplication, made from the zod schemas: their JSON schema, brought into the
 * structural form that an API server takes, with the rules at their places and the peer's names and printer columns around.
 */
import { z } from 'zod';
import { describeTypesOnce } from './crd-descriptions.js';
import { ruledPlaces } from './rules.js';
import { sparkApplicationSpec } from './spark-application-spec.js';
import { sparkApplicationStatus } from './status.js';

export type Schema = { [key: string]: unknown };

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A JSON schema of zod's, as a structural schema (Kubernetes: "Specifying a structural schema"). */
function structural(schema: unknown): Schema {
  if (!isObject(schema)) return {};
  const { $schema, additionalProperties, propertyNames, properties, items, anyOf, ...rest } = schema;
  // The alternatives of a number or a text are what int-or-string says.
  if (rest['x-kubernetes-int-or-string'] === true) return rest;
  if (isObject(properties) && Object.keys(properties).length > 0) {
    rest['properties'] = Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [name, structural(value)]),
    );
  }
  if (items !== undefined) rest['items'] = structural(items);
  if (isObject(additionalProperties) && Object.keys(additionalProperties).length > 0) {
    rest['additionalProperties'] = structural(additionalProperties);
  } else if (rest['type'] === 'object' && additionalProperties !== false) {
    rest['x-kubernetes-preserve-unknown-fields'] = true;
  }
  return rest;
}

/** The structural schema of a zod type. */
export function structuralOf(type: z.ZodType): Schema {
  return structural(
    z.toJSONSchema(type, {
      target: 'openapi-3.0',
      io: 'input',
      unrepresentable: 'any',
      // The tolerance of a status is no default: nothing but keys of lists is defaulted by the API server.
      override: ({ zodSchema, jsonSchema }) => {
        if (zodSchema._zod.def.type === 'catch') Reflect.deleteProperty(jsonSchema, 'default');
      },
    }),
  );
}

/** The whole object's schema, with the rules at their places. */
function objectSchema(): Schema {
  const schema: Schema = {
    type: 'object',
    description: 'An application of Apache Spark: what is to run, and how it went.',
    required: ['metadata', 'spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object', properties: { name: { type: 'string' } } },
      spec: { ...structuralOf(sparkApplicationSpec), description: 'What is to run, and how.' },
      status: { ...structuralOf(sparkApplicationStatus), description: 'How it went; written by the operator.' },
    },
  };
  describeTypesOnce(schema);
  for (const { at, rules } of ruledPlaces) {
    const place = at.reduce(innerSchema, schema);
    const forms = place['x-kubernetes-validations'];
    const own = rules.map(({ cel, message, field }) => ({
      rule: cel,
      message,
      ...(field.length === 0 ? {} : { fieldPath: field.map(fieldPathSegment).join('') }),
      ...(cel.includes('oldSelf') ? { optionalOldSelf: true } : {}),
    }));
    place['x-kubernetes-validations'] = [...(Array.isArray(forms) ? forms : []), ...own];
  }
  return schema;
}

function innerSchema(schema: Schema, segment: string): Schema {
  const { properties, items } = schema;
  const inner = segment === '*' ? items : isObject(properties) ? properties[segment] : undefined;
  if (!isObject(inner)) throw new Error(`rules are placed at ${segment}, which the schema does not have`);
  return inner;
}

function fieldPathSegment(name: string): string {
  return /^[A-Za-z]+$/.test(name) ? `.${name}` : `['${name}']`;
}

const printerColumns = [
  ['Suspend', '.spec.suspend', 'boolean'],
  ['Status', '.status.applicationState.state', 'string'],
  ['Attempts', '.status.executionAttempts', 'string'],
  ['Start', '.status.lastSubmissionAttemptTime', 'string'],
  ['Finish', '.status.terminationTime', 'string'],
  ['Age', '.metadata.creationTimestamp', 'date'],
] as const;

export function sparkApplicationCrd(): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: 'sparkapplications.sparkoperator.k8s.io',
      annotations: { 'api-approved.kubernetes.io': 'https://github.com/kubeflow/spark-operator/pull/1298' },
    },
    spec: {
      group: 'sparkoperator.k8s.io',
      scope: 'Namespaced',
      names: {
        kind: 'SparkApplication',
        listKind: 'SparkApplicationList',
        plural: 'sparkapplications',
        singular: 'sparkapplication',
        shortNames: ['sparkapp'],
      },
      versions: [
        {
          name: 'v1beta2',
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: printerColumns.map(([name, jsonPath, type]) => ({ name, jsonPath, type })),
          schema: { openAPIV3Schema: objectSchema() },
        },
      ],
    },
  };
}
