/**
 * Volumes and mounts: the edits where one annotation can contradict another. A volume's key is its name, a mount's its path
 * in the Spark container; what the pod had under that key gives way, what another annotation put there does not.
 */
import type { JsonObject } from './json.js';
import { byName, mountKey } from './list-keys.js';
import type { PodEdit } from './pod-edit.js';

export function addVolumes(edit: PodEdit, annotation: string, volumes: readonly JsonObject[]): void {
  for (const volume of volumes) edit.claim(annotation, `volume ${byName(volume)}`, volume);
  edit.merge(['spec', 'volumes'], volumes, byName);
}

export function addMounts(edit: PodEdit, annotation: string, mounts: readonly JsonObject[]): void {
  for (const mount of mounts) edit.claim(annotation, `mount at ${mountKey(mount)}`, mount);
  edit.merge(edit.containerPath('volumeMounts'), mounts, mountKey);
}
