/** Deletes by the embedded API server: preconditions, grace, finalizers, owners, namespaces. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { ApiServerSite, configMap, configMaps, pod, pods } from './api-server-site.js';

let site: ApiServerSite;
before(async () => {
  site = await ApiServerSite.open();
});
after(() => site.close());

/** An owner and a ConfigMap that depends on it. */
async function family(name: string, more: object = {}): Promise<{ owner: string; dependent: string; uid: unknown }> {
  const { body } = await site.send('POST', configMaps, configMap(`${name}-owner`), 201);
  const { uid } = body.metadata;
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: `${name}-owner`, uid, ...more }];
  await site.send('POST', configMaps, configMap(`${name}-dependent`, { ownerReferences }), 201);
  return { owner: `${configMaps}/${name}-owner`, dependent: `${configMaps}/${name}-dependent`, uid };
}

it('answers with a Status that names what is gone', async () => {
  await site.send('POST', configMaps, configMap('gone'), 201);
  const { body } = await site.send('DELETE', `${configMaps}/gone`, undefined, 200);
  assert.equal(body['status'], 'Success');
  await site.send('GET', `${configMaps}/gone`, undefined, 404);
});

it('spares an object that is not the one meant', async () => {
  await site.send('POST', configMaps, configMap('spared'), 201);
  for (const preconditions of [{ uid: 'other' }, { resourceVersion: '1' }]) {
    const { body } = await site.send('DELETE', `${configMaps}/spared`, { preconditions }, 409);
    assert.match(body.message, /in the precondition \(\w+\) does not match the/u);
  }
});

it('takes an unbound pod at once, and gives a bound one its grace', async () => {
  await site.send('POST', pods, pod('unbound'), 201);
  await site.send('DELETE', `${pods}/unbound`, undefined, 200);
  await site.send('GET', `${pods}/unbound`, undefined, 404);
  await site.send('POST', pods, pod('bound', { nodeName: 'node' }), 201);
  const { body } = await site.send('DELETE', `${pods}/bound`, undefined, 200);
  assert.equal(body.metadata['deletionGracePeriodSeconds'], 30);
  assert.equal(
    typeof (await site.send('GET', `${pods}/bound`, undefined, 200)).body.metadata['deletionTimestamp'],
    'string',
  );
  await site.send('DELETE', `${pods}/bound`, { gracePeriodSeconds: 0 }, 200);
  await site.send('GET', `${pods}/bound`, undefined, 404);
});

it('waits for finalizers, to which none may be added any more', async () => {
  await site.send('POST', configMaps, configMap('finalized', { finalizers: ['a/b'] }), 201);
  const path = `${configMaps}/finalized`;
  const { body } = await site.send('DELETE', path, undefined, 200);
  assert.equal(typeof body.metadata['deletionTimestamp'], 'string');
  await site.patch(path, 'merge', { metadata: { finalizers: ['a/b', 'c/d'] } }, 422);
  await site.patch(path, 'merge', { metadata: { finalizers: null } }, 200);
  await site.send('GET', path, undefined, 404);
});

it('takes dependents along in the background', async () => {
  const { owner, dependent } = await family('background');
  await site.send('DELETE', `${owner}?propagationPolicy=Background`, undefined, 200);
  await site.send('GET', owner, undefined, 404);
  await site.untilGone(dependent);
});

it('lets the owner stay until its blocking dependents are gone', async () => {
  const { owner, dependent } = await family('foreground', { blockOwnerDeletion: true });
  await site.patch(dependent, 'merge', { metadata: { finalizers: ['a/b'] } }, 200);
  await site.send('DELETE', owner, { propagationPolicy: 'Foreground' }, 200);
  await site.until(dependent, ({ body }) => body.metadata['deletionTimestamp'] !== undefined);
  const { body } = await site.send('GET', owner, undefined, 200);
  assert.deepEqual(body.metadata['finalizers'], ['foregroundDeletion']);
  await site.patch(dependent, 'merge', { metadata: { finalizers: [] } }, 200);
  await site.untilGone(dependent);
  await site.untilGone(owner);
});

it('leaves orphans without their owner', async () => {
  const { owner, dependent } = await family('orphan');
  await site.send('DELETE', `${owner}?propagationPolicy=Orphan`, undefined, 200);
  await site.untilGone(owner);
  const { body } = await site.send('GET', dependent, undefined, 200);
  assert.equal(body.metadata['ownerReferences'], undefined);
});

it('takes what depends on an owner that never was, and spares what has another', async () => {
  const absent = { apiVersion: 'v1', kind: 'Pod', name: 'never', uid: '00000000-0000-0000-0000-000000000000' };
  await site.send('POST', configMaps, configMap('stray', { ownerReferences: [absent] }), 201);
  await site.untilGone(`${configMaps}/stray`);
  const { dependent, uid } = await family('shared');
  const other = { apiVersion: 'v1', kind: 'ConfigMap', name: 'shared-owner', uid };
  await site.patch(dependent, 'merge', { metadata: { ownerReferences: [other, absent] } }, 200);
  const { body } = await site.until(dependent, (answer) => JSON.stringify(answer.body).includes('never') === false);
  assert.deepEqual(body.metadata['ownerReferences'], [other]);
});

it('deletes a collection by its labels', async () => {
  for (const name of ['some-1', 'some-2'])
    await site.send('POST', configMaps, configMap(name, { labels: { some: '' } }), 201);
  await site.send('DELETE', `${configMaps}?labelSelector=some`, undefined, 200);
  assert.deepEqual((await site.send('GET', `${configMaps}?labelSelector=some`, undefined, 200)).body.items, []);
});

it('ends a namespace with all that is in it, and takes nothing new meanwhile', async () => {
  await site.send('POST', '/api/v1/namespaces', { metadata: { name: 'ending' } }, 201);
  const path = '/api/v1/namespaces/ending';
  await site.send('POST', `${path}/configmaps`, configMap('inside', { finalizers: ['a/b'] }), 201);
  const { body } = await site.send('DELETE', path, undefined, 200);
  assert.deepEqual(body['status'], { phase: 'Terminating' });
  const late = await site.send('POST', `${path}/configmaps`, configMap('late'), 403);
  assert.match(late.body.message, /^configmaps "late" is forbidden: unable to create new content in namespace ending/u);
  await site.patch(`${path}/configmaps/inside`, 'merge', { metadata: { finalizers: null } }, 200);
  await site.untilGone(path);
  await site.send('DELETE', '/api/v1/namespaces/default', undefined, 403);
});
