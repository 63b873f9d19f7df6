import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { sparkApplicationCrd } from '../../../src/api/crd.js';
import { crds } from '../../../src/commands/crds.js';
import { runCommand } from '../commands/run-command.js';
import { type Schema, schemaFields } from './crd-fields.js';

const crd = sparkApplicationCrd();
const fields = schemaFields(crd);

/** All that a structural schema may hold, of what is used here. */
const keywords = new Set([
  'type',
  'description',
  'properties',
  'required',
  'items',
  'additionalProperties',
  'enum',
  'format',
  'nullable',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-int-or-string',
  'x-kubernetes-validations',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'maxItems',
  'default',
]);

const isFree = (schema: Schema) =>
  schema['x-kubernetes-preserve-unknown-fields'] === true || schema['x-kubernetes-int-or-string'] === true;

describe('the CRD', () => {
  it('is structural: every node says its type or is free', () => {
    const untyped = fields.filter(({ schema }) => schema.type === undefined && !isFree(schema));
    assert.deepEqual(untyped, []);
    assert.ok(fields.length > 150, String(fields.length));
  });

  it('uses no keyword that a structural schema forbids', () => {
    for (const { path, schema } of fields) {
      const unknown = Object.keys(schema).filter((keyword) => !keywords.has(keyword));
      assert.deepEqual(unknown, [], path.join('.'));
    }
  });

  it('has no node with both properties and additionalProperties', () => {
    const both = fields.filter(
      ({ schema }) => schema.properties !== undefined && schema.additionalProperties !== undefined,
    );
    assert.deepEqual(both, []);
  });

  it('has items for every list, and requires only fields that it has', () => {
    for (const { path, schema } of fields) {
      if (schema.type === 'array') assert.ok(schema.items, path.join('.'));
      const required: unknown = schema['required'] ?? [];
      assert.ok(Array.isArray(required));
      for (const name of required) assert.ok(Object.hasOwn(schema.properties ?? {}, String(name)), `${path}: ${name}`);
    }
  });

  it('requires no more than type and main file of a spec', () => {
    const spec = fields.find(({ path }) => path.join('.') === 'spec');
    assert.deepEqual(spec?.schema['required'], ['type', 'mainApplicationFile']);
  });

  it('describes every field, those of a type that occurs several times in one place at least', () => {
    const isNamed = (path: readonly string[]) =>
      ['spec', 'status'].includes(path[0] ?? '') && !/^(\[\]|\{\})$/.test(path.at(-1) ?? '');
    const named = fields.filter(({ path }) => isNamed(path));
    const plain = (schema: Schema) =>
      JSON.stringify(schema, (key, value) => (key === 'description' ? undefined : value));
    const isDescribed = ({ schema }: { schema: Schema }) => (schema.description ?? '').length >= 5;
    const described = new Set(named.filter(isDescribed).map(({ path, schema }) => `${path.at(-1)} ${plain(schema)}`));
    const lacking = named.filter(
      (field) => !isDescribed(field) && !described.has(`${field.path.at(-1)} ${plain(field.schema)}`),
    );
    assert.deepEqual(
      lacking.map(({ path }) => path.join('.')),
      [],
    );
    const ours = named.filter(({ path }) => path.length <= 3);
    assert.deepEqual(
      ours.filter((field) => !isDescribed(field)).map(({ path }) => path.join('.')),
      [],
    );
  });

  it('is small enough for a plain kubectl apply', () => {
    assert.ok(Buffer.byteLength(JSON.stringify(crd)) < 200 * 1024);
  });

  it("has the peer's names and printer columns", () => {
    const withoutSchema: unknown = JSON.parse(
      JSON.stringify(crd, (key, value) => (key === 'schema' ? undefined : value)),
    );
    assert.deepEqual(withoutSchema, {
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
            additionalPrinterColumns: [
              { name: 'Suspend', jsonPath: '.spec.suspend', type: 'boolean' },
              { name: 'Status', jsonPath: '.status.applicationState.state', type: 'string' },
              { name: 'Attempts', jsonPath: '.status.executionAttempts', type: 'string' },
              { name: 'Start', jsonPath: '.status.lastSubmissionAttemptTime', type: 'string' },
              { name: 'Finish', jsonPath: '.status.terminationTime', type: 'string' },
              { name: 'Age', jsonPath: '.metadata.creationTimestamp', type: 'date' },
            ],
          },
        ],
      },
    });
  });

  for (const file of ['charts/plain/crds.yaml', 'charts/firesteel/files/sparkapplications.yaml']) {
    it(`lies in ${file} as \`firesteel crds\` prints it`, async () => {
      const { code, out } = await runCommand(crds, []);
      assert.equal(code, 0);
      assert.equal(readFileSync(new URL(`../../../../${file}`, import.meta.url), 'utf8'), out, 'run: npm run crds');
    });
  }
});
