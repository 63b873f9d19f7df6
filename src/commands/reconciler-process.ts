/** The reconciler as a process: alone, or only while it holds the lease. */
import { randomUUID } from 'node:crypto';
import { Reconciler } from '../../reconciler/reconciler.js';
import { defaultSettings, masterFromEnvironment } from '../../reconciler/settings.js';
import { timeouts, timeoutsFrom } from '../api/timeouts.js';
import { LeaderElection } from '../kube/leader-election.js';
import type { ClusterSession } from './cluster-session.js';
import type { CommandIo } from './command.js';
import type { commandFlags } from './command-flags.js';
import type { CommandLine } from './flags.js';
import { serveMetrics } from './metrics-server.js';

export type ReconcilerFlags = CommandLine<(typeof commandFlags.reconciler)[number]>['values'];

export interface RunningReconciler {
  stop(): Promise<void>;
}

/**
 * @param onLost called when the lease was lost: the process must end, because a successor may be working already
 * @throws {FiresteelError} PORT_UNAVAILABLE
 */
export async function startReconciler(
  session: ClusterSession,
  flags: ReconcilerFlags,
  io: CommandIo,
  onLost: () => void,
): Promise<RunningReconciler> {
  const { client, clock, random, logger } = session;
  const submissionPodServiceAccount = flags['submission-pod-service-account'];
  const reconciler = new Reconciler({
    client,
    namespaces: flags.namespaces,
    concurrency: flags['controller-threads'],
    maximumSimilarEvents: flags['max-similar-events'],
    settings: {
      ...defaultSettings,
      master: masterFromEnvironment(io.environment),
      maximumTrackedExecutors: flags['max-tracked-executor-per-app'],
      podMutation: flags['pod-mutation'],
      timeouts: timeoutsFrom((name) => flags[timeouts[name].name]),
      infrastructureRetries: flags['max-infrastructure-retries'],
      ...(submissionPodServiceAccount === undefined ? {} : { submissionPodServiceAccount }),
    },
    metrics: {
      prefix: flags['metrics-prefix'],
      labels: flags['metrics-labels'],
      buckets: {
        submit: flags['metrics-job-submit-latency-buckets'],
        start: flags['metrics-job-start-latency-buckets'],
      },
    },
    clock,
    random,
    logger,
  });
  const address = flags['metrics-bind-address'];
  const metrics =
    address === '0' || !flags['enable-metrics']
      ? undefined
      : await serveMetrics(address, () => reconciler.readMetrics(), flags['metrics-endpoint']);
  if (metrics !== undefined) logger.info({ port: metrics.port }, 'metrics are served');
  if (!flags['leader-election']) {
    void reconciler.start();
    return {
      async stop() {
        await reconciler.stop();
        await metrics?.stop();
      },
    };
  }
  const election = new LeaderElection({
    client,
    namespace: flags['leader-election-lock-namespace'] ?? session.ownNamespace,
    name: flags['leader-election-lock-name'],
    // The name of the pod, so that a restarted container finds its own lease.
    identity: io.environment['HOSTNAME'] ?? randomUUID(),
    clock,
    random,
    logger,
    onStartedLeading: () => void reconciler.start(),
    onStoppedLeading: onLost,
  });
  election.start();
  return {
    async stop() {
      await reconciler.stop();
      await election.stop();
      await metrics?.stop();
    },
  };
}
