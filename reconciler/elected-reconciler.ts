/**
 * A reconciler that works only while its process holds the lease, and writes nothing once another one may hold it. As a candidate
 * it follows the applications already: listing ten thousand of them takes longer than a hand-over may.
 */
import { type Clock, pause } from '../src/clock.js';
import { LeaderElection, type LeaderElectionOptions } from '../src/kube/leader-election.js';
import { LeaderOnlyClient } from '../src/kube/leader-only-client.js';
import { Reconciler, type ReconcilerOptions } from './reconciler.js';

/** Durations have the defaults of `LeaderElection`. */
export type LeaseOptions = Pick<
  LeaderElectionOptions,
  | 'namespace'
  | 'name'
  | 'identity'
  | 'leaseDurationMilliseconds'
  | 'renewDeadlineMilliseconds'
  | 'retryPeriodMilliseconds'
>;

/** Where the caches can not be filled, somebody must lead all the same, and say so. */
const longestHeadStart = 30_000;

export class ElectedReconciler {
  readonly reconciler: Reconciler;
  private readonly clock: Clock;
  /** Aborted when the caches are filled, and by `stop`. */
  private readonly headStart = new AbortController();
  private isStopped = false;
  private readonly election: LeaderElection;

  /** @param onLost called when the lease was lost: the process must end, because a successor may be working already */
  constructor(options: ReconcilerOptions, lease: LeaseOptions, onLost: () => void) {
    const { client, clock, random, logger } = options;
    this.clock = clock;
    const onStartedLeading = () => void this.reconciler.start();
    this.election = new LeaderElection({
      ...lease,
      client,
      clock,
      random,
      logger,
      onStartedLeading,
      onStoppedLeading: onLost,
    });
    this.reconciler = new Reconciler({ ...options, client: new LeaderOnlyClient(client, () => this.isLeader) });
  }

  get isLeader(): boolean {
    return this.election.isLeader;
  }

  /** Whose caches are filled already goes first: one that has just started competes when its own are. */
  start(): void {
    void this.reconciler.follow().then(() => this.headStart.abort());
    void this.compete();
  }

  private async compete(): Promise<void> {
    await pause(this.clock, longestHeadStart, this.headStart.signal);
    if (!this.isStopped) this.election.start();
  }

  /** The lease may be free. */
  lookNow(): void {
    this.election.lookNow();
  }

  /** Ends the work, then releases the lease so that another process can lead at once. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.headStart.abort();
    await this.reconciler.stop();
    await this.election.stop();
  }
}
