/**
 * What mounts may not be: of a volume whose name or at a path that another field uses. Kubernetes would refuse such pods, and
 * the webhook would let one mount hide another.
 */

import type { SparkApplication } from './application.js';
import { configurationMaps } from './configuration-maps.js';
import { jmxExporterOf, monitoringPath } from './jmx-exporter.js';
import { type Role, roles } from './labels.js';
import { isLocalDirectory, localDirectorySource, localDirectoryTypes } from './local-directories.js';
import { configMapVolumeName, monitoringConfigMapName } from './names.js';
import { type Problem, problemAt } from './problem.js';
import type { SparkApplicationSpec } from './spark-application-spec.js';

export function volumeProblems({ name, spec }: Pick<SparkApplication, 'name' | 'spec'>): Problem[] {
  return roles.flatMap((role) => [
    ...nameProblems(name, spec, role),
    ...localDirectoryProblems(spec, role),
    ...pathProblems(spec, role),
  ]);
}

function nameProblems(application: string, spec: SparkApplicationSpec, role: Role): Problem[] {
  const taken = takenNames(application, spec, role);
  return (spec[role]?.volumeMounts ?? []).flatMap(({ name }, index) => {
    const field = ['spec', role, 'volumeMounts', index, 'name'];
    return taken.has(name) ? [problemAt(field, `the pod has another volume named ${name}; rename this one`)] : [];
  });
}

/** Local directories of Spark go through its properties, which know some types of volumes only. */
function localDirectoryProblems(spec: SparkApplicationSpec, role: Role): Problem[] {
  const declared = new Map((spec.volumes ?? []).map((volume) => [volume.name, volume]));
  return (spec[role]?.volumeMounts ?? []).flatMap((mount, index) => {
    if (!isLocalDirectory(mount)) return [];
    const field = ['spec', role, 'volumeMounts', index, 'name'];
    const volume = declared.get(mount.name);
    if (volume === undefined) return [problemAt(field, `volume ${mount.name} not found in spec.volumes`)];
    if (localDirectorySource(volume) !== undefined) return [];
    return [problemAt(field, `unsupported volume type of ${mount.name}: use ${localDirectoryTypes.join(', ')}`)];
  });
}

/** Of Spark's own configuration (KubernetesClientUtils); without the driver's, a driver would start before its time. */
const sparkConfVolumes: Readonly<Record<Role, string>> = {
  driver: 'spark-conf-volume-driver',
  executor: 'spark-conf-volume-exec',
};

/** Names of the volumes that Spark and other fields put into the pods of a role. */
function takenNames(application: string, spec: SparkApplicationSpec, role: Role): ReadonlySet<string> {
  return new Set([
    sparkConfVolumes[role],
    ...configurationMaps.filter(({ field }) => spec[field] !== undefined).map(({ volume }) => volume),
    ...(spec[role]?.configMaps ?? []).map(({ name }) => configMapVolumeName(name)),
    ...(spec[role]?.secrets ?? []).map(({ name }) => `${name}-volume`),
    ...(jmxExporterOf(spec)?.isMounted[role] ? [configMapVolumeName(monitoringConfigMapName(application))] : []),
  ]);
}

interface Place {
  readonly field: readonly PropertyKey[];
  readonly path: string;
}

function pathProblems(spec: SparkApplicationSpec, role: Role): Problem[] {
  const places: readonly Place[] = [...sparkConfPlaces(role), ...fieldPlaces(spec, role)];
  return duplicates(places.map(({ path }) => withoutTrailingSlash(path))).map((index) =>
    problemAt(['spec', ...(places[index]?.field ?? [])], 'something else is mounted at this path'),
  );
}

/** Hiding the properties of a driver would keep it from starting; an executor gets them from the driver. */
function sparkConfPlaces(role: Role): readonly Place[] {
  return role === 'driver' ? [{ field: [], path: '/opt/spark/conf' }] : [];
}

/** Where the fields mount something, in the order in which they are applied. */
function fieldPlaces(spec: SparkApplicationSpec, role: Role): readonly Place[] {
  const { secrets = [], configMaps = [], volumeMounts = [] } = spec[role] ?? {};
  return [
    ...secrets.map(({ path }, index) => ({ field: [role, 'secrets', index, 'path'], path })),
    ...configurationMaps
      .filter(({ field }) => spec[field] !== undefined)
      .map(({ field, path }) => ({ field: [field], path })),
    ...configMaps.map(({ path }, index) => ({ field: [role, 'configMaps', index, 'path'], path })),
    ...(jmxExporterOf(spec)?.isMounted[role] ? [{ field: ['monitoring'], path: monitoringPath }] : []),
    ...volumeMounts.map(({ mountPath: path }, index) => ({ field: [role, 'volumeMounts', index, 'mountPath'], path })),
  ];
}

function withoutTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? withoutTrailingSlash(path.slice(0, -1)) : path;
}

/** Indices of the values that stood before. */
function duplicates(values: readonly string[]): number[] {
  const seen = new Set<string>();
  return values.flatMap((value, index) => {
    if (seen.has(value)) return [index];
    seen.add(value);
    return [];
  });
}
