/**
 * Volumes and mounts: the edits where one annotation can contradict another. A volume's key is its name, a mount's its path
 * in the Spark container; what the pod had under that key gives way, what another annotation put there does not.
 */
import type { JsonObject } from './json.js';
import { byName, mountKey } from './list-keys.js';
import type { PodEdit } from './pod-edit.js';

export function volumeOnce(edit: PodEdit, annotation: string, volume: JsonObject): void {
  edit.claim(annotation, `volume ${byName(volume)}`, volume);
  edit.merge(['spec', 'volumes'], [volume], byName);
}

export function mountOnce(edit: PodEdit, annotation: string, mount: JsonObject): void {
  edit.claim(annotation, `mount at ${mountKey(mount)}`, mount);
  edit.merge(edit.containerPath('volumeMounts'), [mount], mountKey);
}
