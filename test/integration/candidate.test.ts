/** A reconciler that does not lead yet: what it knows then, and what it leaves to the one that does. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ElectedReconciler } from '../../reconciler/elected-reconciler.js';
import { Reconciler } from '../../reconciler/reconciler.js';
import { defaultMetricsSettings } from '../../reconciler/reconciler-metrics.js';
import { defaultSettings } from '../../reconciler/settings.js';
import { systemClock } from '../../src/clock.js';
import type { ApiClient, ApiRequest } from '../../src/kube/api-client.js';
import { leases, sparkApplications } from '../../src/kube/resources.js';
import { silentLogger } from '../../src/log.js';
import { at } from '../../src/sandbox/api-server/objects.js';
import { eventually } from '../e2e/eventually.js';
import { FakeClock } from '../unit/kube/fake-clock.js';
import { application } from './bodies.js';
import { IntegrationSite } from './site.js';

const leaseName = 'lease';

let site: IntegrationSite;
let candidate: ElectedReconciler;
/** What the candidate has asked for, in order; watches apart. */
const requests: ApiRequest[] = [];
const troubles: object[] = [];
const lists = () => requests.filter(({ method, query }) => method === 'GET' && query?.['limit'] !== undefined);

function recording(client: ApiClient): ApiClient {
  return {
    request(request) {
      requests.push(request);
      return client.request(request);
    },
    lines: (...watch) => client.lines(...watch),
  };
}

const held = (holderIdentity: string) => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: leaseName },
  spec: { holderIdentity, leaseDurationSeconds: 3600 },
});

const stateOf = async (name: string) =>
  at((await site.get(sparkApplications, name)).body, 'status', 'applicationState', 'state');

/** What its metrics tell of applications of this namespace. */
const told = () =>
  candidate.reconciler
    .readMetrics()
    .flatMap((metric) =>
      metric.name.startsWith('spark_') ? metric.samples().filter(([labels]) => labels.includes(site.namespace)) : [],
    );
const looksAtLease = () => requests.filter(({ path }) => path.includes('/leases/')).length;

const options = (client: ApiClient) => ({
  client,
  namespaces: [site.namespace],
  concurrency: 2,
  maximumSimilarEvents: 10,
  settings: defaultSettings,
  metrics: { ...defaultMetricsSettings, labels: ['namespace'] },
  clock: systemClock,
  random: Math.random,
  logger: silentLogger,
});

before(async () => {
  site = await IntegrationSite.open('candidate');
  await site.create(leases, held('somebody'));
  await site.create(sparkApplications, application('before'));
  await site.patch(sparkApplications, 'before/status', 'merge', { status: { applicationState: { state: 'RUNNING' } } });
  const { client, namespace } = site;
  const logger = { ...silentLogger, warn: (what: object) => void troubles.push(what) };
  candidate = new ElectedReconciler(
    { ...options(recording(client)), logger },
    { namespace, name: leaseName, identity: 'candidate' },
    () => {},
  );
  candidate.start();
  site.finally(() => candidate.stop());
  await eventually('the candidate to list applications and pods', async () => lists().length === 2);
});
after(() => site.close());

describe('a candidate', () => {
  it('asks for nothing but lists and the lease, has no work, and tells of no application in its metrics', async () => {
    await candidate.reconciler.follow();
    await site.create(sparkApplications, application('meanwhile'));
    const before = looksAtLease();
    await eventually('it to look at the lease once more', async () => looksAtLease() > before + 1);
    assert.equal(requests.length, lists().length + looksAtLease());
    assert.deepEqual(
      requests.filter(({ method }) => method !== 'GET'),
      [],
    );
    assert.deepEqual(candidate.reconciler.progress().waiting, { status: 0, submission: 0 });
    assert.deepEqual(troubles, []);
    assert.deepEqual(told(), []);
  });

  it('works on what came before and meanwhile as soon as it leads, without listing it', async () => {
    await site.patch(leases, leaseName, 'merge', held(''));
    candidate.lookNow();
    for (const name of ['before', 'meanwhile']) {
      await eventually(`a pass over ${name}`, async () => {
        const state = await stateOf(name);
        return state !== undefined && state !== 'RUNNING';
      });
    }
    assert.equal(lists().length, 2);
    assert.equal(candidate.isLeader, true);
    assert.notDeepEqual(told(), []);
  });
});

describe('a reconciler', () => {
  it('that has been stopped does not begin to work when it is given the lease all the same', async () => {
    const clock = new FakeClock();
    const reconciler = new Reconciler({ ...options(site.client), clock });
    await reconciler.follow();
    await reconciler.stop();
    await reconciler.start();
    assert.equal(clock.pending, 0);
  });

  it('that is started twice stops as a whole', async () => {
    const clock = new FakeClock();
    const reconciler = new Reconciler({ ...options(site.client), clock });
    await Promise.all([reconciler.start(), reconciler.start()]);
    await reconciler.stop();
    assert.equal(clock.pending, 0);
  });
});
