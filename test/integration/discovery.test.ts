/** What an API server says of itself, as clients read it before anything else. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { IntegrationSite } from './site.js';

let site: IntegrationSite;
before(async () => {
  site = await IntegrationSite.open('discovery');
});
after(() => site.close());

const read = async (path: string, accept?: string) =>
  (await site.send('GET', path, 200, accept === undefined ? {} : { accept })).body;
const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

const resourceSchema = z.looseObject({
  name: z.string(),
  kind: z.string(),
  namespaced: z.boolean(),
  singularName: z.string(),
  verbs: z.array(z.string()),
  shortNames: z.array(z.string()).optional(),
});
async function resourceIn(path: string, wanted: string) {
  const body = await read(path);
  assert.equal(body['kind'], 'APIResourceList');
  return z
    .array(resourceSchema)
    .parse(body['resources'])
    .find(({ name }) => name === wanted);
}

describe('discovery', () => {
  it('tells the versions of the core', async () => {
    assert.deepEqual((await read('/api'))['versions'], ['v1']);
  });

  it('tells the groups, that of a custom resource among them', async () => {
    const groups = z
      .array(z.object({ name: z.string(), preferredVersion: z.object({ groupVersion: z.string() }) }))
      .parse((await read('/apis'))['groups']);
    const ours = groups.find(({ name }) => name === 'sparkoperator.k8s.io');
    assert.equal(ours?.preferredVersion.groupVersion, 'sparkoperator.k8s.io/v1beta2');
    assert.ok(groups.some(({ name }) => name === 'coordination.k8s.io'));
  });

  it('tells of one group alone', async () => {
    const body = await read('/apis/sparkoperator.k8s.io');
    assert.deepEqual([body['kind'], body['name']], ['APIGroup', 'sparkoperator.k8s.io']);
  });

  it('tells the resources of the core, with their short names and subresources', async () => {
    const pods = await resourceIn('/api/v1', 'pods');
    assert.deepEqual(
      [pods?.kind, pods?.namespaced, pods?.singularName, pods?.shortNames],
      ['Pod', true, 'pod', ['po']],
    );
    assert.deepEqual(pods?.verbs.toSorted(), verbs);
    assert.deepEqual((await resourceIn('/api/v1', 'pods/status'))?.verbs, ['get', 'patch', 'update']);
    assert.deepEqual((await resourceIn('/api/v1', 'pods/log'))?.verbs, ['get']);
  });

  it('tells the resources of a custom group', async () => {
    const path = '/apis/sparkoperator.k8s.io/v1beta2';
    const applications = await resourceIn(path, 'sparkapplications');
    assert.equal(applications?.kind, 'SparkApplication');
    assert.ok(applications?.shortNames?.includes('sparkapp'));
    assert.deepEqual(applications?.verbs.toSorted(), verbs);
    assert.deepEqual((await resourceIn(path, 'sparkapplications/status'))?.verbs, ['get', 'patch', 'update']);
  });

  it('tells all at once to who asks for the aggregated form', async () => {
    const body = await read('/apis', 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
    assert.equal(body['kind'], 'APIGroupDiscoveryList');
    const group = body.items.find(({ metadata }) => metadata.name === 'sparkoperator.k8s.io');
    const [version] = z
      .array(z.object({ version: z.string(), resources: z.array(z.looseObject({ resource: z.string() })) }))
      .parse(group?.['versions']);
    assert.equal(version?.version, 'v1beta2');
    assert.ok(version.resources.some(({ resource }) => resource === 'sparkapplications'));
  });

  it('tells its version', async () => {
    const version = await read('/version');
    assert.equal(version['major'], '1');
    assert.match(String(version['gitVersion']), /^v1\.\d+\.\d+/u);
  });
});

describe('OpenAPI v3', () => {
  it('has an index of groups, and the document of each where the index says', async () => {
    const { paths } = z
      .object({ paths: z.record(z.string(), z.object({ serverRelativeURL: z.string() })) })
      .parse(await read('/openapi/v3'));
    assert.ok(paths['api/v1'] !== undefined);
    const url = new URL(paths['apis/sparkoperator.k8s.io/v1beta2']?.serverRelativeURL ?? '', 'https://any');
    assert.ok(url.searchParams.has('hash'));
    const { components } = z
      .object({
        components: z.object({ schemas: z.record(z.string(), z.looseObject({ properties: z.unknown().optional() })) }),
      })
      .parse(await read(url.pathname));
    const schema = Object.entries(components.schemas).find(([name]) => name.endsWith('.SparkApplication'));
    assert.ok(Object.hasOwn(Object(schema?.[1].properties), 'spec'));
  });
});

describe('health', () => {
  for (const path of ['/healthz', '/livez', '/readyz']) {
    it(`is told at ${path}`, async () => assert.equal(await site.text(path), 'ok'));
  }
});
