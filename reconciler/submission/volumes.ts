/**
 * Volumes in Spark properties, `spark.kubernetes.{driver,executor}.volumes.<type>.<name>.…` (`KubernetesVolumeUtils`): one row
 * a type. Those of executors are read at submission too, so that a fault in them shows before a driver runs.
 */
import type { Volume, VolumeMount } from 'kubernetes-types/core/v1.js';
import type { Role } from '../../src/api/labels.js';
import type { VersionDifferences } from './differences.js';
import { refused } from './refusal.js';
import type { Submission } from './submission.js';

export interface SparkVolume {
  /** The beginning of its keys: `<prefix><type>.<name>.` */
  readonly keys: string;
  readonly name: string;
  readonly source: Omit<Volume, 'name'>;
  readonly mount: Omit<VolumeMount, 'name'>;
  readonly claim?: ClaimOptions;
}

/** Of a volume of type persistentVolumeClaim. */
export interface ClaimOptions {
  /** May contain `OnDemand`. */
  readonly name: string;
  readonly readOnly: boolean;
  readonly storageClass?: string;
  readonly sizeLimit?: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
}

/**
 * In the order of their first keys.
 * @throws {FiresteelError} SUBMISSION_REFUSED
 */
export function sparkVolumes(submission: Submission, role: Role): readonly SparkVolume[] {
  const prefix = `spark.kubernetes.${role}.volumes.`;
  const byVolume = new Map<string, Map<string, string>>();
  for (const key of submission.conf.withPrefix(prefix).keys()) {
    const [, volume, property] = /^([^.]+\.[^.]+)\.(.+)$/s.exec(key) ?? [];
    if (volume === undefined || property === undefined) {
      throw refused(`${prefix}${key}: write it as ${prefix}TYPE.NAME.PROPERTY`);
    }
    const properties = byVolume.get(volume) ?? new Map<string, string>();
    properties.set(property, submission.conf.text(`${prefix}${key}`) ?? '');
    byVolume.set(volume, properties);
  }
  return [...byVolume].map(([volume, properties]) =>
    sparkVolume(prefix, volume, { properties, keys: `${prefix}${volume}.`, differences: submission.differences }),
  );
}

interface VolumeKeys {
  readonly properties: ReadonlyMap<string, string>;
  readonly keys: string;
  readonly differences: VersionDifferences;
}

type Source = Pick<SparkVolume, 'source' | 'claim'>;

/** The source of a volume of each type; what the API server takes for absent is sent as Spark sends it. */
const types: Readonly<Record<string, (volume: VolumeKeys, type: string) => Source>> = {
  hostPath: (volume, type) => ({
    source: {
      hostPath: {
        path: required(volume, 'options.path', type),
        type: (volume.differences.newVolumeOptions ? volume.properties.get('options.type') : undefined) ?? '',
      },
    },
  }),
  emptyDir: ({ properties }) => ({
    source: {
      emptyDir: { medium: properties.get('options.medium') ?? '', ...optional('sizeLimit', properties) },
    },
  }),
  nfs: (volume, type) => ({
    source: {
      nfs: { path: required(volume, 'options.path', type), server: required(volume, 'options.server', type) },
    },
  }),
  persistentVolumeClaim: (volume, type) => {
    const claim = claimOf(volume, type);
    return { source: { persistentVolumeClaim: { claimName: claim.name, readOnly: claim.readOnly } }, claim };
  },
};

function sparkVolume(prefix: string, volume: string, keys: VolumeKeys): SparkVolume {
  const [type = '', name = ''] = volume.split('.');
  const source = Object.hasOwn(types, type) ? types[type] : undefined;
  if (source === undefined) throw refused(`${prefix}${volume}: Kubernetes Volume type '${type}' is not supported`);
  return { keys: keys.keys, name, mount: mountOf(keys), ...source(keys, type) };
}

function mountOf(volume: VolumeKeys): Omit<VolumeMount, 'name'> {
  const { properties, keys, differences } = volume;
  const mountPath = properties.get('mount.path');
  if (mountPath === undefined) throw refused(`${keys}mount.path is required`);
  const subPath = properties.get('mount.subPath');
  if (!differences.newVolumeOptions) return { mountPath, readOnly: readOnlyOf(volume), subPath: subPath ?? '' };
  const subPathExpr = properties.get('mount.subPathExpr');
  if (subPath !== undefined && subPathExpr !== undefined) {
    throw refused(`${keys}mount.subPath and ${keys}mount.subPathExpr are mutually exclusive`);
  }
  return { mountPath, readOnly: readOnlyOf(volume), subPath: subPath ?? '', subPathExpr: subPathExpr ?? '' };
}

function readOnlyOf({ properties, keys }: VolumeKeys): boolean {
  const text = properties.get('mount.readOnly') ?? 'false';
  if (!/^(?:true|false)$/i.test(text)) throw refused(`${keys}mount.readOnly=${text}: should be true or false`);
  return text.toLowerCase() === 'true';
}

function claimOf(volume: VolumeKeys, type: string): ClaimOptions {
  const { properties, keys, differences } = volume;
  const size = properties.get('options.sizeLimit');
  if (differences.newVolumeOptions && size !== undefined && /^[0-9]+$/.test(size) && Number(size) < 1024) {
    throw refused(`${keys}options.sizeLimit: Volume size '${size}' is smaller than 1KiB. Missing units?`);
  }
  return {
    name: required(volume, 'options.claimName', type),
    readOnly: readOnlyOf(volume),
    ...optional('storageClass', properties),
    ...optional('sizeLimit', properties),
    labels: differences.newVolumeOptions ? below(properties, 'label.') : new Map(),
    annotations: differences.newVolumeOptions ? below(properties, 'annotation.') : new Map(),
  };
}

function required({ properties, keys }: VolumeKeys, property: string, type: string): string {
  const value = properties.get(property);
  if (value === undefined) throw refused(`${keys}${property} is required for ${type}`);
  return value;
}

function optional<K extends string>(name: K, properties: ReadonlyMap<string, string>): { [P in K]?: string } {
  const value = properties.get(`options.${name}`);
  const result: { [P in K]?: string } = {};
  if (value !== undefined) result[name] = value;
  return result;
}

function below(properties: ReadonlyMap<string, string>, prefix: string): ReadonlyMap<string, string> {
  const matching = [...properties].filter(([key]) => key.startsWith(prefix));
  return new Map(matching.map(([key, value]) => [key.slice(prefix.length), value]));
}
