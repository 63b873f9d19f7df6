/**
 * Creates a driver as Spark's client does: one request after the other, repeated where the API server is away for the moment;
 * when one fails for good, what was made before it is taken back.
 */
import { z } from 'zod';
import type { DriverObjects } from '../../reconciler/submission/driver-objects.js';
import type { SubmitRequest, SubmitRequests } from '../../reconciler/submission/requests.js';
import { type Clock, pause } from '../clock.js';
import { FiresteelError, messageOf } from '../errors.js';
import { type ApiClient, getObject } from '../kube/api-client.js';
import { ApiError, ApiUnreachable, isAlreadyExists } from '../kube/api-error.js';
import { pods } from '../kube/resources.js';

const createdPod = z.object({
  metadata: z.object({ uid: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
});
type CreatedPod = z.infer<typeof createdPod>;

/** @throws {FiresteelError} as the API server refused it, after what had been made was deleted again */
export async function createDriver(
  client: ApiClient,
  requests: SubmitRequests,
  driver: DriverObjects,
  clock: Clock,
): Promise<void> {
  const send = (list: readonly SubmitRequest[]) => sendAll(client, list, clock);
  const undoing = (undo: readonly SubmitRequest[], step: () => Promise<void>) => orUndo(step, () => send(undo));
  const { deletePod, deletePreResources } = requests;
  let uid = '';
  await undoing(deletePreResources, async () => {
    await send(requests.before);
    uid = (await createPod(client, requests.createPod, driver, clock)).metadata.uid;
  });
  const { preResources, rest } = requests.owned(uid);
  await undoing([deletePod, ...deletePreResources], () => send(preResources));
  await undoing([deletePod], () => send(rest));
}

async function orUndo(step: () => Promise<void>, undo: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    try {
      await undo();
    } catch (second) {
      const left = `${messageOf(error)}; and what had been made could not be deleted: ${messageOf(second)}`;
      throw new FiresteelError(error instanceof FiresteelError ? error.code : 'API_REFUSED', left, { cause: error });
    }
    throw error;
  }
}

async function sendAll(client: ApiClient, requests: readonly SubmitRequest[], clock: Clock): Promise<void> {
  for (const request of requests) await repeated(client, request, clock);
}

async function createPod(
  client: ApiClient,
  request: SubmitRequest,
  { namespace, podName, applicationId }: DriverObjects,
  clock: Clock,
): Promise<CreatedPod> {
  let isRepetition = false;
  try {
    const answer = await repeated(client, request, clock, () => {
      isRepetition = true;
    });
    return createdPod.parse(answer);
  } catch (error) {
    if (!isRepetition || !isAlreadyExists(error)) throw error;
    // An earlier try may have made it, whatever its answer was.
    const present = createdPod.parse(await getObject(client, pods, { namespace, name: podName }));
    if (present.metadata.labels['spark-app-selector'] !== applicationId) throw error;
    return present;
  }
}

const repetitions = 3;
const firstPauseMilliseconds = 100;

async function repeated(
  client: ApiClient,
  request: SubmitRequest,
  clock: Clock,
  repeating: () => void = () => undefined,
): Promise<unknown> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await client.request({
        method: request.method,
        path: request.path,
        query: { ...request.query },
        body: request.body,
        ...(request.method === 'PATCH' ? { patchType: 'apply-patch' } : {}),
      });
    } catch (error) {
      if (attempt >= repetitions || !isPassing(error)) throw error;
      repeating();
      await pause(clock, firstPauseMilliseconds * 2 ** attempt);
    }
  }
}

function isPassing(error: unknown): boolean {
  return (
    error instanceof ApiUnreachable || (error instanceof ApiError && (error.status >= 500 || error.status === 429))
  );
}
