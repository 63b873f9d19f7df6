/** The four kinds of patches. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { configMaps, pods, services, sparkApplications } from '../../src/kube/resources.js';
import { application, configMap, pod } from './bodies.js';
import { IntegrationSite } from './site.js';

let site: IntegrationSite;
before(async () => {
  site = await IntegrationSite.open('patches');
});
after(() => site.close());

describe('a merge patch', () => {
  it('changes what it names, and null takes away', async () => {
    await site.create(configMaps, configMap('merged', {}, { a: '1', b: '2' }));
    const { body } = await site.patch(configMaps, 'merged', 'merge', { data: { a: null, c: '3' } });
    assert.deepEqual(body['data'], { b: '2', c: '3' });
  });

  it('replaces lists as a whole', async () => {
    await site.create(sparkApplications, application('lists', { arguments: ['a', 'b'] }));
    const { body } = await site.patch(sparkApplications, 'lists', 'merge', { spec: { arguments: ['c'] } });
    assert.deepEqual(Object(body['spec']).arguments, ['c']);
  });

  it('with an old resourceVersion is a conflict', async () => {
    const { body: old } = await site.create(configMaps, configMap('versioned'));
    await site.patch(configMaps, 'versioned', 'merge', { data: { a: '2' } });
    const late = { metadata: { resourceVersion: old.metadata.resourceVersion }, data: { a: '3' } };
    assert.equal((await site.patch(configMaps, 'versioned', 'merge', late, 409)).body.reason, 'Conflict');
  });

  it('of what is not there is NotFound', async () => {
    await site.patch(configMaps, 'missing', 'merge', { data: {} }, 404);
  });

  it('that is a dry run answers as if, and stores nothing', async () => {
    const { body: old } = await site.create(configMaps, configMap('dry'));
    const { body } = await site.patch(configMaps, 'dry', 'merge', { data: { a: '2' } }, 200, { dryRun: 'All' });
    assert.deepEqual(body['data'], { a: '2' });
    assert.deepEqual((await site.get(configMaps, 'dry')).body['data'], old['data']);
  });
});

describe('a JSON patch', () => {
  it('adds, replaces and removes', async () => {
    await site.create(configMaps, configMap('operated', {}, { a: '1', b: '2' }));
    const { body } = await site.patch(configMaps, 'operated', 'json', [
      { op: 'test', path: '/data/a', value: '1' },
      { op: 'replace', path: '/data/a', value: '9' },
      { op: 'remove', path: '/data/b' },
      { op: 'add', path: '/data/c', value: '3' },
    ]);
    assert.deepEqual(body['data'], { a: '9', c: '3' });
  });

  it('whose test does not hold is refused and changes nothing', async () => {
    await site.create(configMaps, configMap('tested'));
    const { body } = await site.patch(
      configMaps,
      'tested',
      'json',
      [
        { op: 'replace', path: '/data/a', value: '9' },
        { op: 'test', path: '/data/a', value: '1' },
      ],
      422,
    );
    assert.equal(body.reason, 'Invalid');
    assert.deepEqual((await site.get(configMaps, 'tested')).body['data'], { a: '1' });
  });

  it('that removes what is not there is refused', async () => {
    await site.create(configMaps, configMap('absent'));
    await site.patch(configMaps, 'absent', 'json', [{ op: 'remove', path: '/data/none' }], 422);
  });
});

describe('a strategic merge patch', () => {
  it('merges containers by name', async () => {
    const containers = ['main', 'side'].map((name) => ({ name, image: 'spark:4.1.4' }));
    await site.create(pods, pod('merged', {}, { containers }));
    const change = { spec: { containers: [{ name: 'side', image: 'other:1.0' }] } };
    const { body } = await site.patch(pods, 'merged', 'strategic', change);
    assert.deepEqual(
      Object(body['spec']).containers.map(({ name, image }: Record<string, string>) => [name, image]),
      [
        ['main', 'spark:4.1.4'],
        ['side', 'other:1.0'],
      ],
    );
  });

  it('merges the ports of a Service by port, and $patch: delete takes one away', async () => {
    const ports = [80, 443].map((port) => ({ name: `p${port}`, port }));
    await site.create(services, { metadata: { name: 'ports' }, spec: { clusterIP: 'None', ports } });
    const change = {
      spec: {
        ports: [
          { port: 80, $patch: 'delete' },
          { name: 'p8080', port: 8080 },
        ],
      },
    };
    const { body } = await site.patch(services, 'ports', 'strategic', change);
    assert.deepEqual(
      Object(body['spec'])
        .ports.map(({ name }: Record<string, string>) => name)
        .sort(),
      ['p443', 'p8080'],
    );
  });

  it('adds a finalizer to those that are there, and takes one away by name', async () => {
    await site.create(configMaps, configMap('finalized', { finalizers: ['example.io/a'] }));
    const added = await site.patch(configMaps, 'finalized', 'strategic', {
      metadata: { finalizers: ['example.io/b'] },
    });
    assert.deepEqual(new Set(Object(added.body.metadata['finalizers'])), new Set(['example.io/a', 'example.io/b']));
    const removing = { metadata: { '$deleteFromPrimitiveList/finalizers': ['example.io/a', 'example.io/b'] } };
    const { body } = await site.patch(configMaps, 'finalized', 'strategic', removing);
    assert.equal(body.metadata['finalizers'], undefined);
  });

  it('replaces a map where $patch says so', async () => {
    await site.create(configMaps, configMap('replaced', {}, { a: '1', b: '2' }));
    const { body } = await site.patch(configMaps, 'replaced', 'strategic', { data: { $patch: 'replace', c: '3' } });
    assert.deepEqual(body['data'], { c: '3' });
  });

  it('of a custom resource is refused with 415', async () => {
    await site.create(sparkApplications, application('custom'));
    const { body } = await site.patch(sparkApplications, 'custom', 'strategic', { spec: {} }, 415);
    assert.equal(body.reason, 'UnsupportedMediaType');
    assert.match(body.message, /application\/json-patch\+json, application\/merge-patch\+json/u);
  });
});

describe('a server-side apply', () => {
  it('creates what is not there', async () => {
    const { body } = await site.apply(configMaps, 'applied', { data: { a: '1' } }, 201);
    assert.deepEqual(body['data'], { a: '1' });
  });

  it('takes away what the same manager applied before and no longer says', async () => {
    await site.apply(configMaps, 'taken-back', { data: { a: '1', b: '2' } }, 201);
    const { body } = await site.apply(configMaps, 'taken-back', { data: { a: '1' } });
    assert.deepEqual(body['data'], { a: '1' });
  });

  it('leaves alone what another manager applied', async () => {
    await site.apply(configMaps, 'shared', { data: { a: '1' } }, 201);
    const { body } = await site.apply(configMaps, 'shared', { data: { b: '2' } }, 200, { fieldManager: 'another' });
    assert.deepEqual(body['data'], { a: '1', b: '2' });
  });

  it('takes a field over by force', async () => {
    await site.apply(configMaps, 'forced', { data: { a: '1' } }, 201);
    const { body } = await site.apply(configMaps, 'forced', { data: { a: '9' } }, 200, { fieldManager: 'another' });
    assert.deepEqual(body['data'], { a: '9' });
  });

  it('merges lists by their keys', async () => {
    const ports = (...numbers: number[]) => ({
      spec: { clusterIP: 'None', ports: numbers.map((port) => ({ name: `p${port}`, port, protocol: 'TCP' })) },
    });
    await site.apply(services, 'applied-ports', ports(80), 201);
    const { body } = await site.apply(services, 'applied-ports', ports(443), 200, { fieldManager: 'another' });
    assert.deepEqual(
      Object(body['spec']).ports.map(({ port }: Record<string, number>) => port),
      [80, 443],
    );
  });

  it('that changes nothing keeps the version', async () => {
    const { body: first } = await site.apply(configMaps, 'again', { data: { a: '1' } }, 201);
    const { body } = await site.apply(configMaps, 'again', { data: { a: '1' } });
    assert.equal(body.metadata.resourceVersion, first.metadata.resourceVersion);
  });

  it('of a custom resource counts its generation', async () => {
    const { body: first } = await site.apply(sparkApplications, 'custom-applied', application('custom-applied'), 201);
    const changed = application('custom-applied', { mainClass: 'Other' });
    const { body } = await site.apply(sparkApplications, 'custom-applied', changed);
    assert.deepEqual([first.metadata.generation, body.metadata.generation], [1, 2]);
  });

  it('without a field manager is refused', async () => {
    const { body } = await site.apply(configMaps, 'unmanaged', { data: {} }, 422, { fieldManager: '' });
    assert.match(body.message, /fieldManager: Required value: is required for apply patch/u);
  });
});
