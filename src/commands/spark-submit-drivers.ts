/** `spark-submit --kill` and `--status`: the driver pods that a submission id names (`K8SSparkSubmitOperation`). */
import type { ConfReader } from '../../reconciler/submission/conf-reader.js';
import type { ApiClient } from '../kube/api-client.js';
import { isNotFound } from '../kube/api-error.js';
import { listAll } from '../kube/paged-list.js';
import { pods, resourcePath } from '../kube/resources.js';
import { describePod, type ShownPod, shownPod } from './pod-description.js';

type Print = (text: string) => void;

const pageLimit = 500;
const gracePeriodKey = 'spark.kubernetes.appKillPodDeletionGracePeriod';

/** @param submissionId `namespace:pod`, `pod`, or with a `*` at its end all drivers whose pods begin so */
export async function killDrivers(
  client: ApiClient,
  submissionId: string,
  conf: ConfReader,
  print: Print,
): Promise<void> {
  const milliseconds = conf.milliseconds(gracePeriodKey, 's');
  const seconds = milliseconds === undefined ? undefined : Math.floor(milliseconds / 1_000);
  print(
    `Submitting a request to kill submission ${submissionId} in ${conf.text('spark.master') ?? 'Kubernetes'}. ` +
      `Grace period in secs: ${seconds ?? 'not set.'}\n`,
  );
  for (const { namespace, name } of await namedDrivers(client, submissionId, conf, print)) {
    print(`Deleting driver pod: ${name}.\n`);
    await deletePod(client, namespace, name, seconds);
  }
}

export async function printStatus(
  client: ApiClient,
  submissionId: string,
  conf: ConfReader,
  { warn, out }: { warn: Print; out: Print },
): Promise<void> {
  warn(
    `Submitting a request for the status of submission ${submissionId} in ${conf.text('spark.master') ?? 'Kubernetes'}.\n`,
  );
  for (const { pod } of await namedDrivers(client, submissionId, conf, warn)) {
    out(`Application status (driver): ${describePod(pod)}\n`);
  }
}

interface NamedDriver {
  readonly namespace: string;
  readonly name: string;
  readonly pod: ShownPod;
}

async function namedDrivers(
  client: ApiClient,
  submissionId: string,
  conf: ConfReader,
  print: Print,
): Promise<readonly NamedDriver[]> {
  const colon = submissionId.indexOf(':');
  const namespace = colon < 0 ? (conf.text('spark.kubernetes.namespace') ?? 'default') : submissionId.slice(0, colon);
  const name = submissionId.slice(colon + 1);
  const found = name.endsWith('*')
    ? await driversBeginningWith(client, namespace, name.slice(0, -1))
    : await driverNamed(client, namespace, name);
  if (found.length === 0) print('No applications found.\n');
  return found.map((pod) => ({ namespace, name: pod.metadata.name, pod }));
}

async function driverNamed(client: ApiClient, namespace: string, name: string): Promise<readonly ShownPod[]> {
  try {
    return [shownPod.parse(await client.request({ method: 'GET', path: resourcePath(pods, { namespace, name }) }))];
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

async function driversBeginningWith(
  client: ApiClient,
  namespace: string,
  prefix: string,
): Promise<readonly ShownPod[]> {
  const selection = { resource: pods, namespace, labelSelector: 'spark-role=driver' };
  const { objects } = await listAll(client, selection, pageLimit, new AbortController().signal);
  return objects.map((pod) => shownPod.parse(pod)).filter(({ metadata }) => metadata.name.startsWith(prefix));
}

async function deletePod(
  client: ApiClient,
  namespace: string,
  name: string,
  gracePeriodSeconds: number | undefined,
): Promise<void> {
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: 'Background',
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
  };
  try {
    await client.request({ method: 'DELETE', path: resourcePath(pods, { namespace, name }), body });
  } catch (error) {
    // It is gone, which is what was asked for.
    if (!isNotFound(error)) throw error;
  }
}
