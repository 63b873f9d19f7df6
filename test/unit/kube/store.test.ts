import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type KubernetesObject, type ObjectKey, objectKey } from '../../../src/kube/objects.js';
import { Store, type StoreChange, type StoredObject } from '../../../src/kube/store.js';

interface StoredPod extends StoredObject {
  application: string | undefined;
}

const key = (name: string): ObjectKey => objectKey({ namespace: 'default', name });

function pod(name: string, version: number, { uid = `uid-of-${name}`, application = 'pi' } = {}): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'default', name, uid, resourceVersion: String(version), labels: { application } },
  };
}

function setUp() {
  const unprojectable: string[] = [];
  const changes: StoreChange<StoredPod>[] = [];
  const store = new Store<StoredPod>({
    project: (object) => {
      const application = object.metadata.labels?.['application'];
      if (application === 'broken') throw new Error('makes no sense');
      const { uid, resourceVersion } = object.metadata;
      return { key: objectKey(object.metadata), uid, resourceVersion, application };
    },
    indices: { application: ({ application }) => application },
    onProjectionError: (failed) => unprojectable.push(failed),
  });
  store.onChange((change) => changes.push(change));
  const versions = () => Object.fromEntries([...store.values()].map((held) => [held.key, held.resourceVersion]));
  return { store, changes, unprojectable, versions };
}

test('a change tells what was before and what is after', () => {
  const { store, changes } = setUp();
  store.upsert(pod('a', 1));
  store.upsert(pod('a', 2));
  store.remove(pod('a', 3));
  assert.deepEqual(
    changes.map(({ before, after }) => [before?.resourceVersion, after?.resourceVersion]),
    [
      [undefined, '1'],
      ['1', '2'],
      ['2', undefined],
    ],
  );
});

test('a version that is not newer than the one held is ignored, also beyond nine', () => {
  const { store, changes, versions } = setUp();
  store.upsert(pod('a', 10));
  store.upsert(pod('a', 9));
  store.upsert(pod('a', 10));
  store.remove(pod('a', 9));
  assert.deepEqual(versions(), { 'default/a': '10' });
  assert.equal(changes.length, 1);
});

test('a list drops what is not in it, and tells nothing of what has not changed', () => {
  const { store, changes, versions } = setUp();
  store.replace([pod('a', 1), pod('b', 2)], '2');
  changes.length = 0;
  store.replace([pod('b', 2), pod('c', 3)], '5');
  assert.deepEqual(versions(), { 'default/b': '2', 'default/c': '3' });
  assert.deepEqual(changes.map((change) => change.key).sort(), ['default/a', 'default/c']);
});

test('a list does not drop or set back what is newer than the list', () => {
  const { store, versions } = setUp();
  store.upsert(pod('a', 8));
  store.upsert(pod('b', 8));
  store.replace([pod('b', 3)], '5');
  assert.deepEqual(versions(), { 'default/a': '8', 'default/b': '8' });
});

test('what a list that came object by object does not name is dropped, unless it is newer', () => {
  const { store, changes, versions } = setUp();
  for (const object of [pod('a', 1), pod('b', 2), pod('c', 8)]) store.upsert(object);
  changes.length = 0;
  store.retain(new Set([objectKey({ namespace: 'default', name: 'b' })]), '5');
  assert.deepEqual(versions(), { 'default/b': '2', 'default/c': '8' });
  assert.deepEqual(
    changes.map((change) => change.key),
    ['default/a'],
  );
});

test('another uid under one key is told as an end and a beginning', () => {
  const { store, changes } = setUp();
  store.upsert(pod('a', 1, { uid: 'first', application: 'one' }));
  store.upsert(pod('a', 5, { uid: 'second', application: 'two' }));
  assert.deepEqual(
    changes.map(({ before, after }) => [before?.uid, after?.uid]),
    [
      [undefined, 'first'],
      ['first', undefined],
      [undefined, 'second'],
    ],
  );
  assert.deepEqual(store.by('application', 'one'), []);
  assert.equal(store.by('application', 'two').length, 1);
});

test('the answer to a write counts at once, but brings nothing back and sets nothing back', () => {
  const { store, versions } = setUp();
  store.observeWrite(pod('a', 1));
  assert.equal(store.size, 0);
  store.upsert(pod('a', 2));
  store.observeWrite(pod('a', 4));
  assert.deepEqual(versions(), { 'default/a': '4' });
  store.upsert(pod('a', 3));
  store.observeWrite(pod('a', 2));
  store.observeWrite(pod('a', 9, { uid: 'another' }));
  assert.deepEqual(versions(), { 'default/a': '4' });
});

test('what the API server says to be gone goes at once, and nothing else of its name', () => {
  const { store, versions, changes } = setUp();
  store.upsert(pod('a', 2, { uid: 'first' }));
  store.observeAbsence({ key: key('a'), uid: 'another' });
  assert.deepEqual(versions(), { 'default/a': '2' });
  store.observeAbsence({ key: key('a'), uid: 'first' });
  assert.deepEqual(versions(), {});
  assert.equal(changes.at(-1)?.after, undefined);
  store.observeAbsence({ key: key('a'), uid: 'first' });
  assert.equal(changes.length, 2);
});

test('an object that can not be projected is reported and left out, and the others are not harmed', () => {
  const { store, unprojectable, versions } = setUp();
  store.replace([pod('a', 1), pod('b', 2, { application: 'broken' }), pod('c', 3)], '3');
  assert.deepEqual(versions(), { 'default/a': '1', 'default/c': '3' });
  store.upsert(pod('a', 4, { application: 'broken' }));
  assert.deepEqual(versions(), { 'default/c': '3' });
  assert.deepEqual(unprojectable, ['default/b', 'default/a']);
});

test('a listener that throws keeps no other from being told, and the error is raised when all is done', () => {
  const { store, versions } = setUp();
  store.onChange(() => {
    throw new Error('a broken listener');
  });
  const told: ObjectKey[] = [];
  const end = store.onChange((change) => told.push(change.key));
  assert.throws(() => store.replace([pod('a', 1), pod('b', 2)], '2'), AggregateError);
  assert.deepEqual(told, [key('a'), key('b')]);
  assert.deepEqual(versions(), { 'default/a': '1', 'default/b': '2' });
  end();
  assert.throws(() => store.upsert(pod('c', 3)), AggregateError);
  assert.equal(told.length, 2);
});

test('an index that does not exist is a mistake of the caller and said', () => {
  assert.throws(() => setUp().store.by('colour', 'red'), TypeError);
});

test('whatever happens, each index finds exactly what the store holds', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const application = fc.constantFrom('one', 'two', 'broken');
  const uid = fc.constantFrom('first', 'second');
  const step = fc.oneof(
    fc.record({
      kind: fc.constantFrom('upsert' as const, 'remove' as const, 'observeWrite' as const, 'observeAbsence' as const),
      name,
      application,
      uid,
      version: fc.nat(30),
    }),
    fc.record({ kind: fc.constant('replace' as const), name, application, uid, version: fc.nat(30) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { store } = setUp();
      for (const { kind, name, application, uid, version } of steps) {
        const object = pod(name, version, { application, uid });
        if (kind === 'replace') store.replace([object], String(version));
        else if (kind === 'observeAbsence') store.observeAbsence({ key: key(name), uid });
        else store[kind](object);
      }
      for (const value of ['one', 'two', 'broken']) {
        const held = [...store.values()].filter((one) => one.application === value);
        assert.deepEqual(new Set(store.by('application', value)), new Set(held));
      }
    }),
  );
});
