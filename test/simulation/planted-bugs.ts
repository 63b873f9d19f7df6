/**
 * Bugs that the simulation has to find: a row is one, planted at a seam of the process (its client, its decisions, its
 * election), so that the reconciler itself knows nothing of it.
 */

import { decide } from '../../reconciler/decide.js';
import type { Decide } from '../../reconciler/decision.js';
import { monitor } from '../../reconciler/monitoring-states.js';
import { Reconciler } from '../../reconciler/reconciler.js';
import { invalidated } from '../../reconciler/spec-change.js';
import type { ApiClient, ApiRequest } from '../../src/kube/api-client.js';
import { isAlreadyExists, isConflict } from '../../src/kube/api-error.js';
import { configMaps } from '../../src/kube/resources.js';
import { applicationPath, collectionOf } from './cluster/addresses.js';
import { podFactsOf } from './cluster/pod-facts.js';
import { merged, type StoredObject } from './cluster/stored-object.js';
import { electionFor } from './cold-candidate.js';
import type { Elect, Seams } from './operator-process.js';
import { mainContainers } from './pod-fates.js';
import { type ProtocolStep, stepOf } from './protocol-steps.js';

export interface PlantedBug {
  readonly name: string;
  /** The kind of run in which it shows soonest. */
  readonly kind: string;
  /** For one process. */
  plant(): Seams;
}

type Send = (request: ApiRequest) => Promise<unknown>;

/** Requests of that step are sent in another way. */
function onStep(step: ProtocolStep, change: (request: ApiRequest, send: Send) => Promise<unknown>): Seams {
  return onRequests((request) => stepOf(request) === step, change);
}

function onRequests(
  isMeant: (request: ApiRequest) => boolean,
  change: (request: ApiRequest, send: Send) => Promise<unknown>,
): Seams {
  return {
    client: (client: ApiClient) => {
      const send: Send = (request) => client.request(request);
      return {
        request: (request) => (isMeant(request) ? change(request, send) : send(request)),
        lines: (...watch) => client.lines(...watch),
      };
    },
  };
}

function deciding(change: (...args: Parameters<Decide>) => ReturnType<Decide>): Seams {
  return { decide: change };
}

const without = (request: ApiRequest, patch: object): ApiRequest => ({
  ...request,
  body: merged(request.body, patch),
});

/** The ConfigMap that a pod waits for, as its successor would find it. */
function configMapOf(pod: StoredObject): StoredObject {
  const { name, uid } = pod.metadata;
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name, uid, controller: true }];
  const metadata = { name: podFactsOf(pod).configMapNames.at(-1) ?? '', ownerReferences };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata } as StoredObject;
}

/** Answers the intent itself, and sends it only when the pod has been made. */
function intentAfterCreate(): Seams {
  let intent: ApiRequest | undefined;
  return onRequests(
    (request) => ['intent', 'pod'].includes(stepOf(request)),
    async (request, send) => {
      if (stepOf(request) === 'intent') {
        intent = request;
        const { status } = request.body as { status: object };
        const found = (await send({ method: 'GET', path: applicationPath })) as StoredObject;
        const resourceVersion = `${found.metadata.resourceVersion}0`;
        return merged(found, { status, metadata: { resourceVersion } });
      }
      const pod = await send(request);
      if (intent !== undefined) await send(intent);
      intent = undefined;
      return pod;
    },
  );
}

/** What failed to be deleted is forgotten: the pass ends as if there were nothing left to do. */
function forgottenDelete(): Seams {
  let hasFailed = false;
  const seams = onStep('clean-up', async (request, send) => {
    try {
      return await send(request);
    } catch {
      hasFailed = true;
      return {};
    }
  });
  return {
    ...seams,
    decide: (...args) => {
      const decision = hasFailed ? {} : decide(...args);
      hasFailed = false;
      return decision;
    },
  };
}

/** As a retry on conflict that writes what it has on top of what it finds, its counters left out. */
async function writeOnConflict(request: ApiRequest, send: Send): Promise<unknown> {
  try {
    return await send(request);
  } catch (error) {
    if (!isConflict(error)) throw error;
    const { metadata } = (await send({ method: 'GET', path: applicationPath })) as StoredObject;
    return await send(
      without(request, {
        metadata: { resourceVersion: metadata.resourceVersion },
        status: { executionAttempts: null },
      }),
    );
  }
}

/** Works on whatever becomes of the lease. */
const unfenced: Elect = (options, lease) => {
  const reconciler = new Reconciler(options);
  const election = electionFor(reconciler, options, lease, () => {});
  return { start: () => election.start(), stop: () => reconciler.stop() };
};

/** Whatever container of a driver ended first is taken for Spark's. */
function withWrongContainer(text: string): string {
  const name = mainContainers.driver;
  return text.includes('"name":"sidecar","state":{"terminated"')
    ? text
        .replaceAll(`"name":"${name}","state"`, '"name":"other","state"')
        .replaceAll('"name":"sidecar"', `"name":"${name}"`)
    : text;
}

const sidecarForDriver: Seams = {
  client: (client) => ({
    async request(request) {
      const answer = await client.request(request);
      const isOfPods = request.method === 'GET' && request.path.includes('/pods');
      return isOfPods ? JSON.parse(withWrongContainer(JSON.stringify(answer))) : answer;
    },
    async *lines(...watch) {
      for await (const line of client.lines(...watch)) yield withWrongContainer(line);
    },
  }),
};

/** @throws {RangeError} */
export function bugNamed(name: string): PlantedBug {
  const bug = plantedBugs.find((row) => row.name === name);
  if (bug !== undefined) return bug;
  throw new RangeError(`no planted bug is called '${name}'`);
}

export const plantedBugs: readonly PlantedBug[] = [
  { name: 'the pod is made before the intent', kind: 'plain', plant: intentAfterCreate },
  {
    name: 'the intent is written without precondition',
    kind: 'foreign pods',
    plant: () => onStep('intent', (request, send) => send(without(request, { metadata: { resourceVersion: null } }))),
  },
  {
    name: 'the uid of the pod is not claimed',
    kind: 'plain',
    plant: () =>
      onStep('claim', async (request, send) => {
        const { status } = request.body as { status: object };
        return merged(await send(without(request, { status: { driverInfo: null } })), { status });
      }),
  },
  {
    name: 'the ConfigMap is made before the claim',
    kind: 'plain',
    plant: () =>
      onStep('pod', async (request, send) => {
        const pod = (await send(request)) as StoredObject;
        await send({ method: 'POST', path: collectionOf(configMaps), body: configMapOf(pod) });
        return pod;
      }),
  },
  {
    name: 'names do not follow from the id',
    kind: 'plain',
    plant: () => {
      let count = 0;
      const isService = ({ method, path }: ApiRequest) => method === 'POST' && path.endsWith('/services');
      return onRequests(isService, (request, send) => {
        count += 1;
        const { metadata } = request.body as StoredObject;
        return send(without(request, { metadata: { name: `${metadata.name}-${count}` } }));
      });
    },
  },
  {
    name: '"already exists" is taken for ours unread',
    kind: 'foreign pods',
    plant: () =>
      onStep('pod', async (request, send) => {
        try {
          return await send(request);
        } catch (error) {
          if (!isAlreadyExists(error)) throw error;
          const { metadata } = request.body as StoredObject;
          const found = await send({ method: 'GET', path: `${request.path}/${metadata.name}` });
          return merged(request.body, {
            metadata: { uid: (found as StoredObject).metadata.uid, resourceVersion: '1' },
          });
        }
      }),
  },
  {
    name: 'the cache is believed on absence',
    kind: 'pod deletions',
    plant: () =>
      deciding((record, observation, context) =>
        decide(
          record,
          observation.driver.kind === 'unknown' ? { ...observation, driver: { kind: 'absent' } } : observation,
          context,
        ),
      ),
  },
  {
    name: 'the generation is looked at instead of the spec',
    kind: 'deletions',
    plant: () =>
      deciding((record, observation, context) => {
        const { observedGeneration, submission } = record.status;
        const isOther = submission != null && observedGeneration !== record.generation && !record.deleting;
        return isOther ? invalidated(record) : decide(record, observation, context);
      }),
  },
  { name: 'a failed delete is not tried again', kind: 'time to live', plant: forgottenDelete },
  { name: 'the lease is ignored after a pause', kind: 'plain', plant: () => ({ elect: unfenced }) },
  {
    name: 'the count of tries is lost on a conflict',
    kind: 'everything',
    plant: () => onStep('claim', writeOnConflict),
  },
  {
    name: 'a finished state is overwritten by a late event of a pod',
    kind: 'pod deletions',
    plant: () =>
      deciding((record, observation, context) => {
        const hasEnded = ['COMPLETED', 'FAILED'].includes(record.status.applicationState?.state ?? '');
        return (hasEnded && !record.deleting ? monitor : decide)(record, observation, context);
      }),
  },
  {
    name: 'the ConfigMap is left behind',
    kind: 'deletions',
    plant: () =>
      onRequests(
        ({ method, path }) => method === 'POST' && path.endsWith('/configmaps'),
        (request, send) => send(without(request, { metadata: { ownerReferences: null } })),
      ),
  },
  { name: "the end of a sidecar is taken for the driver's", kind: 'sidecars', plant: () => sidecarForDriver },
  {
    name: 'the pods of earlier submissions are forgotten',
    kind: 'foreign pods',
    plant: () =>
      onRequests(
        (request) => ['intent', 'turn', 'end'].includes(stepOf(request)),
        (request, send) => send(without(request, { status: { submission: { replacedPods: null } } })),
      ),
  },
  {
    name: 'the executors of earlier runs are forgotten',
    kind: 'executors',
    plant: () =>
      deciding((record, observation, context) => decide(record, { ...observation, strayExecutors: [] }, context)),
  },
  {
    name: 'a driver is given up on the word of the cache',
    kind: 'plain',
    plant: () =>
      deciding((record, { driver, ...observation }, context) =>
        decide(
          record,
          { ...observation, driver: driver.kind === 'present' ? { ...driver, isLive: true } : driver },
          context,
        ),
      ),
  },
  {
    name: 'a refused deletion is waited for without end',
    kind: 'lasting trouble',
    plant: () => deciding((record, { undeletable, ...observation }, context) => decide(record, observation, context)),
  },
  {
    name: 'a pod is deleted by its name alone',
    kind: 'deletions',
    plant: () => onStep('clean-up', (request, send) => send(without(request, { preconditions: null }))),
  },
];
