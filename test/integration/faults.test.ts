/**
 * Whatever the network and the API server do to a watch: afterwards the store is right again, without a restart. An auditor
 * that lists for itself is the judge. Time is hurried, so that minutes of outage take a second.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { pause } from '../../src/clock.js';
import { isNothingThere } from '../../src/kube/api-error.js';
import { HttpApiClient } from '../../src/kube/http-api-client.js';
import { LeaderElection } from '../../src/kube/leader-election.js';
import { ListWatch } from '../../src/kube/list-watch.js';
import { objectKey } from '../../src/kube/objects.js';
import {
  configMaps,
  customResourceDefinitions,
  leases,
  type Resource,
  resourcePath,
} from '../../src/kube/resources.js';
import { Store, type StoredObject } from '../../src/kube/store.js';
import { silentLogger } from '../../src/log.js';
import { eventually } from '../e2e/eventually.js';
import { configMap } from './bodies.js';
import { type FaultName, FaultProxy, faults } from './fault-proxy.js';
import { HurriedClock } from './hurried-clock.js';
import { IntegrationSite } from './site.js';
import { differences } from './store-auditor.js';

const minute = 60_000;

/** How long each lasts, on the hurried clock. */
const lasting: Readonly<Record<FaultName, number>> = {
  'half-open sockets': 12 * minute,
  'resets in the middle of a JSON line': minute,
  'garbage lines': minute,
  '200 with an error body': minute,
  'a page of HTML in place of JSON': minute,
  'a version that has expired': minute,
  '429 for all requests': minute,
  '503 for all requests': minute,
  'an API server that is gone': 10 * minute,
};

let site: IntegrationSite;
before(async () => {
  site = await IntegrationSite.open('faults');
});
after(() => site.close());

/** A store that is kept by way of a proxy, beside the API server as it is. */
class Watched {
  readonly clock = new HurriedClock(200);
  token = 'Bearer first';
  /** Versions that were told twice. */
  readonly doubled: string[] = [];
  readonly #selection: { resource: Resource; namespace: string };
  readonly #store: Store<StoredObject>;
  readonly #client: HttpApiClient;
  readonly #watch: ListWatch;

  constructor(
    readonly proxy: FaultProxy,
    resource: Resource,
  ) {
    this.#selection = { resource, namespace: site.namespace };
    this.#store = new Store({
      project: ({ metadata }) => ({
        key: objectKey(metadata),
        uid: metadata.uid,
        resourceVersion: metadata.resourceVersion,
      }),
      onProjectionError: (key, error) => assert.fail(`${key}: ${error}`),
    });
    const seen = new Set<string>();
    this.#store.onChange(({ after: now }) => {
      const version = now && `${now.uid} ${now.resourceVersion}`;
      if (version !== undefined && seen.has(version)) this.doubled.push(version);
      if (version !== undefined) seen.add(version);
    });
    this.#client = new HttpApiClient({ server: proxy.url, authorization: async () => this.token });
    this.#watch = new ListWatch({
      ...this.#selection,
      client: this.#client,
      sink: this.#store,
      clock: this.clock,
      random: Math.random,
      logger: silentLogger,
    });
  }

  static async start(resource: Resource = configMaps): Promise<Watched> {
    const watched = new Watched(await FaultProxy.start(site.connection), resource);
    watched.#watch.start();
    await watched.#watch.synced;
    await eventually('the watch to be open', () => watched.proxy.openWatches === 1);
    return watched;
  }

  async untilRight(): Promise<void> {
    await eventually('the store to be what the API server has', async () => {
      const found = await differences(site.client, this.#selection, this.#store);
      if (found.length > 0) throw new Error(found.join('; '));
      return true;
    });
    assert.deepEqual(this.doubled, []);
  }

  async stop(): Promise<void> {
    await this.#watch.stop();
    await this.#client.close();
    await this.proxy.close();
  }
}

async function watching(test: (watched: Watched) => Promise<void>, resource?: Resource): Promise<void> {
  const watched = await Watched.start(resource);
  try {
    await test(watched);
  } finally {
    await watched.stop();
  }
}

/** One object that changes, one that goes, one that comes. */
async function change(prefix: string): Promise<void> {
  await site.patch(configMaps, `${prefix}-changes`, 'merge', { data: { a: '2' } });
  await site.remove(configMaps, `${prefix}-goes`);
  await site.create(configMaps, configMap(`${prefix}-comes`));
}

describe('the store is right again after', () => {
  for (const [name, milliseconds] of Object.entries(lasting) as [FaultName, number][]) {
    it(`${name}, for ${milliseconds / minute} min`, () =>
      watching(async (watched) => {
        const prefix = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
        await site.create(configMaps, configMap(`${prefix}-changes`));
        await site.create(configMaps, configMap(`${prefix}-goes`));
        await watched.untilRight();
        watched.proxy.begin(faults[name]);
        await change(prefix);
        await pause(watched.clock, milliseconds);
        watched.proxy.end();
        await site.create(configMaps, configMap(`${prefix}-later`));
        await watched.untilRight();
      }));
  }

  it('objects of a megabyte', () =>
    watching(async (watched) => {
      for (const name of ['large-1', 'large-2']) {
        await site.create(configMaps, configMap(name, {}, { text: 'ä'.repeat(500_000) }));
      }
      await site.patch(configMaps, 'large-1', 'merge', { metadata: { labels: { touched: 'yes' } } });
      await watched.untilRight();
      await site.remove(configMaps, 'large-2');
      await watched.untilRight();
    }));

  it('a token that expires, once there is another one', () =>
    watching(async (watched) => {
      watched.proxy.token = 'Bearer second';
      watched.proxy.begin({ strike: (watch) => watch.socket?.resetAndDestroy() });
      await site.create(configMaps, configMap('while-expired'));
      await pause(watched.clock, minute);
      watched.token = 'Bearer second';
      await watched.untilRight();
    }));

  it('a clock that jumps a day ahead and two back', () =>
    watching(async (watched) => {
      const day = 24 * 60 * minute;
      watched.clock.jump(day);
      await site.create(configMaps, configMap('tomorrow'));
      await watched.untilRight();
      watched.clock.jump(-2 * day);
      await site.create(configMaps, configMap('yesterday'));
      await watched.untilRight();
    }));

  it('a custom resource definition that is removed and comes back', async () => {
    const gadgets: Resource = {
      group: 'faults.firesteel.test',
      version: 'v1',
      plural: 'gadgets',
      kind: 'Gadget',
      namespaced: true,
    };
    const untilServed = () => eventually('gadgets to be served', () => site.list(gadgets));
    await site.create(customResourceDefinitions, definitionOf(gadgets));
    await untilServed();
    await site.create(gadgets, { metadata: { name: 'before' } });
    await watching(async (watched) => {
      await watched.untilRight();
      await site.remove(customResourceDefinitions, nameOf(gadgets));
      await eventually('gadgets to be gone', () => isGone(gadgets));
      await pause(watched.clock, minute);
      await eventually('the definition to be gone', () =>
        site.create(customResourceDefinitions, definitionOf(gadgets)),
      );
      await untilServed();
      await site.create(gadgets, { metadata: { name: 'behind' } });
      await watched.untilRight();
    }, gadgets);
    await site.remove(customResourceDefinitions, nameOf(gadgets));
  });
});

/** The one candidate for a lease, and what it was told. */
function startElection(name: string) {
  const clock = new HurriedClock(20);
  const told: string[] = [];
  const election = new LeaderElection({
    client: site.client,
    namespace: site.namespace,
    name,
    identity: 'owner',
    clock,
    random: Math.random,
    logger: silentLogger,
    onStartedLeading: () => told.push('leading'),
    onStoppedLeading: () => told.push('stopped'),
  });
  election.start();
  return { clock, told, election };
}

it('a lease that somebody steals ends the leadership, and is taken again when the thief lets go', async () => {
  const { told, election } = startElection('stolen');
  await eventually('the owner to lead', () => election.isLeader);
  const { body } = await site.get(leases, 'stolen');
  assert.match(JSON.stringify(body), /"holderIdentity":"owner"/);
  await site.patch(leases, 'stolen', 'merge', { spec: { holderIdentity: 'thief' } });
  await eventually('the owner to give up', () => told.includes('stopped'));
  await site.patch(leases, 'stolen', 'merge', { spec: { holderIdentity: '' } });
  await eventually('the owner to lead again', () => election.isLeader);
  await election.stop();
  assert.deepEqual(told, ['leading', 'stopped', 'leading', 'stopped']);
});

it('a leader whose clock jumps ahead gives up at once, leads again, and does not mind a jump back', async () => {
  const { clock, told, election } = startElection('jumping');
  await eventually('the owner to lead', () => election.isLeader);
  clock.jump(24 * 60 * minute);
  assert.equal(election.isLeader, false);
  await eventually('the owner to lead again', () => election.isLeader);
  clock.jump(-48 * 60 * minute);
  assert.equal(election.isLeader, true);
  const renewals = async () => JSON.stringify((await site.get(leases, 'jumping')).body['spec']);
  const before = await renewals();
  await eventually('the lease to be renewed', async () => (await renewals()) !== before);
  await election.stop();
  assert.deepEqual(told, ['leading', 'stopped', 'leading', 'stopped']);
});

async function isGone(resource: Resource): Promise<boolean> {
  try {
    await site.client.request({ method: 'GET', path: resourcePath(resource, { namespace: site.namespace }) });
    return false;
  } catch (error) {
    return isNothingThere(error);
  }
}

function nameOf({ plural, group }: Resource): string {
  return `${plural}.${group}`;
}

function definitionOf(resource: Resource): object {
  const { group, version, plural, kind } = resource;
  return {
    metadata: { name: nameOf(resource) },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, singular: plural.slice(0, -1), kind, listKind: `${kind}List` },
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  };
}
