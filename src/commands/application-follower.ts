/** Watches applications to their ends and shows each state as it comes, with the log of the driver at the end. */
import { driverContainerName } from '../api/labels.js';
import { readStatus } from '../api/status.js';
import { messageOf } from '../errors.js';
import { ListWatch } from '../kube/list-watch.js';
import { type KubernetesObject, objectKey } from '../kube/objects.js';
import { pods, resourcePath, sparkApplications } from '../kube/resources.js';
import type { ClusterSession } from './cluster-session.js';
import type { StartView } from './start-view.js';

export interface ApplicationFollower {
  /** Whether all of them completed; resolves when all have ended. */
  readonly done: Promise<boolean>;
  stop(): Promise<void>;
}

const ends: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED']);

/** @param keys `namespace/name` of the applications */
export function followApplications(
  session: ClusterSession,
  keys: readonly string[],
  view: StartView,
): ApplicationFollower {
  const states = new Map(keys.map((key) => [key, '']));
  const shown: Promise<void>[] = [];
  let finish: (completed: boolean) => void = () => {};
  const ended = new Promise<boolean>((resolve) => {
    finish = resolve;
  });
  const see = (object: KubernetesObject) => {
    const key = objectKey(object.metadata);
    const { applicationState, driverInfo } = readStatus('status' in object ? object.status : undefined);
    const state = applicationState?.state ?? '';
    if (!states.has(key) || state === '' || states.get(key) === state) return;
    states.set(key, state);
    view.state(object.metadata.name, state, applicationState?.errorMessage ?? '');
    if (ends.has(state)) shown.push(showLog(session, view, object.metadata.namespace ?? '', driverInfo?.podName ?? ''));
    const now = [...states.values()];
    if (now.every((one) => ends.has(one))) finish(now.every((one) => one === 'COMPLETED'));
  };
  const watch = new ListWatch({
    client: session.client,
    resource: sparkApplications,
    sink: { replace: (objects) => objects.forEach(see), upsert: see, remove: () => {} },
    clock: session.clock,
    random: session.random,
    logger: session.logger,
  });
  if (keys.length === 0) finish(true);
  watch.start();
  const done = ended.then(async (completed) => {
    await Promise.all(shown);
    return completed;
  });
  return { done, stop: () => watch.stop() };
}

/** Of a driver that never was there is none. */
async function showLog(session: ClusterSession, view: StartView, namespace: string, name: string): Promise<void> {
  if (name === '') return;
  try {
    const path = resourcePath(pods, { namespace, name, subresource: 'log' });
    const lines: string[] = [];
    const request = { method: 'GET', path, query: { container: driverContainerName } } as const;
    for await (const line of session.client.lines(request, session.signal)) lines.push(line);
    view.log(name, lines);
  } catch (error) {
    view.note(`  no log of ${name}: ${messageOf(error)}`);
  }
}
