/**
 * Stores under random faults for a long time: pods come, change and go all the while, a fault of the network or the API server
 * follows the other, and after each an auditor that lists for itself compares resource versions. Memory must stay flat.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { projectPod } from '../../reconciler/spark-pod.js';
import { systemClock } from '../../src/clock.js';
import { messageOf } from '../../src/errors.js';
import { createObject, deleteObject, mergePatch } from '../../src/kube/api-client.js';
import { connect } from '../../src/kube/connection.js';
import { HttpApiClient } from '../../src/kube/http-api-client.js';
import { ListWatch } from '../../src/kube/list-watch.js';
import { namespaces, pods } from '../../src/kube/resources.js';
import { Store } from '../../src/kube/store.js';
import { silentLogger } from '../../src/log.js';
import { eventually } from '../e2e/eventually.js';
import { type FaultName, FaultProxy, faults } from '../integration/fault-proxy.js';
import { differences } from '../integration/store-auditor.js';

const namespace = 'soak-watches';
const selection = { resource: pods, namespace };
/** Pods that are there at one time, at most. */
const population = 300;
const rightWithinMilliseconds = 90_000;

interface SoakOptions {
  readonly minutes: number;
  /** Of changes, a second. */
  readonly rate: number;
}

interface Figures {
  readonly isSound: boolean;
  readonly minutes: number;
  readonly changes: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly audits: number;
  readonly differences: readonly string[];
  /** Versions that were told more than once. */
  readonly doubled: number;
  readonly heapMebibytes: { readonly first: number; readonly last: number };
}

export async function soakWatches(kubeconfig: string, { minutes, rate }: SoakOptions): Promise<Figures> {
  const connection = await connect({ kubeconfig }, {});
  const client = new HttpApiClient(connection);
  await createObject(client, namespaces, undefined, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
  const proxy = await FaultProxy.start(connection);
  const watched = new WatchedPods(proxy);
  await watched.start();
  const load = new Load(client, rate);
  const met = new Map<FaultName, number>();
  const heap: number[] = [];
  const found: string[] = [];
  let audits = 0;
  const end = Date.now() + minutes * 60_000;
  while (Date.now() < end) {
    const name = randomFault();
    met.set(name, (met.get(name) ?? 0) + 1);
    await load.during(randomInt(500, 3_000));
    proxy.begin(faults[name]);
    await load.during(randomInt(200, 6_000));
    proxy.end();
    await load.during(randomInt(0, 2_000));
    found.push(...(await watched.untilRight(client)).map((difference) => `${name}: ${difference}`));
    audits += 1;
    heap.push(heapMebibytes());
  }
  await watched.stop();
  await proxy.close();
  await client.close();
  const heapAt = { first: heap[Math.min(2, heap.length - 1)] ?? 0, last: heap.at(-1) ?? 0 };
  return {
    isSound: found.length === 0 && watched.doubled === 0 && load.failures.length === 0,
    minutes,
    changes: load.changes,
    faults: Object.fromEntries(met),
    audits,
    differences: [...found, ...load.failures],
    doubled: watched.doubled,
    heapMebibytes: heapAt,
  };
}

function randomFault(): FaultName {
  const names = Object.keys(faults) as FaultName[];
  return names[randomInt(names.length)] ?? 'half-open sockets';
}

function heapMebibytes(): number {
  globalThis.gc?.();
  return Math.round((process.memoryUsage().heapUsed / 1_048_576) * 10) / 10;
}

/** As the reconciler keeps them, with shorter times so that what takes minutes comes often. */
class WatchedPods {
  doubled = 0;
  readonly #store = new Store({ project: projectPod, onProjectionError: () => {} });
  readonly #watch: ListWatch;
  readonly #client: HttpApiClient;

  constructor(proxy: FaultProxy) {
    this.#client = new HttpApiClient({ server: proxy.url, authorization: async () => undefined });
    this.#watch = new ListWatch({
      ...selection,
      client: this.#client,
      sink: this.#store,
      clock: systemClock,
      random: Math.random,
      logger: silentLogger,
      watchTimeoutSeconds: { minimum: 5, maximum: 20 },
      idleMilliseconds: 8_000,
    });
    const latest = new Map<string, string>();
    this.#store.onChange(({ before, after }) => {
      if (after === undefined) latest.delete(before?.uid ?? '');
      else if (latest.get(after.uid) === after.resourceVersion) this.doubled += 1;
      else latest.set(after.uid, after.resourceVersion);
    });
  }

  async start(): Promise<void> {
    this.#watch.start();
    await this.#watch.synced;
  }

  /** What is still wrong when it should long be right. */
  async untilRight(auditor: HttpApiClient): Promise<string[]> {
    let found: string[] = [];
    const look = async () => {
      found = await differences(auditor, selection, this.#store);
      return found.length === 0;
    };
    try {
      await eventually('the store to be right', look, rightWithinMilliseconds);
    } catch (error) {
      return [...found, messageOf(error)];
    }
    return [];
  }

  async stop(): Promise<void> {
    await this.#watch.stop();
    await this.#client.close();
  }
}

/** Creates, changes and deletes pods, directly at the API server. */
class Load {
  changes = 0;
  readonly failures: string[] = [];
  readonly #names: string[] = [];
  #created = 0;

  constructor(
    private readonly client: HttpApiClient,
    private readonly rate: number,
  ) {}

  async during(milliseconds: number): Promise<void> {
    const end = Date.now() + milliseconds;
    while (Date.now() < end) {
      await Promise.all([
        this.#change().catch((error) => this.failures.push(messageOf(error))),
        delay(1_000 / this.rate),
      ]);
    }
  }

  async #change(): Promise<void> {
    this.changes += 1;
    const isFull = this.#names.length >= population;
    const choice = this.#names.length === 0 ? 0 : randomInt(isFull ? 1 : 0, 10);
    const at = randomInt(Math.max(1, this.#names.length));
    const name = this.#names[at] ?? '';
    if (choice < 1) await this.#create();
    else if (choice < 3 && isFull) {
      this.#names.splice(at, 1);
      await deleteObject(this.client, pods, { namespace, name });
    } else if (choice < 4) await this.#create();
    else {
      const body = { metadata: { annotations: { change: String(this.changes) } } };
      await mergePatch(this.client, pods, { namespace, name }, body);
    }
  }

  async #create(): Promise<void> {
    this.#created += 1;
    const name = `pod-${this.#created}`;
    const labels = { 'sparkoperator.k8s.io/launched-by-spark-operator': 'true' };
    await createObject(this.client, pods, namespace, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels },
      spec: { containers: [{ name: 'main', image: 'none' }], terminationGracePeriodSeconds: 0 },
    });
    this.#names.push(name);
  }
}
