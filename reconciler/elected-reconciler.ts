/**
 * A reconciler that works only while its process holds the lease, and writes nothing once another one may hold it. As a candidate
 * it follows the applications already: listing ten thousand of them takes longer than a hand-over may.
 */
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

export class ElectedReconciler {
  readonly reconciler: Reconciler;
  private readonly election: LeaderElection;

  /** @param onLost called when the lease was lost: the process must end, because a successor may be working already */
  constructor(options: ReconcilerOptions, lease: LeaseOptions, onLost: () => void) {
    const { client, clock, random, logger } = options;
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

  start(): void {
    void this.reconciler.follow();
    this.election.start();
  }

  /** The lease may be free. */
  lookNow(): void {
    this.election.lookNow();
  }

  /** Ends the work, then releases the lease so that another process can lead at once. */
  async stop(): Promise<void> {
    await this.reconciler.stop();
    await this.election.stop();
  }
}
