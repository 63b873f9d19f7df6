/**
 * One process of the operator: the real reconciler, with election, queue, caches and all, on a clock and a network that the run
 * owns. It can be paused, crash, or be stopped in good order.
 */

import type { Decide } from '../../reconciler/decision.js';
import type { ElectedReconciler } from '../../reconciler/elected-reconciler.js';
import { Reconciler, type ReconcilerOptions } from '../../reconciler/reconciler.js';
import { defaultSettings } from '../../reconciler/settings.js';
import type { ApiClient, ApiRequest } from '../../src/kube/api-client.js';
import type { Logger } from '../../src/log.js';
import { leaseName, namespace } from './cluster/addresses.js';
import type { Life } from './cluster/node.js';
import type { ProtocolStep } from './protocol-steps.js';
import { Random } from './random.js';
import type { ProcessClock } from './virtual-time.js';
import type { World } from './world.js';

/** In the ratio of the defaults, but longer, so that not every run is one of leases. */
export const leaseTimes = {
  leaseDurationMilliseconds: 150_000,
  renewDeadlineMilliseconds: 100_000,
  retryPeriodMilliseconds: 40_000,
};

export interface OperatorProcessOptions {
  readonly world: World;
  readonly number: number;
  /** Of its pod, which outlives its container. */
  readonly identity: string;
  /** Without one it believes that it leads. */
  readonly usesLease: boolean;
  readonly logger: Logger;
}

/** What a process does. */
export interface Work {
  start(): void | Promise<void>;
  stop(): Promise<void>;
}

/** Where something else can be put in the place of what a process is made of: for bugs that are planted. */
export interface Seams {
  readonly client?: (client: ApiClient) => ApiClient;
  readonly decide?: Decide;
  readonly elect?: Elect;
}

/** Makes a process that works while it leads. */
export type Elect = (...args: ConstructorParameters<typeof ElectedReconciler>) => Work;

export class OperatorProcess {
  readonly clock: ProcessClock;
  readonly identity: string;
  isDead = false;
  isPaused = false;
  lastStep: ProtocolStep = 'look';
  /** The pod that the last answer was about, as it was then. */
  lookedAt: Life | undefined;
  readonly #world: World;
  readonly usesLease: boolean;
  readonly #work: Work;
  /** What it has not heard, being paused. */
  readonly #mail: (() => void)[] = [];

  constructor({ world, number, identity, usesLease, logger }: OperatorProcessOptions) {
    this.#world = world;
    this.identity = identity;
    this.clock = world.time.clock();
    const random = new Random(world.seed, number, 1);
    const ids = new Random(world.seed, number, 2);
    const bug: Seams = world.plantedBug?.plant() ?? {};
    const client = world.network.clientOf(this);
    const options: ReconcilerOptions = {
      client: bug.client?.(client) ?? client,
      namespaces: [namespace],
      concurrency: 2,
      maximumSimilarEvents: 10,
      settings: { ...defaultSettings, ...world.kind.settings },
      clock: this.clock,
      random: () => random.number(),
      logger,
      ids: {
        submissionId: () => `${ids.hexadecimal(8)}-0000-4000-8000-${ids.hexadecimal(12)}`,
        configMapId: () => ids.hexadecimal(16),
      },
      ...(bug.decide === undefined ? {} : { decide: bug.decide }),
    };
    const lease = { namespace, name: leaseName, identity, ...leaseTimes };
    const elect = bug.elect ?? world.elect;
    this.usesLease = usesLease;
    this.#work = usesLease ? elect(options, lease, () => void this.stop()) : new Reconciler(options);
  }

  start(): void {
    void this.#work.start();
  }

  /** In good order: passes under way come to their end first. */
  async stop(): Promise<void> {
    await this.#work.stop();
    this.crash();
  }

  crash(): void {
    this.isDead = true;
    this.#world.time.forget(this.clock);
  }

  pause(): void {
    this.isPaused = true;
    this.clock.isPaused = true;
  }

  async resume(): Promise<void> {
    this.isPaused = false;
    this.clock.isPaused = false;
    // What has come over the network may be heard before any timer, and is, at the worst of times.
    for (const heard of this.#mail.splice(0)) heard();
    await this.#world.time.pass(0);
  }

  hear(what: () => void): void {
    if (this.isDead) return;
    if (this.isPaused) this.#mail.push(what);
    else what();
  }

  sends(request: ApiRequest, step: ProtocolStep): void {
    this.lastStep = step;
    this.#world.onSend(this, request, step);
  }
}
