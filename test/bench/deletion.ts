/**
 * What it costs when a thousand applications that are done are deleted: our CPU and our requests for each, and whether anything
 * stays behind. Kubernetes' own garbage collector runs here, as it does in every cluster.
 */
import { deleteObject } from '../../src/kube/api-client.js';
import {
  configMaps,
  pods,
  type Resource,
  resourcePath,
  services,
  sparkApplications,
} from '../../src/kube/resources.js';
import { eventually } from '../e2e/eventually.js';
import { OperatorSite } from './operator-site.js';
import { usageOf } from './process-usage.js';
import type { Results } from './run.js';
import { listSchema, namespace, originals, populate } from './scale/cluster.js';
import { Population } from './scale/population.js';
import { readAuditLog } from './throughput/audit-log.js';

const count = 1_000;
const deletesAtOneTime = 16;
const leftOverKinds = [sparkApplications, pods, services, configMaps];

const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted'],
  rules: [
    { level: 'None', verbs: ['watch', 'list'] },
    { level: 'Metadata', namespaces: [namespace] },
    { level: 'None' },
  ],
};

export async function deletion(): Promise<Results> {
  const site = await OperatorSite.open({ namespaces: [namespace], controllers: true, auditPolicy });
  if (site === undefined) return { deletion: 'not measured: no API server, see npm run test:e2e' };
  const population = new Population(site.etcdUrl);
  try {
    await site.startWebhook();
    await populate(population, await originals(site), 0, count, 0);
    await site.startReconciler();
    await eventually(
      'all applications to be there',
      async () => (await namesOf(site, sparkApplications)).length > count,
    );
    const pid = site.processes.get('reconciler') ?? 0;
    const before = { cpu: usageOf(pid).cpuMilliseconds, requests: await ownRequests(site) };
    const begin = performance.now();
    await deleteAll(site);
    await eventually('the pods to be collected', async () => (await doneOf(site, pods)).length === 0, 300_000);
    const seconds = (performance.now() - begin) / 1_000;
    const leftOver: Record<string, number> = {};
    for (const kind of leftOverKinds) leftOver[kind.plural] = (await doneOf(site, kind)).length;
    return {
      deleted: count,
      secondsUntilAllIsGone: Math.round(seconds),
      cpuMillisecondsPerDeletion: Math.round(((usageOf(pid).cpuMilliseconds - before.cpu) / count) * 100) / 100,
      requestsPerDeletion: ((await ownRequests(site)) - before.requests) / count,
      leftOver,
    };
  } finally {
    await population.close();
    await site.close();
  }
}

async function deleteAll(site: OperatorSite): Promise<void> {
  const remaining = await doneOf(site, sparkApplications);
  const worker = async () => {
    for (let name = remaining.pop(); name !== undefined; name = remaining.pop()) {
      await deleteObject(site.client, sparkApplications, { namespace, name });
    }
  };
  await Promise.all(Array.from({ length: deletesAtOneTime }, worker));
}

/** Of webhook and reconciler, leases apart: those are in another namespace. */
async function ownRequests({ auditLog }: OperatorSite): Promise<number> {
  let found = 0;
  for await (const { userAgent } of readAuditLog(auditLog)) if (userAgent.startsWith('firesteel/')) found += 1;
  return found;
}

async function doneOf(site: OperatorSite, resource: Resource): Promise<string[]> {
  return (await namesOf(site, resource)).filter((name) => name.startsWith('done-'));
}

async function namesOf({ client }: OperatorSite, resource: Resource): Promise<string[]> {
  const path = resourcePath(resource, { namespace });
  const answer = await client.request({ method: 'GET', path, timeoutMilliseconds: 60_000 });
  return listSchema.parse(answer).items.map(({ metadata }) => metadata.name);
}
