/** Custom resources: from their definition to what a schema prunes, refuses and keeps, their status and their columns. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { customResourceDefinitions, type Resource, sparkApplications } from '../../src/kube/resources.js';
import { eventually } from '../e2e/eventually.js';
import { application } from './bodies.js';
import { IntegrationSite } from './site.js';

const specSchema = {
  type: 'object',
  required: ['size'],
  properties: {
    size: { type: 'integer', minimum: 1, maximum: 9 },
    colour: { type: 'string', enum: ['red', 'blue'] },
    word: { type: 'string', pattern: '^[a-z]+$', maxLength: 5 },
    port: { 'x-kubernetes-int-or-string': true },
    mode: { type: 'string', default: 'plain' },
    inner: { type: 'object', required: ['deep'], properties: { deep: { type: 'array', items: { type: 'string' } } } },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    parts: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string' }, count: { type: 'integer' } },
      },
    },
  },
};

let site: IntegrationSite;
let trials: Resource;
before(async () => {
  site = await IntegrationSite.open('custom');
  const group = `${site.namespace}.example.io`;
  trials = { group, version: 'v1', plural: 'trials', kind: 'Trial', namespaced: true };
  await site.create(customResourceDefinitions, definition(group));
  site.finally(() => site.remove(customResourceDefinitions, `trials.${group}`));
  await eventually('the definition to be established', async () => {
    const { body } = await site.get(customResourceDefinitions, `trials.${group}`);
    return z
      .object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })) })
      .parse(body['status'])
      .conditions.some(({ type, status }) => type === 'Established' && status === 'True');
  });
  await eventually('the trials to be served', () => site.list(trials));
});
after(() => site.close());

const definition = (group: string) => ({
  metadata: { name: `trials.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind: 'Trial', plural: 'trials' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
          { name: 'Colour', type: 'string', jsonPath: '.spec.colour', priority: 1 },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: specSchema,
              status: { type: 'object', properties: { phase: { type: 'string' }, count: { type: 'integer' } } },
            },
          },
        },
      },
    ],
  },
});

const trial = (name: string, spec: object = {}) => ({ metadata: { name }, spec: { size: 1, ...spec } });

describe('a definition', () => {
  it('gets the names that it does not say, and accepts them', async () => {
    const { body } = await site.get(customResourceDefinitions, `trials.${trials.group}`);
    const names = { kind: 'Trial', listKind: 'TrialList', plural: 'trials', singular: 'trial' };
    assert.deepEqual(Object(body['spec']).names, names);
    assert.deepEqual(Object(body['status']).acceptedNames, names);
    assert.deepEqual(Object(body['status']).storedVersions, ['v1']);
  });

  it('of another name than plural and group is refused', async () => {
    const other = { ...definition(trials.group), metadata: { name: 'others.example.io' } };
    const { body } = await site.create(customResourceDefinitions, other, 422);
    assert.match(body.message, /metadata\.name: Invalid value: "others\.example\.io": must be spec\.names\.plural/u);
  });
});

describe('a field that the schema does not know', () => {
  it('is pruned, with a warning where that is asked for', async () => {
    const odd = trial('warned', { odd: true, inner: { deep: [], odder: 1 } });
    const { body, warnings } = await site.create(trials, odd, 201, { fieldValidation: 'Warn' });
    assert.deepEqual(body['spec'], { size: 1, mode: 'plain', inner: { deep: [] } });
    assert.deepEqual(warnings, ['unknown field "spec.inner.odder"', 'unknown field "spec.odd"']);
  });

  it('is pruned in silence where the client wants to hear nothing', async () => {
    const { body, warnings } = await site.create(trials, trial('silent', { odd: 1 }), 201, {
      fieldValidation: 'Ignore',
    });
    assert.deepEqual([Object(body['spec']).odd, warnings], [undefined, []]);
  });

  it('is refused with 400 where the client is strict', async () => {
    const { body } = await site.create(trials, trial('strict', { odd: 1 }), 400, { fieldValidation: 'Strict' });
    assert.equal(
      body.message,
      'Trial in version "v1" cannot be handled as a Trial: strict decoding error: unknown field "spec.odd"',
    );
  });

  it('is kept below what preserves unknown fields', async () => {
    const free = { anything: { goes: [1, 'two', null] } };
    const { body } = await site.create(trials, trial('free', { free }), 201, { fieldValidation: 'Strict' });
    assert.deepEqual(Object(body['spec']).free, free);
  });
});

describe('a value that breaks the schema is refused with its path:', () => {
  const faults: readonly (readonly [what: string, spec: object, field: string, message: RegExp])[] = [
    ['one that is missing', { size: undefined }, 'spec.size', /^Required value$/u],
    ['one that is missing further inside', { inner: {} }, 'spec.inner.deep', /^Required value$/u],
    ['one of another type', { size: 'big' }, 'spec.size', /must be of type integer: "string"/u],
    [
      'an item of another type',
      { inner: { deep: ['a', 1] } },
      'spec.inner.deep[1]',
      /must be of type string: "integer"/u,
    ],
    [
      'none of the enum',
      { colour: 'green' },
      'spec.colour',
      /^Unsupported value: "green": supported values: "red", "blue"$/u,
    ],
    ['too small', { size: 0 }, 'spec.size', /should be greater than or equal to 1/u],
    ['too large', { size: 10 }, 'spec.size', /should be less than or equal to 9/u],
    ['another pattern', { word: 'A' }, 'spec.word', /should match '\^\[a-z\]\+\$'/u],
    ['too long', { word: 'abcdef' }, 'spec.word', /^Too long: may not be more than 5 bytes$/u],
    ['neither number nor text', { port: true }, 'spec.port', /must be of type integer,string: "boolean"/u],
  ];
  for (const [index, [what, spec, field, message]] of faults.entries()) {
    it(what, async () => {
      const { body } = await site.create(trials, trial(`faulty-${index}`, spec), 422);
      assert.equal(body.reason, 'Invalid');
      const causes = body.details.causes.filter((cause) => cause.field === field);
      assert.equal(causes.length, 1, JSON.stringify(body.details));
      assert.match(causes[0]?.message ?? '', message);
      assert.ok(body.message.startsWith(`Trial.${trials.group} "faulty-${index}" is invalid: `), body.message);
    });
  }

  it('all of them at once', async () => {
    const { body } = await site.create(trials, trial('faulty', { size: 0, colour: 'green' }), 422);
    assert.deepEqual(new Set(body.details.causes.map(({ field }) => field)), new Set(['spec.size', 'spec.colour']));
  });

  it('also in a patch', async () => {
    await site.create(trials, trial('patched'));
    const { body } = await site.patch(trials, 'patched', 'merge', { spec: { size: 'big' } }, 422);
    assert.equal(body.details.causes[0]?.field, 'spec.size');
  });
});

describe('a custom resource', () => {
  it('without its kind is refused', async () => {
    await site.send('POST', site.pathOf(trials), 400, { body: { metadata: { name: 'kindless' }, spec: { size: 1 } } });
  });

  it('gets the defaults of its schema', async () => {
    const { body } = await site.create(trials, trial('default'));
    assert.equal(Object(body['spec']).mode, 'plain');
  });

  it('takes null as absent where it may not be null', async () => {
    const { body } = await site.create(trials, trial('nothing', { colour: null }));
    assert.equal(Object(body['spec']).colour, undefined);
  });

  it('has lists that server-side apply merges by the keys of the schema', async () => {
    const part = (name: string, count: number) => ({ spec: { size: 1, parts: [{ name, count }] } });
    await site.apply(trials, 'listed', part('a', 1), 201);
    const { body } = await site.apply(trials, 'listed', part('b', 2), 200, { fieldManager: 'another' });
    assert.deepEqual(Object(body['spec']).parts, [
      { name: 'a', count: 1 },
      { name: 'b', count: 2 },
    ]);
  });
});

describe('the status', () => {
  it('is dropped from a create', async () => {
    const { body } = await site.create(trials, { ...trial('fresh'), status: { phase: 'Done' } });
    assert.equal(body['status'], undefined);
  });

  it('is left alone by a write of the object', async () => {
    await site.create(trials, trial('kept'));
    await site.patch(trials, 'kept/status', 'merge', { status: { phase: 'Done' } });
    const { body } = await site.patch(trials, 'kept', 'merge', { spec: { size: 2 }, status: { phase: 'Else' } });
    assert.deepEqual(body['status'], { phase: 'Done' });
  });

  it('is all that a write of the status changes, and no generation moves', async () => {
    await site.create(trials, trial('status'));
    const change = { metadata: { labels: { a: 'b' } }, spec: { size: 9 }, status: { phase: 'Done' } };
    const { body } = await site.patch(trials, 'status/status', 'merge', change);
    assert.deepEqual(body['status'], { phase: 'Done' });
    assert.equal(Object(body['spec']).size, 1);
    assert.equal(body.metadata.generation, 1);
    assert.deepEqual(body.metadata.labels, {});
  });

  it('is replaced as a whole by an update of it', async () => {
    const { body: fresh } = await site.create(trials, trial('updated'));
    await site.patch(trials, 'updated/status', 'merge', { status: { phase: 'Done' } });
    const { metadata } = (await site.get(trials, 'updated')).body;
    const { body } = await site.replace(trials, 'updated/status', { ...fresh, metadata, status: { count: 3 } });
    assert.deepEqual(body['status'], { count: 3 });
  });

  it('is checked by the schema too', async () => {
    await site.create(trials, trial('checked'));
    const { body } = await site.patch(trials, 'checked/status', 'merge', { status: { count: 'many' } }, 422);
    assert.equal(body.details.causes[0]?.field, 'status.count');
  });

  it('with an old version is a conflict', async () => {
    const { body: old } = await site.create(trials, trial('raced'));
    await site.patch(trials, 'raced/status', 'merge', { status: { phase: 'A' } });
    const { resourceVersion } = old.metadata;
    const late = { metadata: { resourceVersion }, status: { phase: 'B' } };
    assert.equal((await site.patch(trials, 'raced/status', 'merge', late, 409)).body.reason, 'Conflict');
  });
});

describe('a table', () => {
  const tableSchema = z.object({
    columnDefinitions: z.array(z.object({ name: z.string(), type: z.string(), priority: z.number() })),
    rows: z.array(
      z.object({
        cells: z.array(z.unknown()),
        object: z.object({ kind: z.string(), metadata: z.object({ name: z.string() }) }),
      }),
    ),
  });
  const tableOf = async (resource: Resource, name?: string) => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    const { body } = await site.send('GET', site.pathOf(resource, name), 200, { accept });
    assert.equal(body['kind'], 'Table');
    return tableSchema.parse(body);
  };

  it('has the columns of the definition', async () => {
    await site.create(trials, trial('shown', { size: 7 }));
    const { columnDefinitions, rows } = await tableOf(trials, 'shown');
    assert.deepEqual(
      columnDefinitions.map(({ name, type, priority }) => [name, type, priority]),
      [
        ['Name', 'string', 0],
        ['Size', 'integer', 0],
        ['Colour', 'string', 1],
        ['Age', 'date', 0],
      ],
    );
    const [row] = rows;
    assert.deepEqual(row?.cells.slice(0, 3), ['shown', 7, null]);
    assert.match(String(row?.cells[3]), /^\d+s$/u);
    assert.deepEqual([row?.object.kind, row?.object.metadata.name], ['PartialObjectMetadata', 'shown']);
  });

  it('of applications has the columns of the peer', async () => {
    await site.create(sparkApplications, application('listed'));
    const { columnDefinitions, rows } = await tableOf(sparkApplications);
    assert.deepEqual(
      columnDefinitions.map(({ name }) => name),
      ['Name', 'Suspend', 'Status', 'Attempts', 'Start', 'Finish', 'Age'],
    );
    assert.equal(rows[0]?.cells[0], 'listed');
  });
});
