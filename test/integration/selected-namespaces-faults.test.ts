/**
 * Whatever happens to the watches of namespaces, applications and pods while labels come and go: afterwards the caches have what
 * is in the namespaces that are selected, and nothing else, without a restart.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { NamespaceCaches } from '../../reconciler/namespace-caches.js';
import { pause } from '../../src/clock.js';
import { HttpApiClient } from '../../src/kube/http-api-client.js';
import { silentLogger } from '../../src/log.js';
import { eventually } from '../e2e/eventually.js';
import { application } from './bodies.js';
import { type FaultName, FaultProxy, faults } from './fault-proxy.js';
import { HurriedClock } from './hurried-clock.js';
import { IntegrationSite } from './site.js';

const minute = 60_000;
const label = 'firesteel.test/faults-in';
const watches = 3;

let site: IntegrationSite;
let proxy: FaultProxy;
let caches: NamespaceCaches;
const clock = new HurriedClock(200);
/** The two take turns in having the label. */
const teams = ['a', 'b'] as const;
type TeamName = (typeof teams)[number];

before(async () => {
  site = await IntegrationSite.open('label-faults');
  for (const team of teams) {
    const body = { metadata: { name: nameOf(team) } };
    await site.send('POST', '/api/v1/namespaces', 201, { body });
    site.finally(() => site.send('DELETE', `/api/v1/namespaces/${nameOf(team)}`, 200));
  }
  await labelled('a', site.namespace);
  proxy = await FaultProxy.start(site.connection);
  const client = new HttpApiClient({ server: proxy.url, authorization: async () => undefined });
  caches = new NamespaceCaches({
    client,
    namespaces: [],
    namespaceSelector: `${label}=${site.namespace}`,
    clock,
    random: Math.random,
    logger: silentLogger,
    onChange: () => {},
    onAdded: () => {},
  });
  site.finally(async () => {
    await caches.stop();
    await client.close();
    await proxy.close();
  });
  await caches.start();
  await eventually('the watches to be open', () => proxy.openWatches === watches);
});
after(() => site.close());

const nameOf = (team: TeamName) => `${site.namespace}-${team}`;
const pathOf = (team: TeamName) => `/apis/sparkoperator.k8s.io/v1beta2/namespaces/${nameOf(team)}/sparkapplications`;

function labelled(team: TeamName, value: string | null): Promise<unknown> {
  const body = { metadata: { labels: { [label]: value } } };
  const contentType = 'application/merge-patch+json';
  return site.send('PATCH', `/api/v1/namespaces/${nameOf(team)}`, 200, { body, contentType });
}

async function create(team: TeamName, name: string): Promise<void> {
  const { metadata, spec } = application(name);
  const body = { apiVersion: 'sparkoperator.k8s.io/v1beta2', kind: 'SparkApplication', metadata, spec };
  await site.send('POST', pathOf(team), 201, { body });
}

/** What a list says that is taken now. */
async function present(team: TeamName): Promise<string[]> {
  const { body } = await site.send('GET', pathOf(team), 200);
  return body.items
    .map(({ metadata }) => `${nameOf(team)}/${metadata.name} ${Object(metadata).resourceVersion}`)
    .sort();
}

function untilRight(selected: TeamName): Promise<unknown> {
  return eventually(`the caches to have what is in ${selected}, and nothing else`, async () => {
    const held = [...caches.applications()].map(({ key, resourceVersion }) => `${key} ${resourceVersion}`).sort();
    assert.deepEqual(held, await present(selected));
    return true;
  });
}

describe('the selected namespaces are right again after', () => {
  let selected: TeamName = 'a';
  /** The label goes from the one to the other; in both something comes and something goes. */
  async function moveOn(prefix: string): Promise<void> {
    const next = selected === 'a' ? 'b' : 'a';
    await labelled(selected, null);
    await labelled(next, site.namespace);
    for (const team of teams) {
      await create(team, `${prefix}-comes`);
      await site.send('DELETE', `${pathOf(team)}/${prefix}-goes`, 200);
    }
    selected = next;
  }

  for (const [index, name] of (Object.keys(faults) as FaultName[]).entries()) {
    it(name, async () => {
      const prefix = `fault-${index}`;
      for (const team of teams) await create(team, `${prefix}-goes`);
      await untilRight(selected);
      proxy.begin(faults[name]);
      await moveOn(prefix);
      await pause(clock, name === 'half-open sockets' ? 12 * minute : minute);
      proxy.end();
      await untilRight(selected);
    });
  }

  it('a watch that is cut again and again while the label moves', async () => {
    for (const round of [1, 2, 3, 4, 5]) {
      const prefix = `cut-${round}`;
      for (const team of teams) await create(team, `${prefix}-goes`);
      const moved = moveOn(prefix);
      proxy.begin({ strike: (watch) => watch.socket?.resetAndDestroy() });
      await moved;
    }
    await untilRight(selected);
  });
});
