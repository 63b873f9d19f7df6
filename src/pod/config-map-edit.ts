/** ConfigMaps mounted as folders: a volume and a read-only mount each, and a variable that says where. */
import { z } from 'zod';
import { text } from '../api/field.js';
import { configMapVolumeName } from '../api/names.js';
import { byName } from './list-keys.js';
import type { PodEdit } from './pod-edit.js';
import { addMounts, addVolumes } from './volume-edit.js';

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
  const named = mounts.map((mount) => ({ ...mount, volume: mount.volume ?? configMapVolumeName(mount.name) }));
  const volumes = named.map(({ name, volume }) => ({ name: volume, configMap: { name } }));
  addVolumes(edit, annotation, volumes);
  addMounts(
    edit,
    annotation,
    named.map(({ volume, path }) => ({ name: volume, mountPath: path, readOnly: true })),
  );
  const variables = named.flatMap(({ env, path }) => (env === undefined ? [] : [{ name: env, value: path }]));
  edit.merge(edit.containerPath('env'), variables, byName);
}
