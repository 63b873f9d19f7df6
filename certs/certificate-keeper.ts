/**
 * Keeps one replica served: looks at the registrations and then at the source of certificates, does what follows, and looks
 * again, when something has changed or after a while. Looking in that order, with writes that hold only for what was read,
 * is what makes every replica's writes safe beside those of the others.
 *
 * The time is that of the wall, asked at each look: a timer alone would not notice that the machine was suspended.
 */
import { type Clock, pause } from '../src/clock.js';
import { messageOf } from '../src/errors.js';
import type { ApiClient } from '../src/kube/api-client.js';
import { isApiError } from '../src/kube/api-error.js';
import { BackOff } from '../src/kube/back-off.js';
import type { Logger } from '../src/log.js';
import { type Anchor, type Bundle, writeBundle } from './anchor.js';
import type { Leaf } from './authority.js';
import type { CertificateMetrics } from './certificate-metrics.js';
import type { Act, CertificateSource } from './certificate-source.js';
import { Pace } from './pace.js';
import { readRegistration, writeBundles } from './registrations.js';
import {
  missingBundle,
  nothingSeen,
  observeTrusted,
  observeWanted,
  type Registration,
  type TrustMemory,
  trustedBy,
} from './trust.js';

export interface CertificateKeeperOptions {
  readonly client: ApiClient;
  readonly source: CertificateSource;
  /** Names of the MutatingWebhookConfigurations that are ours; no other is ever touched. */
  readonly registrations: readonly string[];
  readonly readBundle: (pem: string) => Bundle;
  /** Puts the leaf in the place of the one served before. */
  readonly serve: (leaf: Leaf) => void;
  /** Whether an API server that has these bundles (PEM) reaches us; asked until it is so for the first time. @throws why not */
  readonly verify: (bundles: readonly string[]) => Promise<boolean>;
  readonly metrics: CertificateMetrics;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly logger: Logger;
}

/** Between two looks, however often it is said that something has changed; in milliseconds. */
const spacing = 100;
const looking = 'look at what there is';
const reading = 'read the registrations';

export class CertificateKeeper {
  /** Resolves when there is a leaf to serve. */
  readonly serving: Promise<Leaf>;
  /** Resolves when API servers can reach us by what is in the registrations; never rejects. */
  readonly ready: Promise<void>;
  readonly #options: CertificateKeeperOptions;
  readonly #pace: Pace;
  readonly #backOff: BackOff;
  readonly #stopping = new AbortController();
  #markServing: (leaf: Leaf) => void = () => {};
  #markReady: () => void = () => {};
  #isReady = false;
  #leaf: Leaf | undefined;
  #trust: TrustMemory = nothingSeen;
  #waking = new AbortController();
  #running: Promise<void> = Promise.resolve();
  /** What was last complained of, by what was to be done. */
  readonly #complaints = new Map<string, string>();

  constructor(options: CertificateKeeperOptions) {
    this.#options = options;
    const { random } = options;
    this.#pace = new Pace(random);
    this.#backOff = new BackOff({ initialMilliseconds: 500, maximumMilliseconds: 30_000, random });
    this.serving = new Promise((resolve) => {
      this.#markServing = resolve;
    });
    this.ready = new Promise((resolve) => {
      this.#markReady = resolve;
    });
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Looks at once instead of after the interval. */
  wake(): void {
    this.#waking.abort();
  }

  /** Resolves when nothing is written any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#stopping.signal.aborted) {
      this.#waking = new AbortController();
      const milliseconds = await this.#look();
      if (milliseconds > spacing) await pause(clock, milliseconds - spacing, this.#waking.signal);
      if (milliseconds > 0) await pause(clock, Math.min(milliseconds, spacing), this.#stopping.signal);
    }
  }

  /** One look and what follows from it; the milliseconds until the next. */
  async #look(): Promise<number> {
    const { source, clock } = this.#options;
    try {
      const now = clock.now();
      const registrations = await this.#readRegistrations();
      this.#trust = observeTrusted(this.#trust, registrations ?? [], clock.now());
      const plan = await source.look({ serving: this.#leaf, trust: this.#trust, now });
      const step = plan.step && (await this.#do(plan.step));
      if (step?.delay === 0) return 0;
      const leaf = plan.leaf && (await this.#do(plan.leaf));
      if (leaf?.result !== undefined) this.#serve(leaf.result);
      const written = await this.#writeBundles(registrations ?? [], plan.wanted);
      if (registrations !== undefined) await this.#checkReadiness(registrations, plan.wanted !== undefined);
      this.#backOff.reset();
      this.#complaints.delete(looking);
      const interval = this.#isReady ? source.interval : Math.min(source.interval, 1_000);
      return Math.min(interval, step?.delay ?? interval, leaf?.delay || interval, written);
    } catch (thrown) {
      this.#complain(looking, thrown);
      return Math.min(this.#backOff.next(), source.interval);
    }
  }

  /** Undefined where they could not be read: then nothing counts as trusted, and the leaf is renewed all the same. */
  async #readRegistrations(): Promise<Registration[] | undefined> {
    const { client, registrations, readBundle } = this.#options;
    try {
      const read = await Promise.all(registrations.map((name) => readRegistration(client, name, readBundle)));
      this.#complaints.delete(reading);
      return read;
    } catch (thrown) {
      this.#complain(reading, thrown);
      return undefined;
    }
  }

  /**
   * Does it, unless it has been done too often lately: then `delay` says how long to leave it. What goes wrong is told, and
   * keeps nothing else from being done.
   */
  async #do<Result>({ name, run }: Act<Result>): Promise<{ delay: number; result?: Result }> {
    const { clock } = this.#options;
    const delay = this.#pace.delayOf(name, clock.now());
    if (delay > 0 || this.#stopping.signal.aborted) return { delay: Math.max(delay, 1) };
    this.#pace.begin(name, clock.now());
    try {
      const result = await run();
      this.#complaints.delete(name);
      return { delay: 0, result };
    } catch (thrown) {
      this.#complain(name, thrown);
      return { delay: Math.max(1, this.#pace.delayOf(name, clock.now())) };
    }
  }

  #serve(leaf: Leaf): void {
    const { serve, metrics, logger } = this.#options;
    serve(leaf);
    metrics.served(leaf, this.#leaf);
    this.#leaf = leaf;
    this.#markServing(leaf);
    logger.info(
      { notAfter: new Date(leaf.notAfter).toISOString(), authority: leaf.anchor.id },
      'serving a new certificate',
    );
  }

  /** Milliseconds after which to look again because of it. */
  async #writeBundles(registrations: readonly Registration[], planned: readonly Anchor[] | undefined): Promise<number> {
    const { source, clock } = this.#options;
    if (planned === undefined) return source.interval;
    const now = clock.now();
    const own = this.#leaf?.anchor;
    const wanted = own === undefined || planned.some(({ id }) => id === own.id) ? planned : [...planned, own];
    this.#trust = observeWanted(this.#trust, registrations, wanted, now);
    const delays = await Promise.all(registrations.map((registration) => this.#writeBundle(registration, wanted, now)));
    return Math.min(source.interval, ...delays);
  }

  async #writeBundle({ name, found }: Registration, wanted: readonly Anchor[], now: number): Promise<number> {
    const { client, source, metrics, logger } = this.#options;
    const changes = (found?.entries ?? []).flatMap((entry, index) => {
      const anchors = missingBundle(entry, wanted, this.#trust, now, source);
      return anchors === undefined ? [] : [{ index, entry: entry.name, anchors }];
    });
    if (found === undefined || changes.length === 0) return source.interval;
    const { delay } = await this.#do({
      name: `write the bundle of ${name}`,
      run: async () => {
        try {
          await writeBundles(client, name, found.version, changes);
          metrics.wroteBundle();
          logger.info({ configuration: name }, 'wrote the caBundle into the registration of the webhook');
        } catch (thrown) {
          // Somebody else has changed it meanwhile; look again. Other refusals are told.
          if (!isApiError(thrown, 422) && !isApiError(thrown, 409)) throw thrown;
          logger.debug({ configuration: name, reason: messageOf(thrown) }, 'the registration has changed meanwhile');
        }
      },
    });
    return delay;
  }

  async #checkReadiness(registrations: readonly Registration[], isManaged: boolean): Promise<void> {
    const { verify, metrics, logger } = this.#options;
    const leaf = this.#leaf;
    if (leaf === undefined) return;
    const isTrusted = !isManaged || trustedBy(registrations).includes(leaf.anchor.id);
    metrics.trusted(isTrusted);
    if (this.#isReady) {
      if (!isTrusted) logger.warn('a registration of the webhook has lost the caBundle');
      return;
    }
    const bundles = registrations.flatMap(({ found }) => found?.entries ?? []).map(({ bundle }) => bundle.anchors);
    if (bundles.length === 0) this.#complain('become ready', new Error('the webhook is not registered'));
    if (!isTrusted || bundles.length === 0) return;
    if (!(await verify([...new Set(bundles.map(writeBundle))]))) return;
    this.#isReady = true;
    this.#markReady();
  }

  /** Once for the same trouble. */
  #complain(what: string, thrown: unknown): void {
    const reason = messageOf(thrown);
    const level = this.#complaints.get(what) === reason || this.#stopping.signal.aborted ? 'debug' : 'warn';
    this.#complaints.set(what, reason);
    this.#options.logger[level]({ reason }, `certificate of the webhook: could not ${what}; trying again`);
  }
}
