/**
 * A process that looks at nothing before it leads, as the product's once were: runs whose seeds were found with it go on as they
 * went then.
 */
import type { ElectedReconciler } from '../../reconciler/elected-reconciler.js';
import { Reconciler } from '../../reconciler/reconciler.js';
import { LeaderElection } from '../../src/kube/leader-election.js';
import { LeaderOnlyClient } from '../../src/kube/leader-only-client.js';
import type { Work } from './operator-process.js';

type Arguments = ConstructorParameters<typeof ElectedReconciler>;

export function coldCandidate(...[options, lease, onLost]: Arguments): Work {
  const client = new LeaderOnlyClient(options.client, () => election.isLeader);
  const reconciler = new Reconciler({ ...options, client });
  const election: LeaderElection = electionFor(reconciler, options, lease, onLost);
  return {
    start: () => election.start(),
    async stop() {
      await reconciler.stop();
      await election.stop();
    },
  };
}

/** One that has the reconciler begin to work when it is won. */
export function electionFor(reconciler: Reconciler, ...[options, lease, onLost]: Arguments): LeaderElection {
  const { client, clock, random, logger } = options;
  const onStartedLeading = () => void reconciler.start();
  return new LeaderElection({ ...lease, client, clock, random, logger, onStartedLeading, onStoppedLeading: onLost });
}
