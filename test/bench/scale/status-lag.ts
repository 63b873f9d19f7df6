/** How long it takes from the answer to a write of a pod's status until the application says so. */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { type ApiClient, mergePatch } from '../../../src/kube/api-client.js';
import type { KubernetesObject } from '../../../src/kube/objects.js';
import { pods, sparkApplications } from '../../../src/kube/resources.js';
import { eventually } from '../../e2e/eventually.js';
import { ObjectWatch } from '../../e2e/object-watch.js';

const statusSchema = z.object({
  status: z.object({ executorState: z.record(z.string(), z.string()).nullish() }).default({}),
});

const writers = 16;

export class StatusLag {
  readonly #client: ApiClient;
  readonly #namespace: string;
  readonly #watch: ObjectWatch;
  /** By executor: when its end was answered; infinite while it is being written. */
  readonly #pending = new Map<string, number>();
  #seen = new Map<string, number>();
  #lags: number[] = [];

  constructor(client: ApiClient, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
    const see = (object: KubernetesObject) => this.#see(object);
    this.#watch = new ObjectWatch({
      client,
      resource: sparkApplications,
      namespace,
      sink: { replace: () => {}, upsert: see, remove: () => {} },
    });
  }

  start(): Promise<void> {
    return this.#watch.start();
  }

  stop(): Promise<void> {
    return this.#watch.stop();
  }

  /**
   * Ends each executor once.
   * @param perSecond left out: as fast as they are taken
   * @returns milliseconds for each
   */
  async measure(executors: readonly string[], perSecond?: number): Promise<number[]> {
    this.#lags = [];
    const begin = performance.now();
    const remaining = executors.map((name, index) => ({
      name,
      at: perSecond === undefined ? 0 : (index / perSecond) * 1_000,
    }));
    remaining.reverse();
    const worker = async () => {
      for (let next = remaining.pop(); next !== undefined; next = remaining.pop()) {
        await delay(Math.max(0, begin + next.at - performance.now()));
        await this.#end(next.name);
      }
    };
    await Promise.all(Array.from({ length: writers }, worker));
    await eventually('every application to tell of its executors', () => this.#pending.size === 0, 300_000);
    return this.#lags;
  }

  async #end(name: string): Promise<void> {
    this.#pending.set(name, Number.POSITIVE_INFINITY);
    const address = { namespace: this.#namespace, name, subresource: 'status' };
    await mergePatch(this.#client, pods, address, { status: { phase: 'Failed', containerStatuses: null } });
    const answered = performance.now();
    const seen = this.#seen.get(name);
    if (seen === undefined) this.#pending.set(name, answered);
    else this.#settle(name, seen - answered);
  }

  #see(object: KubernetesObject): void {
    const now = performance.now();
    for (const [name, state] of Object.entries(statusSchema.parse(object).status.executorState ?? {})) {
      if (state !== 'FAILED') continue;
      const answered = this.#pending.get(name);
      if (answered === undefined) continue;
      if (answered === Number.POSITIVE_INFINITY) this.#seen.set(name, now);
      else this.#settle(name, now - answered);
    }
  }

  #settle(name: string, lag: number): void {
    this.#pending.delete(name);
    this.#seen.delete(name);
    this.#lags.push(Math.max(0, lag));
  }
}
