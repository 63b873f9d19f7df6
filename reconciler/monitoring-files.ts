/** Puts the files of monitoring where the pods of an application look for them, before its driver may start. */
import { type ApiClient, createObject, getObject, mergePatch } from '../src/kube/api-client.js';
import { isAlreadyExists } from '../src/kube/api-error.js';
import { readObject } from '../src/kube/read-object.js';
import { configMaps } from '../src/kube/resources.js';
import type { ApplicationRecord } from './application-record.js';
import { type MonitoringConfigMap, monitoringPatch, ofGeneration } from './submission/monitoring-config-map.js';

/**
 * Doing it twice changes nothing; a submission after this one writes over it.
 * @throws {FiresteelError} what the API server says, and what `monitoringPatch` says of a ConfigMap that is there already
 */
export async function putMonitoringConfigMap(
  client: ApiClient,
  { namespace, generation }: Pick<ApplicationRecord, 'namespace' | 'generation'>,
  configMap: MonitoringConfigMap,
): Promise<void> {
  const wanted = ofGeneration(configMap, generation);
  try {
    await createObject(client, configMaps, namespace, wanted);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    const address = { namespace, name: wanted.metadata.name };
    const patch = monitoringPatch(readObject(await getObject(client, configMaps, address)), wanted);
    if (patch !== undefined) await mergePatch(client, configMaps, address, patch);
  }
}
