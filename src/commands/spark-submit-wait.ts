/**
 * Waits for a driver to end and tells its states meanwhile (`LoggingPodStatusWatcherImpl`). As with Spark the outcome of the
 * application does not become the outcome of the command.
 */
import type { ConfReader } from '../../reconciler/submission/conf-reader.js';
import type { DriverObjects } from '../../reconciler/submission/driver-objects.js';
import type { Clock } from '../clock.js';
import type { ApiClient } from '../kube/api-client.js';
import { ListWatch } from '../kube/list-watch.js';
import { pods } from '../kube/resources.js';
import { createLogger } from '../log.js';
import { describeContainers, describePod, type ShownPod, shownPod } from './pod-description.js';

interface Surroundings {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly warn: (text: string) => void;
}

const ended: ReadonlySet<string> = new Set(['Succeeded', 'Failed']);

/** Resolves when the driver has ended or is gone, or when `signal` aborts. */
export async function waitForCompletion(
  client: ApiClient,
  { namespace, podName, applicationId, properties }: DriverObjects,
  conf: ConfReader,
  { clock, signal, warn }: Surroundings,
): Promise<void> {
  const interval = conf.milliseconds('spark.kubernetes.report.interval', 'ms') ?? 1_000;
  let last: ShownPod | undefined;
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const see = (object: unknown) => {
    const pod = shownPod.parse(object);
    if (describePod(pod) !== (last === undefined ? '' : describePod(last))) {
      warn(`State changed, new state: ${describePod(pod)}\n`);
    }
    last = pod;
    if (ended.has(pod.status.phase)) finish();
  };
  const watch = new ListWatch({
    client,
    resource: pods,
    namespace,
    fieldSelector: `metadata.name=${podName}`,
    clock,
    random: Math.random,
    logger: createLogger('warn', 'stderr'),
    sink: {
      replace: (objects) => {
        if (objects.length === 0) finish();
        objects.forEach(see);
      },
      upsert: see,
      remove: () => finish(),
    },
  });
  const stopReporting = every(clock, interval, () => {
    warn(`Application status for ${applicationId} (phase: ${last?.status.phase ?? 'unknown'})\n`);
  });
  signal.addEventListener('abort', finish, { once: true });
  watch.start();
  await finished;
  stopReporting();
  await watch.stop();
  if (signal.aborted) return;
  if (last !== undefined) warn(`Container final statuses:\n${describeContainers(last.status.containerStatuses)}\n`);
  warn(
    `Application ${properties.get('spark.app.name')} with application ID ${applicationId} and submission ID ` +
      `${namespace}:${podName} finished\n`,
  );
}

function every(clock: Clock, milliseconds: number, act: () => void): () => void {
  let cancel = () => {};
  const next = () => {
    cancel = clock.after(milliseconds, () => {
      act();
      next();
    });
  };
  next();
  return () => cancel();
}
