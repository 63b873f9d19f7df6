/**
 * Volumes and mounts: the edits where one annotation can contradict another. A volume's key is its name, a mount's its path
 * in the Spark container; what the pod had under that key gives way, what another annotation put there does not.
 */
import { FiresteelError } from '../errors.js';
import { isJsonObject, type JsonObject } from './json.js';
import type { PodEdit } from './pod-edit.js';

export function volumeOnce(edit: PodEdit, annotation: string, volume: JsonObject): void {
  edit.claim(annotation, `volume ${String(volume['name'])}`, volume);
  edit.merge(['spec', 'volumes'], [volume], (item) => String(item['name']));
}

export function mountOnce(edit: PodEdit, annotation: string, mount: JsonObject): void {
  edit.claim(annotation, `mount at ${String(mount['mountPath'])}`, mount);
  edit.merge(edit.containerPath('volumeMounts'), [mount], (item) => String(item['mountPath']));
}

/** @throws {FiresteelError} MUTATION_CONFLICT when a mount of the Spark container names no volume of the pod */
export function checkMounts(edit: PodEdit): void {
  const volumes = new Set(
    edit
      .list(['spec', 'volumes'])
      .filter(isJsonObject)
      .map((volume) => volume['name']),
  );
  for (const mount of edit.list(edit.containerPath('volumeMounts')).filter(isJsonObject)) {
    if (volumes.has(mount['name'])) continue;
    throw new FiresteelError(
      'MUTATION_CONFLICT',
      `the mount at ${String(mount['mountPath'])} names volume ${String(mount['name'])}, which the pod does not have`,
    );
  }
}
