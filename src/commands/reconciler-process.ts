/** The reconciler as a process: alone, or only while it holds the lease. */
import { randomUUID } from 'node:crypto';
import { ElectedReconciler } from '../../reconciler/elected-reconciler.js';
import { sanitised } from '../../reconciler/metric-labels.js';
import { stuckBecause } from '../../reconciler/progress.js';
import { Reconciler, type ReconcilerOptions } from '../../reconciler/reconciler.js';
import { defaultSettings, masterFromEnvironment } from '../../reconciler/settings.js';
import { timeouts, timeoutsFrom } from '../api/timeouts.js';
import { EventLoopLag } from '../event-loop-lag.js';
import { LeaseWatch } from '../kube/lease-watch.js';
import type { ClusterSession } from './cluster-session.js';
import type { CommandIo } from './command.js';
import type { commandFlags } from './command-flags.js';
import type { CommandLine } from './flags.js';
import { serveHealth } from './health-server.js';
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
  const { reconciler, start, stop } = createReconciler(session, flags, io, onLost);
  const lag = new EventLoopLag(session.clock);
  const metrics = () => [...reconciler.readMetrics(), ...lag.read(sanitised(flags['metrics-prefix']))];
  const address = flags['metrics-bind-address'];
  const server =
    address === '0' || !flags['enable-metrics']
      ? undefined
      : await serveMetrics(address, metrics, flags['metrics-endpoint']);
  if (server !== undefined) session.logger.info({ port: server.port }, 'metrics are served');
  const probed = flags['health-probe-bind-address'];
  const health = probed === '0' ? undefined : await serveHealth(probed, () => stuckBecause(reconciler.progress()));
  if (health !== undefined) session.logger.info({ port: health.port }, 'health is served');
  lag.start();
  start();
  return {
    async stop() {
      await stop();
      lag.stop();
      await health?.stop();
      await server?.stop();
    },
  };
}

interface CreatedReconciler extends RunningReconciler {
  readonly reconciler: Reconciler;
  start(): void;
}

function createReconciler(
  session: ClusterSession,
  flags: ReconcilerFlags,
  io: CommandIo,
  onLost: () => void,
): CreatedReconciler {
  const options = reconcilerOptions(session, flags, io);
  if (!flags['leader-election']) {
    const reconciler = new Reconciler(options);
    return { reconciler, start: () => void reconciler.start(), stop: () => reconciler.stop() };
  }
  const lease = {
    namespace: flags['leader-election-lock-namespace'] ?? session.ownNamespace,
    name: flags['leader-election-lock-name'],
    // The name of the pod, so that a restarted container finds its own lease.
    identity: io.environment['HOSTNAME'] ?? randomUUID(),
  };
  const elected = new ElectedReconciler(options, lease, onLost);
  const watch = new LeaseWatch({ ...options, ...lease, onFree: () => elected.lookNow() });
  return {
    reconciler: elected.reconciler,
    start() {
      elected.start();
      watch.start();
    },
    async stop() {
      await watch.stop();
      await elected.stop();
    },
  };
}

function reconcilerOptions(
  { client, clock, random, logger }: ClusterSession,
  flags: ReconcilerFlags,
  io: CommandIo,
): ReconcilerOptions {
  const submissionPodServiceAccount = flags['submission-pod-service-account'];
  return {
    client,
    namespaces: flags.namespaces,
    namespaceSelector: flags['namespace-selector']?.text,
    concurrency: flags['controller-threads'],
    maximumSimilarEvents: flags['max-similar-events'],
    submissions: {
      concurrency: flags['max-concurrent-submissions'],
      perNamespace: flags['max-concurrent-submissions-per-namespace'],
    },
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
  };
}
