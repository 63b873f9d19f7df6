/** ConfigMaps mounted as folders: a volume and a read-only mount each, and a variable that says where. */
import { z } from 'zod';
import { text } from '../api/field.js';
import { configMapVolumeName } from '../api/names.js';
import { byName } from './list-keys.js';
import type { PodEdit } from './pod-edit.js';
import { mountOnce, volumeOnce } from './volume-edit.js';

export const configMapMount = z.strictObject({
  name: text(),
  path: text(),
  /** Name of the volume; default as the peer names it. */
  volume: text().optional(),
  /** Variable that is set to the path. */
  env: text().optional(),
});

export type ConfigMapMount = z.infer<typeof configMapMount>;

export function mountConfigMaps(edit: PodEdit, annotation: string, mounts: readonly ConfigMapMount[]): void {
  for (const { name, path, volume: volumeName = configMapVolumeName(name), env } of mounts) {
    volumeOnce(edit, annotation, { name: volumeName, configMap: { name } });
    mountOnce(edit, annotation, { name: volumeName, mountPath: path, readOnly: true });
    if (env !== undefined) edit.merge(edit.containerPath('env'), [{ name: env, value: path }], byName);
  }
}
