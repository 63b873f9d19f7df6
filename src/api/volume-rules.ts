/**
 * What volumes and mounts may not be: two of one name or at one path, whichever fields they come from. Kubernetes would
 * refuse such pods, and the webhook would let one mount hide another.
 */
import { configurationMaps } from './configuration-maps.js';
import { notSupportedYet } from './field.js';
import { type Role, roles } from './labels.js';
import { configMapVolumeName } from './names.js';
import { type Problem, problemAt } from './problem.js';
import type { SparkApplicationSpec } from './spark-application-spec.js';

export function volumeProblems(spec: SparkApplicationSpec): Problem[] {
  return [
    ...duplicates((spec.volumes ?? []).map(({ name }) => name)).map((index) =>
      problemAt(['spec', 'volumes', index, 'name'], 'another volume has this name'),
    ),
    ...roles.flatMap((role) => [...nameProblems(spec, role), ...pathProblems(spec, role)]),
  ];
}

/** Prefix of volumes that Spark uses for scratch space (LocalDirsFeatureStep); they go through Spark's own properties. */
const localDirectoryPrefix = 'spark-local-dir-';

function nameProblems(spec: SparkApplicationSpec, role: Role): Problem[] {
  const declared = new Set((spec.volumes ?? []).map(({ name }) => name));
  const taken = takenNames(spec, role);
  return (spec[role]?.volumeMounts ?? []).flatMap(({ name }, index) => {
    const field = ['spec', role, 'volumeMounts', index, 'name'];
    if (name.startsWith(localDirectoryPrefix)) {
      return [problemAt(field, `local directories (${name}): ${notSupportedYet}`)];
    }
    if (!declared.has(name)) return [problemAt(field, `no volume named ${name} in spec.volumes`)];
    return taken.has(name) ? [problemAt(field, `the pod has another volume named ${name}; rename this one`)] : [];
  });
}

/** Of Spark's own configuration (KubernetesClientUtils); without the driver's, a driver would start before its time. */
const sparkConfVolumes: Readonly<Record<Role, string>> = {
  driver: 'spark-conf-volume-driver',
  executor: 'spark-conf-volume-exec',
};

/** Names of the volumes that Spark and other fields put into the pods of a role. */
function takenNames(spec: SparkApplicationSpec, role: Role): ReadonlySet<string> {
  return new Set([
    sparkConfVolumes[role],
    ...configurationMaps.filter(({ field }) => spec[field] !== undefined).map(({ volume }) => volume),
    ...(spec[role]?.configMaps ?? []).map(({ name }) => configMapVolumeName(name)),
    ...(spec[role]?.secrets ?? []).map(({ name }) => `${name}-volume`),
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
