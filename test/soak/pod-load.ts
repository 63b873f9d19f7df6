/** Pods created at a steady rate, whether the ones before are done or not, and what became of each. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../src/errors.js';
import { type ApiClient, createObject } from '../../src/kube/api-client.js';
import { pods, resourcePath } from '../../src/kube/resources.js';
import { podWith } from '../unit/pod/pods.js';

export interface Failure {
  /** Milliseconds since the epoch, when it was sent and when it was known. */
  readonly sent: number;
  readonly known: number;
  readonly message: string;
}

const deleteEvery = 10_000;
const applied = 'pod.sparkoperator.k8s.io/applied';

export class PodLoad {
  readonly latencies: number[] = [];
  readonly failures: Failure[] = [];
  unmutated = 0;
  #pending = new Set<Promise<void>>();
  #stopping = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly client: ApiClient,
    private readonly namespace: string,
    private readonly perSecond: number,
  ) {}

  start(): void {
    this.#running = Promise.all([this.#create(), this.#delete()]);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
    await Promise.all(this.#pending);
  }

  async #create(): Promise<void> {
    const started = performance.now();
    for (let index = 0; !this.#stopping; index += 1) {
      const due = started + (index * 1_000) / this.perSecond;
      const wait = due - performance.now();
      if (wait > 0) await delay(wait);
      const one = this.#createOne(index).finally(() => this.#pending.delete(one));
      this.#pending.add(one);
    }
  }

  async #createOne(index: number): Promise<void> {
    const sent = Date.now();
    const before = performance.now();
    const pod = podWith({ env: [{ name: 'INDEX', value: String(index) }], tolerations: [{ operator: 'Exists' }] });
    const metadata = { ...pod.metadata, name: `soak-${index}-${randomBytes(3).toString('hex')}` };
    try {
      const answer = JSON.stringify(await createObject(this.client, pods, this.namespace, { ...pod, metadata }));
      this.latencies.push(performance.now() - before);
      if (!answer.includes(applied)) this.unmutated += 1;
    } catch (error) {
      this.failures.push({ sent, known: Date.now(), message: messageOf(error) });
    }
  }

  /** Nobody runs them; they only would fill the store. */
  async #delete(): Promise<void> {
    let last = performance.now();
    while (!this.#stopping) {
      await delay(200);
      if (performance.now() - last < deleteEvery) continue;
      last = performance.now();
      const path = resourcePath(pods, { namespace: this.namespace });
      const query = { gracePeriodSeconds: '0' };
      // A busy API server may take longer than this; what is left is deleted the next time.
      await this.client.request({ method: 'DELETE', path, query, timeoutMilliseconds: 60_000 }).catch(() => {});
    }
  }
}
