/**
 * Tells the API server to trust our authority: `caBundle` in every entry of one MutatingWebhookConfiguration, the one
 * named, and no other. It is watched, so that a bundle that somebody removes (a `kubectl apply` of the registration, say)
 * is back at once; nothing is written while it is as it should be.
 */
import { type Clock, pause } from '../src/clock.js';
import { messageOf } from '../src/errors.js';
import type { ApiClient } from '../src/kube/api-client.js';
import { BackOff } from '../src/kube/back-off.js';
import { ListWatch } from '../src/kube/list-watch.js';
import { isNewer } from '../src/kube/objects.js';
import { mutatingWebhookConfigurations, resourcePath } from '../src/kube/resources.js';
import type { Logger } from '../src/log.js';
import { type BundleOperation, caBundlePatch, type Registration, registrationSchema } from './ca-bundle-patch.js';

export interface CaBundleKeeperOptions {
  client: ApiClient;
  /** Of the MutatingWebhookConfiguration. */
  configurationName: string;
  /** PEM. */
  caBundle: string;
  clock: Clock;
  /** From 0 to below 1. */
  random: () => number;
  logger: Logger;
}

/** A bundle that stood this long was not fought over: the next repair is immediate again. */
const peace = 5 * 60_000;

/** Keeps `caBundle` in the registration from `start` to `stop`. */
export class CaBundleKeeper {
  /** Resolves when the bundle was first seen in place; it never rejects. */
  readonly injected: Promise<void>;
  readonly #options: CaBundleKeeperOptions;
  readonly #listWatch: ListWatch;
  readonly #stopping = new AbortController();
  /** Grows with every write, so that two processes with different authorities do not chase each other. */
  readonly #backOff: BackOff;
  #markInjected: () => void = () => {};
  #wake: () => void = () => {};
  #registration: Registration | undefined;
  #observed = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: CaBundleKeeperOptions) {
    this.#options = options;
    const { client, configurationName, clock, random, logger } = options;
    this.#backOff = new BackOff({ initialMilliseconds: 500, maximumMilliseconds: 60_000, random });
    this.injected = new Promise((resolve) => {
      this.#markInjected = resolve;
    });
    this.#listWatch = new ListWatch({
      client,
      resource: mutatingWebhookConfigurations,
      fieldSelector: `metadata.name=${configurationName}`,
      sink: {
        replace: (objects) => this.#observe(objects[0]),
        upsert: (object) => this.#observe(object),
        remove: () => this.#observe(undefined),
      },
      clock,
      random,
      logger,
    });
  }

  start(): void {
    this.#listWatch.start();
    this.#running = this.#run();
  }

  /** Resolves when nothing is written any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await Promise.all([this.#listWatch.stop(), this.#running]);
  }

  #observe(object: unknown): void {
    const { configurationName, logger } = this.#options;
    const isNews = this.#registration !== undefined || !this.#observed;
    this.#observed = true;
    this.#registration = object === undefined ? undefined : registrationSchema.parse(object);
    if (this.#registration === undefined && isNews) {
      logger.warn({ configuration: configurationName }, 'the webhook is not registered; waiting for its registration');
    }
    this.#wake();
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    let lastWrite = Number.NEGATIVE_INFINITY;
    while (!this.#stopping.signal.aborted) {
      const changed = this.#nextChange();
      if (this.#operations().length === 0) {
        await changed;
        continue;
      }
      if (clock.now() - lastWrite > peace) this.#backOff.reset();
      else await pause(clock, this.#backOff.next(), this.#stopping.signal);
      await this.#write();
      lastWrite = clock.now();
    }
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** What is to be written now; marks the bundle as injected where that is nothing although there are entries. */
  #operations(): BundleOperation[] {
    if (this.#registration === undefined) return [];
    const operations = caBundlePatch(this.#registration, this.#options.caBundle);
    if (operations.length === 0 && (this.#registration.webhooks ?? []).length > 0) this.#markInjected();
    return operations;
  }

  /** Writes what is to be written by now, after the wait; a failure is logged and left to the next round. */
  async #write(): Promise<void> {
    const { client, configurationName, logger } = this.#options;
    const body = this.#operations();
    if (body.length === 0 || this.#stopping.signal.aborted) return;
    try {
      const answer = await client.request({
        method: 'PATCH',
        path: resourcePath(mutatingWebhookConfigurations, { name: configurationName }),
        query: { fieldManager: 'firesteel' },
        patchType: 'json-patch',
        body,
        signal: this.#stopping.signal,
      });
      this.#adopt(registrationSchema.parse(answer));
      logger.info({ configuration: configurationName }, 'wrote the caBundle into the registration of the webhook');
    } catch (thrown) {
      if (this.#stopping.signal.aborted) return;
      logger.warn(
        { configuration: configurationName, reason: messageOf(thrown) },
        'could not write the caBundle into the registration of the webhook; trying again',
      );
    }
  }

  /** The answer to our own write, unless the watch already knows of a later one. */
  #adopt(answer: Registration): void {
    const known = this.#registration;
    if (known === undefined || isNewer(known.metadata.resourceVersion, answer.metadata.resourceVersion)) return;
    this.#registration = answer;
  }
}
