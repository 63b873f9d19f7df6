/** A pod as the API server has it, not the cache. */
import { type ApiClient, getObject } from '../src/kube/api-client.js';
import { isNotFound } from '../src/kube/api-error.js';
import { readObject } from '../src/kube/read-object.js';
import { pods } from '../src/kube/resources.js';
import type { DriverObservation } from './decision.js';
import { projectPod } from './spark-pod.js';

/** @throws what the API server did not answer */
export async function lookUpPod(
  client: ApiClient,
  address: { namespace: string; name: string },
): Promise<DriverObservation> {
  try {
    return { kind: 'present', isLive: true, pod: projectPod(readObject(await getObject(client, pods, address))) };
  } catch (error) {
    if (isNotFound(error)) return { kind: 'absent' };
    throw error;
  }
}
