/**
 * One leader among the replicas, by a Lease, after the rules of client-go's leaderelection. Clocks of two machines are never
 * compared: a lease counts as expired when this process has seen it unchanged for its whole duration, measured by a timer
 * (which no step of the wall clock moves). The leader gives up earlier than anybody can think it expired: `renewDeadline`
 * after the last renewal was *sent*, and `isLeader` looks at the clock as well, since after a stalled event loop timers
 * are late.
 *
 * The holder is named by the uid of the pod, so a restarted container takes the lease of its predecessor at once.
 */
import { type Clock, pause } from '../clock.js';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import type { ApiClient } from './api-client.js';
import { isAlreadyExists, isApiError, isNotFound } from './api-error.js';
import { heldLease, holderOf, type Lease, newLease, parseLease, releasedLease } from './lease.js';
import { leases, resourcePath } from './resources.js';

export interface LeaderElectionOptions {
  client: ApiClient;
  namespace: string;
  /** Of the Lease. */
  name: string;
  /** Unique among all that compete; the uid of the pod. */
  identity: string;
  clock: Clock;
  /** Uniform in [0, 1). */
  random: () => number;
  logger: Logger;
  /** How long the others wait for a leader that is silent. Default 15,000. */
  leaseDurationMilliseconds?: number;
  /** How long a leader stays one without a renewal; less than the duration. Default 10,000. */
  renewDeadlineMilliseconds?: number;
  /** Between two looks at the lease. Default 2,000. */
  retryPeriodMilliseconds?: number;
  /** Like `onStoppedLeading`, it must not throw. */
  onStartedLeading: () => void;
  /** Called before anybody else can lead; all work must stop in it. */
  onStoppedLeading: () => void;
}

/** One point in time on the wall clock and on the one that nobody sets. */
interface Moment {
  readonly now: number;
  readonly elapsed: number;
}

/** Candidates look at slightly different times, as in client-go. */
const candidateJitter = 0.2;

export class LeaderElection {
  readonly #options: LeaderElectionOptions;
  readonly #durationMilliseconds: number;
  readonly #renewDeadline: number;
  readonly #retryPeriod: number;
  readonly #stopping = new AbortController();
  #loop: Promise<void> | undefined;
  /** Ends the pause that comes next, or that is. */
  #wake = new AbortController();
  /** As last read or written. */
  #lease: Lease | undefined;
  /** Of a lease of somebody else: that it was unchanged for its whole duration. */
  #expired = false;
  #cancelExpiry: () => void = () => {};
  /** Until when, by both clocks: the one is stepped, the other may stand still while the machine sleeps. */
  #leadership: { until: Moment; cancel: () => void } | undefined;
  #inTrouble = false;

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
    this.#durationMilliseconds = options.leaseDurationMilliseconds ?? 15_000;
    this.#renewDeadline = options.renewDeadlineMilliseconds ?? 10_000;
    this.#retryPeriod = options.retryPeriodMilliseconds ?? 2_000;
    if (this.#renewDeadline >= this.#durationMilliseconds || this.#retryPeriod >= this.#renewDeadline) {
      throw new RangeError('leader election needs retry period < renew deadline < lease duration');
    }
  }

  /** True only while nobody else can be leader; look at it before each write. */
  get isLeader(): boolean {
    if (this.#leadership === undefined) return false;
    const { until } = this.#leadership;
    const { now, elapsed } = this.#moment();
    return now < until.now && elapsed < until.elapsed;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Looks at the lease without waiting for its time, unless this process leads: somebody may have let go of it. */
  lookNow(): void {
    if (this.#leadership === undefined) this.#wake.abort();
  }

  /** Stops leading, then releases the lease so that another can lead at once; stop the work before. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake.abort();
    await this.#loop;
    this.#cancelExpiry();
    this.#stepDown('stopping');
    if (this.#lease !== undefined && holderOf(this.#lease) === this.#options.identity) await this.#release();
  }

  async #run(): Promise<void> {
    const { clock, random } = this.#options;
    while (!this.#stopping.signal.aborted) {
      this.#wake = new AbortController();
      await this.#tryOnce();
      const jitter = this.#leadership === undefined ? random() * candidateJitter : 0;
      await pause(clock, this.#retryPeriod * (1 + jitter), this.#wake.signal);
    }
  }

  async #tryOnce(): Promise<void> {
    const { logger } = this.#options;
    try {
      await this.#takeOrRenew();
      if (this.#inTrouble) logger.info(this.#subject(), 'the lease can be read and written again');
      this.#inTrouble = false;
    } catch (thrown) {
      if (this.#stopping.signal.aborted) return;
      if (!this.#inTrouble) {
        logger.warn({ ...this.#subject(), reason: messageOf(thrown) }, 'can not read or write the lease; trying again');
      }
      this.#inTrouble = true;
    }
  }

  /** A leader writes what it knows and reads only when that is not the last word any more. */
  async #takeOrRenew(): Promise<void> {
    if (this.#leadership !== undefined && this.#lease !== undefined) {
      if (await this.#write(this.#lease)) return;
    }
    const found = await this.#read();
    if (found === undefined) {
      await this.#create();
      return;
    }
    this.#observe(found);
    if (this.#mayTake(found)) await this.#write(found);
    else this.#stepDown(`${holderOf(found)} holds the lease`);
  }

  #mayTake(lease: Lease): boolean {
    const holder = holderOf(lease);
    return holder === '' || holder === this.#options.identity || this.#expired;
  }

  /**
   * Starts to count anew whenever the lease has changed since it was last seen: by its version, as a clock that was wrong for a
   * while may write the very times of long ago.
   */
  #observe(lease: Lease): void {
    const unchanged = this.#lease?.metadata.resourceVersion === lease.metadata.resourceVersion;
    this.#lease = lease;
    if (unchanged) return;
    this.#cancelExpiry();
    this.#expired = false;
    const promised = lease.spec?.leaseDurationSeconds;
    const milliseconds = promised ? promised * 1_000 : this.#durationMilliseconds;
    this.#cancelExpiry = this.#options.clock.after(milliseconds, () => {
      this.#expired = true;
    });
  }

  async #read(): Promise<Lease | undefined> {
    try {
      return parseLease(await this.#request('GET', this.#path(true)));
    } catch (thrown) {
      if (isNotFound(thrown)) return undefined;
      throw thrown;
    }
  }

  async #create(): Promise<void> {
    const { namespace, name, identity } = this.#options;
    const sentAt = this.#moment();
    try {
      const body = newLease(namespace, name, identity, this.#durationSeconds, sentAt.now);
      this.#lead(parseLease(await this.#request('POST', this.#path(false), body)), sentAt);
    } catch (thrown) {
      if (!isAlreadyExists(thrown)) throw thrown;
      this.#stepDown('somebody else created the lease');
    }
  }

  /** Writes us as holder on top of `lease`; false: it has changed meanwhile. */
  async #write(lease: Lease): Promise<boolean> {
    const sentAt = this.#moment();
    const body = heldLease(lease, this.#options.identity, this.#durationSeconds, sentAt.now);
    try {
      this.#lead(parseLease(await this.#request('PUT', this.#path(true), body)), sentAt);
      return true;
    } catch (thrown) {
      if (isApiError(thrown, 409) || isNotFound(thrown)) return false;
      throw thrown;
    }
  }

  /** From `sentAt` on the others wait for the whole duration, we for the deadline only. */
  #lead(lease: Lease, sentAt: Moment): void {
    const { clock, logger, onStartedLeading } = this.#options;
    this.#lease = lease;
    this.#cancelExpiry();
    this.#expired = false;
    if (this.#stopping.signal.aborted) return;
    const until = { now: sentAt.now + this.#renewDeadline, elapsed: sentAt.elapsed + this.#renewDeadline };
    const { now, elapsed } = this.#moment();
    const left = Math.min(until.now - now, until.elapsed - elapsed);
    if (left <= 0) {
      this.#stepDown('the renewal took too long');
      return;
    }
    // After a stall the deadline may be over although its timer has not fired; that leadership has ended.
    if (this.#leadership !== undefined && !this.isLeader) this.#stepDown('the event loop stalled');
    const began = this.#leadership === undefined;
    this.#leadership?.cancel();
    this.#leadership = {
      until,
      cancel: clock.after(left, () => this.#stepDown('the lease could not be renewed in time')),
    };
    if (!began) return;
    logger.info(this.#subject(), 'leading');
    onStartedLeading();
  }

  #stepDown(reason: string): void {
    if (this.#leadership === undefined) return;
    this.#leadership.cancel();
    this.#leadership = undefined;
    this.#options.logger.info({ ...this.#subject(), reason }, 'not leading any more');
    this.#options.onStoppedLeading();
  }

  async #release(): Promise<void> {
    const { clock, identity, logger } = this.#options;
    try {
      const lease = await this.#read();
      if (lease === undefined || holderOf(lease) !== identity) return;
      await this.#request('PUT', this.#path(true), releasedLease(lease, clock.now()));
    } catch (thrown) {
      logger.warn({ ...this.#subject(), reason: messageOf(thrown) }, 'the lease was not released and has to expire');
    }
  }

  #request(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<unknown> {
    const timeoutMilliseconds = this.#renewDeadline / 2;
    return this.#options.client.request({ method, path, timeoutMilliseconds, ...(body === undefined ? {} : { body }) });
  }

  #path(named: boolean): string {
    const { namespace, name } = this.#options;
    return resourcePath(leases, named ? { namespace, name } : { namespace });
  }

  #moment(): Moment {
    const { clock } = this.#options;
    return { now: clock.now(), elapsed: clock.elapsed() };
  }

  get #durationSeconds(): number {
    return Math.ceil(this.#durationMilliseconds / 1_000);
  }

  #subject() {
    const { namespace, name, identity } = this.#options;
    return { lease: `${namespace}/${name}`, identity };
  }
}
