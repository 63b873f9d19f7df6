/** What annotations say where that is more than one field of a role: the values of several fields put together. */
import { configurationMaps } from '../api/configuration-maps.js';
import { jmxExporterOf, monitoringPath } from '../api/jmx-exporter.js';
import { isLocalDirectory } from '../api/local-directories.js';
import { configMapVolumeName, monitoringConfigMapName } from '../api/names.js';
import type { DriverSpec, ExecutorSpec, SparkApplicationSpec } from '../api/spark-application-spec.js';
import type { TagSource } from './concern.js';
import type { ConfigMapMount } from './config-map-edit.js';

type Volume = NonNullable<SparkApplicationSpec['volumes']>[number];
type RoleSpec = DriverSpec | ExecutorSpec;
type Mount = NonNullable<RoleSpec['volumeMounts']>[number];
type Port = NonNullable<RoleSpec['ports']>[number];
type Container = NonNullable<RoleSpec['sidecars']>[number];

/** Order of the peer: Hadoop's, Spark's, the role's. */
export function configMapMounts({ spec, role }: TagSource): ConfigMapMount[] {
  const ofApplication = configurationMaps.flatMap(({ field, path, volume, env }) => {
    const name = spec[field];
    return name === undefined ? [] : [{ name, path, volume, env }];
  });
  return [...ofApplication, ...(spec[role].configMaps ?? [])];
}

/** Without local directories, which go through Spark's own properties. */
export function volumeMounts(source: TagSource): Mount[] {
  const { spec, role } = source;
  const ofRole = (spec[role].volumeMounts ?? []).filter((mount) => !isLocalDirectory(mount));
  return [...ofRole, ...monitoring(source).mounts];
}

/**
 * Only what the containers of the role mount, in the order of the mounts: another declared volume may not even exist for
 * this role. Of two volumes with one name the last counts.
 */
export function volumes(source: TagSource): Volume[] {
  const { spec, role } = source;
  const declared = new Map((spec.volumes ?? []).map((volume) => [volume.name, volume]));
  const helpers = [...(spec[role].initContainers ?? []), ...(spec[role].sidecars ?? [])];
  const mounts = [...(spec[role].volumeMounts ?? []), ...helpers.flatMap(({ volumeMounts: mounted = [] }) => mounted)];
  const names = new Set(mounts.filter((mount) => !isLocalDirectory(mount)).map(({ name }) => name));
  const mounted = [...names].map((name) => declared.get(name)).filter((volume) => volume !== undefined);
  return [...mounted, ...monitoring(source).volumes];
}

export function ports(source: TagSource): Port[] {
  return [...(source.spec[source.role].ports ?? []), ...monitoring(source).ports];
}

/** Of containers with one name and one image the first counts, as in the peer; other images under one name are refused. */
export function containers(field: 'initContainers' | 'sidecars', { spec, role }: TagSource): Container[] {
  const byIdentity = new Map<string, Container>();
  for (const container of spec[role][field] ?? []) {
    const identity = JSON.stringify([container.name, container.image]);
    if (!byIdentity.has(identity)) byIdentity.set(identity, container);
  }
  return [...byIdentity.values()];
}

/** A batch scheduler is for the whole application; an empty name is none. */
export function schedulerName({ spec, role }: TagSource): string | undefined {
  return spec.batchScheduler || spec[role].schedulerName || undefined;
}

export function gpu({ spec, role }: TagSource): { name: string; quantity: number } | undefined {
  const wanted = spec[role].gpu;
  return wanted === undefined || wanted.name === '' || wanted.quantity <= 0 ? undefined : wanted;
}

export function nodeSelector({ spec, role }: TagSource): Record<string, string> | undefined {
  const wanted = spec[role].nodeSelector ?? {};
  return Object.keys(wanted).length === 0 ? undefined : wanted;
}

interface Monitoring {
  readonly volumes: readonly Volume[];
  readonly mounts: readonly Mount[];
  readonly ports: readonly Port[];
}

const noMonitoring: Monitoring = { volumes: [], mounts: [], ports: [] };

/** What the JMX exporter needs in a pod (compatibility: Prometheus monitoring); nothing where the image has both files. */
function monitoring({ application, spec, role }: TagSource): Monitoring {
  const exporter = jmxExporterOf(spec);
  if (!exporter?.isMounted[role]) return noMonitoring;
  const configMap = monitoringConfigMapName(application.name);
  const name = configMapVolumeName(configMap);
  return {
    volumes: [{ name, configMap: { name: configMap } }],
    mounts: [{ name, mountPath: monitoringPath, readOnly: true }],
    ports: [{ name: exporter.portName, containerPort: exporter.port, protocol: 'TCP' as const }],
  };
}
