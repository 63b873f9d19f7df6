/** A reconciler that does not lead yet: what it knows then, and what it leaves to the one that does. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ElectedReconciler } from '../../reconciler/elected-reconciler.js';
import { defaultSettings } from '../../reconciler/settings.js';
import { systemClock } from '../../src/clock.js';
import type { ApiClient, ApiRequest } from '../../src/kube/api-client.js';
import { leases, sparkApplications } from '../../src/kube/resources.js';
import { silentLogger } from '../../src/log.js';
import { at } from '../../src/sandbox/api-server/objects.js';
import { eventually } from '../e2e/eventually.js';
import { application } from './bodies.js';
import { IntegrationSite } from './site.js';

const leaseName = 'lease';

let site: IntegrationSite;
let candidate: ElectedReconciler;
/** What the candidate has asked for, in order; watches apart. */
const requests: ApiRequest[] = [];
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

/** Applications that run, by the candidate's metrics. */
const running = () =>
  candidate.reconciler
    .readMetrics()
    .find(({ name }) => name === 'spark_application_running_count')
    ?.samples()
    .reduce((sum, [, value]) => sum + value, 0);

before(async () => {
  site = await IntegrationSite.open('candidate');
  await site.create(leases, held('somebody'));
  await site.create(sparkApplications, application('before'));
  await site.patch(sparkApplications, 'before/status', 'merge', { status: { applicationState: { state: 'RUNNING' } } });
  const { client, namespace } = site;
  const options = {
    client: recording(client),
    namespaces: [namespace],
    concurrency: 2,
    maximumSimilarEvents: 10,
    settings: defaultSettings,
    clock: systemClock,
    random: Math.random,
    logger: silentLogger,
  };
  candidate = new ElectedReconciler(options, { namespace, name: leaseName, identity: 'candidate' }, () => {});
  candidate.start();
  site.finally(() => candidate.stop());
  await eventually('the candidate to list applications and pods', async () => lists().length === 2);
});
after(() => site.close());

describe('a candidate', () => {
  it('writes nothing, and counts no application in its metrics', async () => {
    await candidate.reconciler.follow();
    await site.create(sparkApplications, application('meanwhile'));
    await eventually('it to look at the lease', async () => requests.some(({ path }) => path.includes('/leases/')));
    assert.deepEqual(
      requests.filter(({ method }) => method !== 'GET'),
      [],
    );
    assert.equal(running(), 0);
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
  });
});
