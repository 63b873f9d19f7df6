/**
 * What the operator needs where there are many applications: memory, time from its start to work, how far the status is behind
 * the pods, and the time from one leader's end to the next one's work. A fifth of the applications run, with four executors
 * each; the others are done, their driver pods still there. At three sizes, so that what grows faster than they do shows. Sizes
 * can be named: BENCH_SIZES=1000,3000.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { pods, resourcePath } from '../../src/kube/resources.js';
import { distribution, rounded } from './distribution.js';
import { OperatorSite } from './operator-site.js';
import { usageOf } from './process-usage.js';
import type { Results } from './run.js';
import { listSchema, namespace, originals, populate } from './scale/cluster.js';
import { Population } from './scale/population.js';
import { StatusLag } from './scale/status-lag.js';

const runningShare = 0.2;
const steadyPerSecond = 20;
const steadyEvents = 300;
const burstEvents = 5_000;

export async function scale(): Promise<Results> {
  const sizes = (process.env['BENCH_SIZES'] ?? '1000,3000,10000').split(',').map(Number);
  const site = await OperatorSite.open({ namespaces: [namespace], controllers: false });
  if (site === undefined) return { scale: 'not measured: no API server, see npm run test:e2e' };
  const population = new Population(site.etcdUrl);
  try {
    await site.startWebhook();
    const families = await originals(site);
    const found: Record<string, unknown> = {};
    let present = 0;
    for (const size of sizes) {
      await populate(population, families, present, size, runningShare);
      present = size;
      found[`with${size}`] = await measure(site, size);
    }
    return found;
  } finally {
    await population.close();
    await site.close();
  }
}

async function measure(site: OperatorSite, size: number): Promise<Results> {
  const startedWithin = await site.startReconciler();
  const quietAfter = await untilQuiet(site);
  const pid = site.processes.get('reconciler') ?? 0;
  const atRest = usageOf(pid);
  const executors = await runningExecutors(site);
  const lag = new StatusLag(site.client, namespace);
  await lag.start();
  const steady = await lag.measure(executors.slice(0, steadyEvents), steadyPerSecond);
  const beforeBurst = usageOf(pid);
  const burst = executors.slice(steadyEvents, steadyEvents + burstEvents);
  const ofBurst = await lag.measure(burst);
  const afterBurst = usageOf(pid);
  await lag.stop();
  const handedOverWithin = await site.handOver();
  return {
    applications: size,
    executors: executors.length,
    startToSyncedSeconds: rounded(startedWithin / 1_000),
    syncedToQuietSeconds: rounded(quietAfter / 1_000),
    cpuSecondsToQuiet: rounded(atRest.cpuMilliseconds / 1_000),
    reconcilerRssMebibytes: { atRest: atRest.rssMebibytes, afterBurst: afterBurst.rssMebibytes },
    webhookRssMebibytes: usageOf(site.processes.get('webhook') ?? 0).rssMebibytes,
    statusLagMilliseconds: { at20PerSecond: distribution(steady), atBurst: distribution(ofBurst) },
    handOverSeconds: rounded(handedOverWithin / 1_000),
    cpuMillisecondsPerEventOfBurst: rounded((afterBurst.cpuMilliseconds - beforeBurst.cpuMilliseconds) / burst.length),
  };
}

/** Until a second passes in which the reconciler does next to nothing; milliseconds. */
async function untilQuiet(site: OperatorSite): Promise<number> {
  const pid = site.processes.get('reconciler') ?? 0;
  const begin = performance.now();
  for (let before = usageOf(pid).cpuMilliseconds; ; ) {
    await delay(1_000);
    const now = usageOf(pid).cpuMilliseconds;
    if (now - before < 30) return performance.now() - begin - 1_000;
    before = now;
  }
}

async function runningExecutors({ client }: OperatorSite): Promise<string[]> {
  const answer = await client.request({
    method: 'GET',
    path: resourcePath(pods, { namespace }),
    query: { labelSelector: 'spark-role=executor', fieldSelector: 'status.phase=Running' },
    timeoutMilliseconds: 60_000,
  });
  return listSchema
    .parse(answer)
    .items.map(({ metadata }) => metadata.name)
    .filter((name) => name.startsWith('running-'));
}
