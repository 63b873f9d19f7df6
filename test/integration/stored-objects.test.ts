/**
 * Objects that were stored before there were rules: they still take status writes, and only a change of what is wrong is
 * refused. A definition of the same schema under another group first has no rules and then gets them.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sparkApplicationCrd } from '../../src/api/crd.js';
import { customResourceDefinitions, type Resource } from '../../src/kube/resources.js';
import { at } from '../../src/sandbox/api-server/objects.js';
import { eventually } from '../e2e/eventually.js';
import { type InvalidManifest, invalidManifests } from '../manifests/invalid-manifests.js';
import { manifest } from '../manifests/spark-pi.js';
import { IntegrationSite } from './site.js';

let site: IntegrationSite;
let resource: Resource;

/** Rows of rules: what has no message of a schema, and a name that every API server takes. */
const rows: readonly InvalidManifest[] = invalidManifests.filter(
  ({ by, problems }) =>
    by === undefined &&
    problems.every(
      ([, { source }]) =>
        !/required\/?i?$|unknown field|must be of type|supported values|equal to|quantity|should match|longer than|Duplicate|chars|items/.test(
          source,
        ),
    ),
);

/** Without what the schema requires now: rules must not fail because it is missing. */
const incomplete: Readonly<Record<string, object>> = {
  'no main file and no main class': { mainApplicationFile: undefined, mainClass: undefined },
  'an ingress without address': { driverIngressOptions: [{ servicePort: 80, servicePortName: 'a' }] },
  'a volume and a mount without names': {
    volumes: [{ emptyDir: {} }],
    driver: { volumeMounts: [{ mountPath: '/a' }] },
  },
};

const nameOf = (index: number, { metadata }: InvalidManifest) => String(at(metadata, 'name') ?? `stored-${index}`);

/** Our definition under the group of the test. */
function definition(group: string, version: object): object {
  const own = JSON.parse(JSON.stringify(sparkApplicationCrd()));
  own.metadata = { name: `sparkapplications.${group}` };
  own.spec.group = group;
  Object.assign(own.spec.versions[0], version);
  return own;
}

before(async () => {
  site = await IntegrationSite.open('stored');
  const group = `${site.namespace}.example.io`;
  resource = { group, version: 'v1beta2', plural: 'sparkapplications', kind: 'SparkApplication', namespaced: true };
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const { apiVersion: _, ...withoutRules } = Object(definition(group, { schema: { openAPIV3Schema: anything } }));
  await site.create(customResourceDefinitions, withoutRules);
  site.finally(() => site.remove(customResourceDefinitions, `sparkapplications.${group}`));
  await eventually('the resource to be served', () => site.list(resource));
  for (const [index, row] of rows.entries()) {
    const { metadata, spec } = Object(manifest(row.spec, { ...row.metadata, namespace: undefined, uid: undefined }));
    await site.create(resource, { metadata: { ...metadata, name: nameOf(index, row) }, spec });
  }
  for (const [index, spec] of Object.values(incomplete).entries()) {
    await site.create(resource, { metadata: { name: `incomplete-${index}` }, spec: Object(manifest(spec))['spec'] });
  }
  const { apiVersion: __, ...withRules } = Object(definition(group, {}));
  await site.patch(customResourceDefinitions, `sparkapplications.${group}`, 'merge', withRules);
  const { spec } = Object(manifest({ mode: 'client' }));
  const probe = { metadata: { name: 'probe' }, spec };
  await eventually('the rules to count', () => site.create(resource, probe, 422, { dryRun: 'All' }));
});
after(() => site.close());

describe('a stored object that breaks a rule', () => {
  it('stands here for every rule', () => assert.ok(rows.length > 30, String(rows.length)));

  for (const [index, row] of rows.entries()) {
    it(`takes a status, and a change of something else: ${row.what}`, async () => {
      const name = nameOf(index, row);
      const status = { status: { applicationState: { state: 'FAILED', errorMessage: 'because' }, driverInfo: {} } };
      const { body } = await site.patch(resource, `${name}/status`, 'merge', status);
      assert.equal(at(body, 'status', 'applicationState', 'state'), 'FAILED');
      await site.patch(resource, name, 'merge', { metadata: { labels: { touched: 'true' } } });
      await site.patch(resource, name, 'merge', { spec: { suspend: true } });
    });
  }

  for (const [index, what] of Object.keys(incomplete).entries()) {
    it(`or lacks what is required now takes a status: ${what}`, async () => {
      const status = { status: { applicationState: { state: 'RUNNING' }, driverInfo: {} } };
      await site.patch(resource, `incomplete-${index}/status`, 'merge', status);
      await site.patch(resource, `incomplete-${index}`, 'merge', { metadata: { labels: { touched: 'true' } } });
    });
  }

  it('is refused when what is wrong changes to something else that is wrong', async () => {
    const name = nameOf(
      rows.findIndex(({ what }) => what === 'Spark 2'),
      { what: '', problems: [] },
    );
    const { body } = await site.patch(resource, name, 'merge', { spec: { sparkVersion: '2.4.7' } }, 422);
    assert.match(body.message, /before 3\.0 is not supported/);
    await site.patch(resource, name, 'merge', { spec: { sparkVersion: '3.5.1' } });
  });
});
