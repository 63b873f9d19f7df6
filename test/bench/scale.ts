/**
 * What the operator needs where there are many applications: memory, time from its start to work, and how far the status is
 * behind the pods. A fifth of the applications run, with four executors each; the others are done, their driver pods still
 * there. At three sizes, so that what grows faster than they do shows. Sizes can be named: BENCH_SIZES=1000,3000.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { systemClock } from '../../src/clock.js';
import { createObject, getObject } from '../../src/kube/api-client.js';
import { pods, resourcePath, sparkApplications } from '../../src/kube/resources.js';
import { silentLogger } from '../../src/log.js';
import { SimulatedNode } from '../../src/sandbox/simulated-node.js';
import { eventually } from '../e2e/eventually.js';
import { distribution, rounded } from './distribution.js';
import { OperatorSite } from './operator-site.js';
import { usageOf } from './process-usage.js';
import type { Results } from './run.js';
import { type Family, Population } from './scale/population.js';
import { StatusLag } from './scale/status-lag.js';
import { application } from './throughput/application.js';

const namespace = 'bench-scale';
const executorsEach = 4;
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
      await populate(population, families, present, size);
      present = size;
      found[`with${size}`] = await measure(site, size);
    }
    return found;
  } finally {
    await population.close();
    await site.close();
  }
}

/** One application that runs and one that is done, as the operator itself makes them. */
async function originals(site: OperatorSite): Promise<{ running: Family; done: Family }> {
  const node = new SimulatedNode({
    client: site.client,
    clock: systemClock,
    random: Math.random,
    logger: silentLogger,
    namespace,
  });
  node.start();
  await site.startReconciler();
  const executor = {
    executor: { instances: executorsEach, memory: '512m' },
    dynamicAllocation: undefined,
    sparkConf: {},
  };
  await submit(site, 'original-running', '24h', executor);
  await submit(site, 'original-done', '1s', {});
  await untilState(site, 'original-running', /RUNNING/, executorsEach);
  await untilState(site, 'original-done', /COMPLETED/, 0);
  await node.stop();
  await site.stopReconciler();
  return { running: await familyOf(site, 'original-running'), done: await familyOf(site, 'original-done') };
}

async function submit({ client }: OperatorSite, name: string, duration: string, changes: object): Promise<void> {
  const usual = application(name, namespace);
  const driver = { ...usual.spec.driver, annotations: { 'sandbox.firesteel/duration': duration } };
  await createObject(client, sparkApplications, namespace, { ...usual, spec: { ...usual.spec, driver, ...changes } });
}

const listSchema = z.object({ items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })) });

async function familyOf({ client }: OperatorSite, name: string): Promise<Family> {
  const answer = await client.request({
    method: 'GET',
    path: resourcePath(pods, { namespace }),
    query: { labelSelector: `sparkoperator.k8s.io/app-name=${name}` },
  });
  const typed = { apiVersion: 'v1', kind: 'Pod' };
  const ofApplication = listSchema.parse(answer).items.map((pod) => ({ ...typed, ...pod }));
  return { application: await getObject(client, sparkApplications, { namespace, name }), pods: ofApplication };
}

const stateSchema = z.object({
  status: z
    .object({
      applicationState: z.object({ state: z.string() }).optional(),
      executorState: z.record(z.string(), z.string()).nullish(),
    })
    .default({}),
});

async function untilState({ client }: OperatorSite, name: string, state: RegExp, executors: number): Promise<void> {
  await eventually(`${name} to be ${state}`, async () => {
    const { status } = stateSchema.parse(await getObject(client, sparkApplications, { namespace, name }));
    const running = Object.values(status.executorState ?? {}).filter((executor) => executor === 'RUNNING');
    return state.test(status.applicationState?.state ?? '') && running.length >= executors;
  });
}

async function populate(
  population: Population,
  families: { running: Family; done: Family },
  from: number,
  to: number,
): Promise<void> {
  const names = Array.from({ length: to - from }, (_, index) => from + index);
  const runs = (index: number) => index % (1 / runningShare) === 0;
  await population.copy(families.running, names.filter(runs).map(runningName));
  await population.copy(
    families.done,
    names.filter((index) => !runs(index)).map((index) => `done-${index}`),
  );
}

function runningName(index: number): string {
  return `running-${index}`;
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
  await site.stopReconciler();
  return {
    applications: size,
    executors: executors.length,
    startToSyncedSeconds: rounded(startedWithin / 1_000),
    syncedToQuietSeconds: rounded(quietAfter / 1_000),
    cpuSecondsToQuiet: rounded(atRest.cpuMilliseconds / 1_000),
    reconcilerRssMebibytes: { atRest: atRest.rssMebibytes, afterBurst: afterBurst.rssMebibytes },
    webhookRssMebibytes: usageOf(site.processes.get('webhook') ?? 0).rssMebibytes,
    statusLagMilliseconds: { at20PerSecond: distribution(steady), atBurst: distribution(ofBurst) },
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
