/**
 * The table: field of a SparkApplication → annotation → type → edit of a pod. Rows are applied in this order, which is the
 * peer's (compatibility: pod mutation). A new concern is a new row.
 */
import { z } from 'zod';
import { configurationMaps } from '../api/configuration-maps.js';
import { text } from '../api/field.js';
import { affinity, envVar, ownerReference, toleration, volume, volumeMount } from '../api/kubernetes-types.js';
import { isLocalDirectory } from '../api/local-directories.js';
import { configMapVolumeName } from '../api/names.js';
import { sparkApplicationApiVersion, sparkApplicationKind } from '../api/spark-application.js';
import type { SparkApplicationSpec } from '../api/spark-application-spec.js';
import { type Concern, jsonConcern, type TagSource } from './concern.js';
import type { JsonObject } from './json.js';
import type { PodEdit } from './pod-edit.js';
import { mountOnce, volumeOnce } from './volume-edit.js';

const byName = (item: JsonObject) => String(item['name']);

const configMapMount = z.strictObject({
  name: text(),
  path: text(),
  /** Name of the volume; default as the peer names it. */
  volume: text().optional(),
  /** Variable that is set to the path. */
  env: text().optional(),
});

type ConfigMapMount = z.infer<typeof configMapMount>;

/** Order of the peer: Hadoop's, Spark's, the role's. */
function configMapMounts({ spec, role }: TagSource): ConfigMapMount[] {
  const ofApplication = configurationMaps.flatMap(({ field, path, volume, env }) => {
    const name = spec[field];
    return name === undefined ? [] : [{ name, path, volume, env }];
  });
  return [...ofApplication, ...(spec[role].configMaps ?? [])];
}

function editConfigMaps(edit: PodEdit, mounts: readonly ConfigMapMount[]): void {
  for (const { name, path, volume: volumeName = configMapVolumeName(name), env } of mounts) {
    volumeOnce(edit, 'config-maps', { name: volumeName, configMap: { name } });
    mountOnce(edit, 'config-maps', { name: volumeName, mountPath: path, readOnly: true });
    if (env !== undefined) edit.merge(edit.containerPath('env'), [{ name: env, value: path }], byName);
  }
}

/** Without local directories, which go through Spark's own properties. */
function taggedMounts({ spec, role }: Pick<TagSource, 'spec' | 'role'>) {
  return spec[role].volumeMounts?.filter((mount) => !isLocalDirectory(mount));
}

/**
 * Only what the role mounts: a declared volume may exist in the namespace of the other role's needs alone. Of two of one name
 * the last counts, as with the peer.
 */
function mountedVolumes({ spec, role }: TagSource): SparkApplicationSpec['volumes'] {
  const mounted = new Set(taggedMounts({ spec, role })?.map(({ name }) => name));
  const declared = new Map((spec.volumes ?? []).map((item) => [item.name, item]));
  return [...declared.values()].filter(({ name }) => mounted.has(name));
}

/** All fields of a toleration, as the API server completes them. */
function tolerationKey({ key, operator, value, effect, tolerationSeconds }: JsonObject): string {
  return JSON.stringify([key || '', operator || 'Equal', value || '', effect || '', tolerationSeconds ?? null]);
}

export const concerns: readonly Concern[] = [
  jsonConcern({
    name: 'owner-references',
    value: z.array(ownerReference),
    // The reconciler writes the driver's owner itself, when it creates the pod; what no API server has stored owns nothing.
    from: ({ application, role }) =>
      role === 'driver' || application.uid === ''
        ? undefined
        : [
            {
              apiVersion: sparkApplicationApiVersion,
              kind: sparkApplicationKind,
              name: application.name,
              uid: application.uid,
              controller: false,
            },
          ],
    edit: (edit, owners) => edit.merge(['metadata', 'ownerReferences'], owners, (owner) => String(owner['uid'])),
  }),
  jsonConcern({
    name: 'env',
    value: z.array(envVar),
    from: ({ spec, role }) => spec[role].env,
    edit: (edit, variables) => edit.merge(edit.containerPath('env'), variables, byName),
  }),
  jsonConcern({ name: 'config-maps', value: z.array(configMapMount), from: configMapMounts, edit: editConfigMaps }),
  jsonConcern({
    name: 'volumes',
    value: z.array(volume),
    from: mountedVolumes,
    edit: (edit, volumes) => {
      for (const item of volumes) volumeOnce(edit, 'volumes', item);
    },
  }),
  jsonConcern({
    name: 'volume-mounts',
    value: z.array(volumeMount),
    from: taggedMounts,
    edit: (edit, mounts) => {
      for (const mount of mounts) mountOnce(edit, 'volume-mounts', mount);
    },
  }),
  jsonConcern({
    name: 'affinity',
    value: affinity,
    from: ({ spec, role }) => spec[role].affinity,
    edit: (edit, wanted) => edit.set(['spec', 'affinity'], wanted),
  }),
  jsonConcern({
    name: 'tolerations',
    value: z.array(toleration),
    from: ({ spec, role }) => spec[role].tolerations,
    edit: (edit, tolerations) => edit.merge(['spec', 'tolerations'], tolerations, tolerationKey),
  }),
];
