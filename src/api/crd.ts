/**
 * The CustomResourceDefinition of SparkApplication, made from the zod schemas: their JSON schema, brought into the
 * structural form that an API server takes, with the peer's names and printer columns around it.
 */
import { z } from 'zod';
import { sparkApplicationSpec } from './spark-application-spec.js';
import { sparkApplicationStatus } from './status.js';

type Schema = { [key: string]: unknown };

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A JSON schema of zod's, as a structural schema (Kubernetes: "Specifying a structural schema"). */
function structural(schema: unknown): Schema {
  if (!isObject(schema)) return {};
  // `default` would come from the tolerance of `.catch`, and nothing is ever defaulted by the API server.
  const { $schema, default: _, additionalProperties, propertyNames, properties, items, ...rest } = schema;
  if (rest['x-kubernetes-preserve-unknown-fields'] === true) return rest;
  if (isObject(properties)) {
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

function structuralOf(type: z.ZodType): Schema {
  return structural(z.toJSONSchema(type, { target: 'openapi-3.0', io: 'input', unrepresentable: 'any' }));
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
          schema: {
            openAPIV3Schema: {
              type: 'object',
              required: ['metadata', 'spec'],
              properties: {
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                spec: { ...structuralOf(sparkApplicationSpec), description: 'What is to run, and how.' },
                status: {
                  ...structuralOf(sparkApplicationStatus),
                  description: 'How it went; written by the operator.',
                },
              },
            },
          },
        },
      ],
    },
  };
}
