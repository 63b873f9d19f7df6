/** Deletes: preconditions, finalizers, and what becomes of dependents. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { configMaps, namespaces, pods, services, sparkApplications } from '../../src/kube/resources.js';
import { eventually } from '../e2e/eventually.js';
import { application, configMap, ownedBy, pod } from './bodies.js';
import { IntegrationSite } from './site.js';

let site: IntegrationSite;
before(async () => {
  site = await IntegrationSite.open('deletion');
});
after(() => site.close());

describe('a delete', () => {
  it('answers Success, and the object is gone', async () => {
    await site.create(configMaps, configMap('gone'));
    assert.equal((await site.remove(configMaps, 'gone')).body['status'], 'Success');
    await site.get(configMaps, 'gone', 404);
  });

  it('of what is not there is NotFound', async () => {
    await site.remove(configMaps, 'missing', 404);
  });

  it('of a pod that no node has takes it away at once, and answers with it', async () => {
    await site.create(pods, pod('unbound'));
    assert.equal((await site.remove(pods, 'unbound')).body.metadata.name, 'unbound');
    await site.get(pods, 'unbound', 404);
  });

  it('of a pod that a node has lets it end, and force takes it away', async () => {
    await site.create(pods, pod('bound', {}, { nodeName: 'nowhere', terminationGracePeriodSeconds: 600 }));
    const { body } = await site.remove(pods, 'bound');
    assert.equal(body.metadata['deletionGracePeriodSeconds'], 600);
    assert.ok(Date.parse(String(body.metadata['deletionTimestamp'])) > Date.now() + 500_000);
    await site.remove(pods, 'bound', 200, { gracePeriodSeconds: 0 });
    await site.get(pods, 'bound', 404);
  });

  it('for another uid is a conflict', async () => {
    await site.create(configMaps, configMap('reborn'));
    const { body } = await site.remove(configMaps, 'reborn', 409, { preconditions: { uid: 'of-another' } });
    assert.equal(body.reason, 'Conflict');
    assert.match(body.message, /the UID in the precondition \(of-another\) does not match the UID in record/u);
  });

  it('of an old version is a conflict', async () => {
    const { body: old } = await site.create(configMaps, configMap('moved-on'));
    await site.patch(configMaps, 'moved-on', 'merge', { data: { a: '2' } });
    const { resourceVersion } = old.metadata;
    const { body } = await site.remove(configMaps, 'moved-on', 409, { preconditions: { resourceVersion } });
    assert.match(body.message, /the ResourceVersion in the precondition/u);
  });

  it('of a policy that there is not is refused', async () => {
    await site.create(configMaps, configMap('odd'));
    const { body } = await site.remove(configMaps, 'odd', 422, { propagationPolicy: 'Sideways' });
    assert.match(body.message, /Unsupported value: "Sideways"/u);
  });

  it('that is a dry run leaves the object', async () => {
    await site.create(configMaps, configMap('dry'));
    await site.remove(configMaps, 'dry', 200, { dryRun: ['All'] });
    await site.get(configMaps, 'dry');
  });

  it('of a collection takes what is selected', async () => {
    for (const name of ['x', 'y']) await site.create(configMaps, configMap(name, { labels: { subject: 'all' } }));
    await site.create(configMaps, configMap('z', { labels: { subject: 'other' } }));
    await site.send('DELETE', site.pathOf(configMaps), 200, { query: { labelSelector: 'subject=all' } });
    assert.deepEqual(await site.names(configMaps, { labelSelector: 'subject' }), ['z']);
  });
});

describe('a finalizer', () => {
  it('keeps the object, marked, until it is taken away', async () => {
    await site.create(configMaps, configMap('kept', { finalizers: ['example.io/keep'] }));
    await site.remove(configMaps, 'kept');
    const { body } = await site.get(configMaps, 'kept');
    assert.match(String(body.metadata['deletionTimestamp']), /^\d{4}-/u);
    await site.patch(configMaps, 'kept', 'merge', { metadata: { finalizers: null } });
    await site.get(configMaps, 'kept', 404);
  });

  it('can not be added to what is being deleted', async () => {
    await site.create(configMaps, configMap('closed', { finalizers: ['example.io/keep'] }));
    await site.remove(configMaps, 'closed');
    const late = { metadata: { finalizers: ['example.io/keep', 'example.io/late'] } };
    const { body } = await site.patch(configMaps, 'closed', 'merge', late, 422);
    assert.match(body.message, /metadata\.finalizers: Forbidden: no new finalizers can be added/u);
    await site.patch(configMaps, 'closed', 'merge', { metadata: { finalizers: null } });
  });

  it('of a custom resource counts as a change of its generation when it is deleted', async () => {
    await site.create(sparkApplications, application('counted', {}, { finalizers: ['example.io/keep'] }));
    const { body } = await site.remove(sparkApplications, 'counted');
    assert.equal(body.metadata.generation, 2);
    await site.patch(sparkApplications, 'counted', 'merge', { metadata: { finalizers: null } });
    await site.untilGone(sparkApplications, 'counted');
  });
});

describe('an owner that is deleted', () => {
  let collects: boolean;
  before(async () => {
    collects = await eventually('the default service account', () => site.collectsGarbage(), 5_000).catch(() => false);
  });
  const skipped = 'nothing collects garbage here: there is no kube-controller-manager';

  /** A pod, and a ConfigMap that it owns. */
  async function family(name: string, more: object = {}): Promise<void> {
    const { body } = await site.create(pods, pod(name));
    await site.create(configMaps, configMap(name, ownedBy({ kind: 'Pod', metadata: body.metadata }, more)));
  }

  it('takes its dependents along in the background', async (test) => {
    if (!collects) return test.skip(skipped);
    await family('background');
    await site.remove(pods, 'background', 200, { propagationPolicy: 'Background' });
    await site.get(pods, 'background', 404);
    await site.untilGone(configMaps, 'background');
  });

  it('waits for its dependents in the foreground', async (test) => {
    if (!collects) return test.skip(skipped);
    await family('foreground', { blockOwnerDeletion: true });
    await site.patch(configMaps, 'foreground', 'merge', { metadata: { finalizers: ['example.io/keep'] } });
    const { body } = await site.remove(pods, 'foreground', 200, { propagationPolicy: 'Foreground' });
    assert.deepEqual(body.metadata['finalizers'], ['foregroundDeletion']);
    await eventually('the dependent to be deleted', async () => {
      const dependent = await site.get(configMaps, 'foreground');
      return dependent.body.metadata['deletionTimestamp'] !== undefined;
    });
    await site.get(pods, 'foreground');
    await site.patch(configMaps, 'foreground', 'merge', { metadata: { finalizers: null } });
    await site.untilGone(pods, 'foreground');
  });

  it('leaves its dependents where it orphans them', async (test) => {
    if (!collects) return test.skip(skipped);
    await family('orphaned');
    await site.remove(pods, 'orphaned', 200, { propagationPolicy: 'Orphan' });
    await site.untilGone(pods, 'orphaned');
    const { body } = await site.get(configMaps, 'orphaned');
    assert.equal(body.metadata['ownerReferences'], undefined);
  });

  it('leaves a dependent that has another owner', async (test) => {
    if (!collects) return test.skip(skipped);
    const owners = [await site.create(pods, pod('first')), await site.create(pods, pod('second'))];
    const references = owners.flatMap(({ body }) => ownedBy({ kind: 'Pod', metadata: body.metadata }).ownerReferences);
    await site.create(configMaps, configMap('shared', { ownerReferences: references }));
    await site.remove(pods, 'first');
    await eventually('the reference to be gone', async () => {
      const { body } = await site.get(configMaps, 'shared');
      return Array.isArray(body.metadata['ownerReferences']) && body.metadata['ownerReferences'].length === 1;
    });
  });

  it('that never was takes its dependent along', async (test) => {
    if (!collects) return test.skip(skipped);
    const owner = { kind: 'Pod', metadata: { name: 'never', uid: '00000000-0000-4000-8000-000000000000' } };
    await site.create(configMaps, configMap('orphan', ownedBy(owner)));
    await site.untilGone(configMaps, 'orphan');
  });
});

describe('a namespace that is deleted', () => {
  it('takes nothing new, and goes with all that is in it', async (test) => {
    const name = `${site.namespace}-inner`;
    await site.create(namespaces, { metadata: { name } });
    const path = `/api/v1/namespaces/${name}/${configMaps.plural}`;
    const held = configMap('held', { finalizers: ['example.io/keep'] });
    await site.send('POST', path, 201, { body: held });
    await site.remove(namespaces, name);
    const { body } = await site.send('POST', path, 403, { body: configMap('late') });
    assert.match(
      body.message,
      /is forbidden: unable to create new content in namespace .* because it is being terminated/u,
    );
    const free = { body: { metadata: { finalizers: null } }, contentType: 'application/merge-patch+json' };
    await site.send('PATCH', `${path}/held`, 200, free);
    if (!(await site.collectsGarbage())) return test.skip('nothing ends namespaces here');
    await site.untilGone(namespaces, name);
  });

  it('has no default one among them', async () => {
    const { body } = await site.remove(namespaces, 'default', 403);
    assert.match(body.message, /this namespace may not be deleted/u);
  });
});

describe('a Service', () => {
  it('is answered back when it is deleted', async () => {
    await site.create(services, { metadata: { name: 'headless' }, spec: { clusterIP: 'None', ports: [{ port: 80 }] } });
    assert.equal((await site.remove(services, 'headless')).body['kind'], 'Service');
  });
});
