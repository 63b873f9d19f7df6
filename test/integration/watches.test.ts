/** Watches: what they tell, from which version, and that our ListWatch loses nothing on them. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../src/clock.js';
import { ListWatch } from '../../src/kube/list-watch.js';
import type { KubernetesObject } from '../../src/kube/objects.js';
import { configMaps } from '../../src/kube/resources.js';
import { silentLogger } from '../../src/log.js';
import { eventually } from '../e2e/eventually.js';
import { configMap } from './bodies.js';
import { IntegrationSite, type WatchEvent } from './site.js';

let site: IntegrationSite;
before(async () => {
  site = await IntegrationSite.open('watches');
});
after(() => site.close());

const labelled = (name: string, subject: string) => configMap(name, { labels: { subject } });
const selecting = (subject: string) => ({ labelSelector: `subject=${subject}` });
const told = (events: readonly WatchEvent[]) => events.map(({ type, object }) => `${type} ${object.metadata.name}`);
const versionNow = async () => (await site.list(configMaps)).body.metadata.resourceVersion;

/** Beside one another, because some of them wait for seconds of the server's. */
describe('a watch', { concurrency: true }, () => {
  it('tells what is added, modified and deleted', async () => {
    const query = { ...selecting('life'), resourceVersion: await versionNow() };
    const events = await site.watch(configMaps, query, 3, async () => {
      await site.create(configMaps, labelled('life', 'life'));
      await site.patch(configMaps, 'life', 'merge', { data: { a: '2' } });
      await site.remove(configMaps, 'life');
    });
    assert.deepEqual(told(events), ['ADDED life', 'MODIFIED life', 'DELETED life']);
    assert.deepEqual(events[2]?.object['data'], { a: '2' });
  });

  it('gives a deletion a version of its own', async () => {
    const query = { ...selecting('end'), resourceVersion: await versionNow() };
    const events = await site.watch(configMaps, query, 2, async () => {
      await site.create(configMaps, labelled('end', 'end'));
      await site.remove(configMaps, 'end');
    });
    const [added, deleted] = events.map(({ object }) => BigInt(object.metadata.resourceVersion));
    assert.ok(added !== undefined && deleted !== undefined && deleted > added);
  });

  it('from an old version begins with what has happened since', async () => {
    const resourceVersion = await versionNow();
    await site.create(configMaps, labelled('old', 'since'));
    await site.remove(configMaps, 'old');
    await site.create(configMaps, labelled('new', 'since'));
    const events = await site.watch(configMaps, { ...selecting('since'), resourceVersion }, 3);
    assert.deepEqual(told(events), ['ADDED old', 'DELETED old', 'ADDED new']);
  });

  it('without a version begins with what there is', async () => {
    await site.create(configMaps, labelled('there', 'initial'));
    assert.deepEqual(told(await site.watch(configMaps, selecting('initial'), 1)), ['ADDED there']);
  });

  it('tells an object that leaves its selector as deleted, and one that enters it as added', async () => {
    await site.create(configMaps, labelled('mover', 'inside'));
    const query = { ...selecting('inside'), resourceVersion: await versionNow() };
    const move = (subject: string) => site.patch(configMaps, 'mover', 'merge', { metadata: { labels: { subject } } });
    const events = await site.watch(configMaps, query, 2, async () => {
      await move('outside');
      await move('inside');
    });
    assert.deepEqual(told(events), ['DELETED mover', 'ADDED mover']);
  });

  it('by name tells of that object alone', async () => {
    const query = { fieldSelector: 'metadata.name=wanted', resourceVersion: await versionNow() };
    const events = await site.watch(configMaps, query, 1, async () => {
      await site.create(configMaps, configMap('unwanted'));
      await site.create(configMaps, configMap('wanted'));
    });
    assert.deepEqual(told(events), ['ADDED wanted']);
  });

  it('ends after the seconds that were asked for', async () => {
    const query = { ...selecting('nothing'), timeoutSeconds: '1', resourceVersion: await versionNow() };
    assert.deepEqual(told(await site.watch(configMaps, query, 1)), []);
  });

  it('that asks for the initial events ends them with a bookmark', async () => {
    await site.create(configMaps, labelled('first', 'streamed'));
    const query = {
      ...selecting('streamed'),
      sendInitialEvents: 'true',
      allowWatchBookmarks: 'true',
      resourceVersionMatch: 'NotOlderThan',
    };
    const events = await site.watch(configMaps, query, 2);
    assert.deepEqual(told(events), ['ADDED first', 'BOOKMARK ']);
    const { annotations, resourceVersion } = events[1]?.object.metadata ?? {};
    assert.deepEqual(annotations, { 'k8s.io/initial-events-end': 'true' });
    assert.match(resourceVersion ?? '', /^\d+$/u);
  });

  it('of a version that is no number is refused', async () => {
    await assert.rejects(site.watch(configMaps, { resourceVersion: 'soon' }, 1), {
      status: 500,
      detail: /strconv\.ParseUint: parsing "soon": invalid syntax/u,
    });
  });

  it('that the server ends makes our ListWatch lose nothing, and nothing change its order', async () => {
    const names = new Set<string>();
    const ended: string[] = [];
    const see = ({ metadata }: KubernetesObject) => names.add(metadata.name);
    const watch = new ListWatch({
      client: site.client,
      resource: configMaps,
      namespace: site.namespace,
      ...selecting('kept'),
      sink: {
        replace: (objects) => objects.forEach(see),
        upsert: see,
        remove: ({ metadata }) => ended.push(metadata.name),
      },
      clock: systemClock,
      random: Math.random,
      logger: silentLogger,
      watchTimeoutSeconds: { minimum: 1, maximum: 1 },
    });
    const expected: string[] = [];
    const add = async () => {
      const name = `kept-${expected.length}`;
      expected.push(name);
      await site.create(configMaps, labelled(name, 'kept'));
    };
    await add();
    watch.start();
    await watch.synced;
    const until = Date.now() + 1_300;
    await eventually('a watch to have ended', async () => {
      await add();
      return Date.now() > until;
    });
    await site.remove(configMaps, 'kept-0');
    await eventually('the last of them to be seen', () => ended.length === 1 && names.size === expected.length);
    await watch.stop();
    assert.deepEqual([...names], expected);
    assert.deepEqual(ended, ['kept-0']);
  });
});
