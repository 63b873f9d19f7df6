/** A cluster full of applications for the benchmarks of scale: some that run, with executors, and many that are done. */
import { z } from 'zod';
import { systemClock } from '../../../src/clock.js';
import { createObject, getObject } from '../../../src/kube/api-client.js';
import { pods, resourcePath, sparkApplications } from '../../../src/kube/resources.js';
import { silentLogger } from '../../../src/log.js';
import { SimulatedNode } from '../../../src/sandbox/simulated-node.js';
import { eventually } from '../../e2e/eventually.js';
import type { OperatorSite } from '../operator-site.js';
import { application } from '../throughput/application.js';
import type { Family, Population } from './population.js';

export const namespace = 'bench-scale';
const executorsEach = 4;

/** One application that runs and one that is done, as the operator itself makes them. */
export async function originals(site: OperatorSite): Promise<{ running: Family; done: Family }> {
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

export const listSchema = z.object({
  items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })),
});

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

/** @param runningShare of them run; the others are done */
export async function populate(
  population: Population,
  families: { running: Family; done: Family },
  from: number,
  to: number,
  runningShare: number,
): Promise<void> {
  const names = Array.from({ length: to - from }, (_, index) => from + index);
  const runs = (index: number) => runningShare > 0 && index % Math.round(1 / runningShare) === 0;
  await population.copy(
    families.running,
    names.filter(runs).map((index) => `running-${index}`),
  );
  await population.copy(
    families.done,
    names.filter((index) => !runs(index)).map((index) => `done-${index}`),
  );
}
