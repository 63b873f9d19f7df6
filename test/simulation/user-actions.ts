/** What users do to an application while it runs: a row is an action, which answers whether there was something to do. */
import { submitterAnnotation } from '../../src/api/labels.js';
import { pods, sparkApplications } from '../../src/kube/resources.js';
import { applicationName, applicationPath, collectionOf, pathOf } from './cluster/addresses.js';
import { podFactsOf } from './cluster/pod-facts.js';
import { controllerUidOf, type StoredObject } from './cluster/stored-object.js';
import type { Random } from './random.js';
import type { RunKind } from './run-kinds.js';
import type { World } from './world.js';

interface Spec {
  readonly arguments?: readonly string[];
  readonly suspend?: boolean;
  readonly timeToLiveSeconds?: number;
  readonly monitoring?: object;
}

type Act = (world: World, random: Random) => Promise<boolean>;

const foreignFinalizer = 'example.com/accounting';
const podNames = ['pi-driver', 'a-driver', 'b-driver'];

/** Of the application; an edit that the API server refuses, because it is gone by now, is no action. */
async function patch(world: World, body: object): Promise<boolean> {
  if (world.application === undefined) return false;
  await world.handle({ method: 'PATCH', path: applicationPath, body });
  return true;
}

const specOf = (world: World): Spec => world.application?.spec ?? {};

function patchOf(change: (spec: Spec, random: Random) => object): Act {
  return async (world, random) => await patch(world, { spec: change(specOf(world), random) });
}

/** Counts the edits, so that each is another spec. */
function editOf(change: (random: Random) => object): Act {
  return async (world, random) => {
    const { arguments: [count = '0'] = [], monitoring } = specOf(world);
    const next = String(Number(count) + 1);
    const spec = {
      arguments: [next],
      ...(monitoring === undefined ? {} : { monitoring: { metricsProperties: next } }),
      ...change(random),
    };
    return await patch(world, { spec, metadata: { annotations: submitterOf(world.kind, random) } });
  };
}

function deletionOf(propagationPolicy: 'Background' | 'Foreground' | 'Orphan'): Act {
  return async (world) => {
    if (world.application === undefined) return false;
    const { uid } = world.application.metadata;
    await world.handle({ method: 'DELETE', path: applicationPath, body: { propagationPolicy } });
    // The latest deletion counts, as long as no earlier one has set the pods free.
    const hasPods = [...world.api.objects.values()].some((object) => controllerUidOf(object) === uid);
    if (propagationPolicy !== 'Orphan' && hasPods) world.ledger.takeBackOrphaning(uid);
    return true;
  };
}

function podDeletionOf(options: object): Act {
  return async (world, random) => {
    const path = random.pick(world.node.podPaths());
    const pod = path === undefined ? undefined : world.api.objects.get(path);
    if (path === undefined || pod === undefined || isForeign(pod)) return false;
    const { role } = podFactsOf(pod);
    if (role !== 'executor') world.ledger.harm('a pod was deleted', 1, role === 'driver');
    await world.handle({ method: 'DELETE', path, body: options });
    return true;
  };
}

function finalizersOf(change: (finalizers: readonly string[]) => readonly string[]): Act {
  return async (world) => {
    const { finalizers = [], deletionTimestamp } = world.application?.metadata ?? {};
    const changed = change(finalizers);
    const adds = changed.length > finalizers.length;
    if (changed.length === finalizers.length || (adds && deletionTimestamp !== undefined)) return false;
    return await patch(world, { metadata: { finalizers: changed } });
  };
}

export const isForeign = ({ metadata }: StoredObject) => metadata.labels?.['app'] === 'foreign';

async function putForeignPod(world: World, random: Random): Promise<boolean> {
  const path = pathOf(pods, random.pick(podNames) ?? '');
  if (world.api.objects.has(path)) return false;
  world.ledger.harm('a foreign pod has the name of the driver');
  const metadata = { name: path.split('/').at(-1), labels: { app: 'foreign' } };
  const spec = { containers: [{ name: 'web', image: 'nginx' }], restartPolicy: 'Never' };
  await world.api.handle({
    method: 'POST',
    path: collectionOf(pods),
    body: { apiVersion: 'v1', kind: 'Pod', metadata, spec },
  });
  return true;
}

async function takeForeignPod(world: World): Promise<boolean> {
  const found = [...world.api.objects].find(([path, object]) => path.includes('/pods/') && isForeign(object));
  if (found === undefined) return false;
  await world.handle({ method: 'DELETE', path: found[0], body: { gracePeriodSeconds: 0 } });
  return true;
}

async function createApplication(world: World, random: Random): Promise<boolean> {
  if (world.application !== undefined) return false;
  await world.handle({
    method: 'POST',
    path: collectionOf(sparkApplications),
    body: {
      apiVersion: 'sparkoperator.k8s.io/v1beta2',
      kind: 'SparkApplication',
      metadata: { name: applicationName, annotations: submitterOf(world.kind, random) },
      spec: world.kind.spec,
    },
  });
  return true;
}

function submitterOf({ submitter }: RunKind, random: Random): Record<string, string> {
  if (submitter === undefined) return {};
  const submitters = submitter === 'either' ? ['native', 'pod'] : [submitter];
  return { [submitterAnnotation]: random.pick(submitters) ?? 'native' };
}

/** A run that is stopped counts as a try, also one whose driver did not start yet. */
async function suspend(world: World): Promise<boolean> {
  world.ledger.harm('suspended');
  return await patch(world, { spec: { suspend: true } });
}

function deletionsAre(forbidden: boolean): Act {
  return async ({ admission }) => {
    const changes = admission.forbidsDeletions !== forbidden;
    admission.forbidsDeletions = forbidden;
    return changes;
  };
}

const table = {
  create: createApplication,
  'edit the spec': editOf(() => ({ mode: 'cluster' })),
  'edit the pod name': editOf((random) => ({ driver: { podName: random.pick(podNames) } })),
  /** No driver can be run in client mode. */
  'break the spec': editOf(() => ({ mode: 'client' })),
  'edit the time to live': patchOf((_, random) => ({ timeToLiveSeconds: 300 + random.below(1_000) })),
  suspend,
  resume: patchOf(() => ({ suspend: null })),
  delete: deletionOf('Background'),
  'delete in the foreground': deletionOf('Foreground'),
  'delete and orphan': deletionOf('Orphan'),
  'hold by a finalizer': finalizersOf((names) => [...new Set([...names, foreignFinalizer])]),
  'let go of the finalizer': finalizersOf((names) => names.filter((name) => name !== foreignFinalizer)),
  'delete a pod': podDeletionOf({}),
  'delete a pod by force': podDeletionOf({ gracePeriodSeconds: 0 }),
  'put a foreign pod in the way': putForeignPod,
  'take the foreign pod away': takeForeignPod,
  'forbid the operator to delete pods': deletionsAre(true),
  'allow it to delete pods again': deletionsAre(false),
} as const satisfies Readonly<Record<string, Act>>;

export type UserAction = keyof typeof table;

export const userActions: Readonly<Record<UserAction, Act>> = table;

/** The pods of an application that was orphaned are its user's from then on. */
export function ownsPod(applicationUid: string, pod: StoredObject): boolean {
  return podFactsOf(pod).applicationUid === applicationUid;
}
