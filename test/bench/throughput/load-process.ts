/** A process of its own that creates applications and is the node on which their pods run, so that it shares no event loop. */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../../src/clock.js';
import { createObject } from '../../../src/kube/api-client.js';
import { connect } from '../../../src/kube/connection.js';
import { HttpApiClient } from '../../../src/kube/http-api-client.js';
import { ListWatch } from '../../../src/kube/list-watch.js';
import type { KubernetesObject } from '../../../src/kube/objects.js';
import { sparkApplications } from '../../../src/kube/resources.js';
import { silentLogger } from '../../../src/log.js';
import { SimulatedNode } from '../../../src/sandbox/simulated-node.js';
import { application } from './application.js';
import { type RunRequest, type RunResults, runRequest } from './messages.js';

export const userAgent = 'firesteel-bench-load';

const client = new HttpApiClient(await connect({}, process.env), { userAgent });
const shared = { client, clock: systemClock, random: Math.random, logger: silentLogger };
new SimulatedNode({ ...shared, labelSelector: 'sparkoperator.k8s.io/launched-by-spark-operator=true' }).start();

/** Of the present run. */
const unfinished = new Set<string>();
const results = { completed: 0, failed: 0 };
let wake = () => {};

const see = (object: KubernetesObject) => {
  const state = stateOf(object);
  if ((state !== 'COMPLETED' && state !== 'FAILED') || !unfinished.delete(object.metadata.name)) return;
  results[state === 'COMPLETED' ? 'completed' : 'failed'] += 1;
  wake();
};
const watch = new ListWatch({
  ...shared,
  resource: sparkApplications,
  sink: { replace: (objects) => objects.forEach(see), upsert: see, remove: () => {} },
});
watch.start();
await watch.synced;

process.on('message', (message) => {
  void run(runRequest.parse(message)).then((outcome) => process.send?.(outcome));
});

async function run({ prefix, namespaces, count, perMinute, maximumUnfinished }: RunRequest): Promise<RunResults> {
  Object.assign(results, { completed: 0, failed: 0 });
  const begin = Date.now();
  const requests: Promise<unknown>[] = [];
  for (let index = 0; index < count; index += 1) {
    if (perMinute !== undefined) await delay(Math.max(0, begin + (index * 60_000) / perMinute - Date.now()));
    while (unfinished.size >= maximumUnfinished) await somethingEnds();
    const name = `${prefix}-${index}`;
    const namespace = namespaces[index % namespaces.length] ?? '';
    unfinished.add(name);
    requests.push(createObject(client, sparkApplications, namespace, application(name, namespace)));
    // Not all at once where there is no pace.
    if (perMinute === undefined && index % 8 === 7) await requests.at(-1);
  }
  await Promise.all(requests);
  while (unfinished.size > 0) await somethingEnds();
  return { ...results };
}

function somethingEnds(): Promise<void> {
  return new Promise((resolve) => {
    wake = resolve;
  });
}

function stateOf(object: KubernetesObject): string | undefined {
  const { status } = object as { status?: { applicationState?: { state?: string } } };
  return status?.applicationState?.state;
}

await once(process, 'disconnect');
process.exit();
