/**
 * A process that looks at nothing before it leads, as the product's once were: runs whose seeds were found with it go on as they
 * went then.
 */
import type { ElectedReconciler } from '../../reconciler/elected-reconciler.js';
import { Reconciler } from '../../reconciler/reconciler.js';
import { LeaderElection } from '../../src/kube/leader-election.js';
import { LeaderOnlyClient } from '../../src/kube/leader-only-client.js';
import type { Work } from './operator-process.js';

export function coldCandidate(...[options, lease, onLost]: ConstructorParameters<typeof ElectedReconciler>): Work {
  const { client, clock, random, logger } = options;
  const election: LeaderElection = new LeaderElection({
    ...lease,
    client,
    clock,
    random,
    logger,
    onStartedLeading: () => void reconciler.start(),
    onStoppedLeading: onLost,
  });
  const reconciler = new Reconciler({ ...options, client: new LeaderOnlyClient(client, () => election.isLeader) });
  return {
    start: () => election.start(),
    async stop() {
      await reconciler.stop();
      await election.stop();
    },
  };
}
