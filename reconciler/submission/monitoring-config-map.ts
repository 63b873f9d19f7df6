/**
 * The ConfigMap `<application>-prom-conf` with Spark's metrics.properties and the configuration of the JMX exporter. It is of the
 * application, not of one driver, and has no label `spark-app-selector`: a driver that stops deletes what has it.
 */
import type { ConfigMap } from 'kubernetes-types/core/v1.js';
import { z } from 'zod';
import { exporterConfigurationName, jmxExporterOf, metricsPropertiesName } from '../../src/api/jmx-exporter.js';
import { label } from '../../src/api/labels.js';
import { monitoringConfigMapName } from '../../src/api/names.js';
import type { SparkApplication } from '../../src/api/spark-application.js';
import type { SparkApplicationSpec } from '../../src/api/spark-application-spec.js';
import { FiresteelError } from '../../src/errors.js';
import type { KubernetesObject } from '../../src/kube/objects.js';
import { canonicalJson } from '../../src/pod/json.js';
import { controllerOf } from '../application-owner.js';
import { defaultExporterConfiguration, defaultMetricsProperties } from './jmx-exporter-rules.js';
import { checkConfigMapData } from './size-limits.js';

type Data = Record<string, string>;
type Monitoring = NonNullable<SparkApplicationSpec['monitoring']>;

export interface MonitoringConfigMap extends ConfigMap {
  readonly metadata: {
    readonly name: string;
    readonly labels: Data;
    readonly annotations?: Data;
    readonly ownerReferences: [ReturnType<typeof controllerOf>];
  };
  readonly data: Data;
}

/**
 * @returns undefined where the application is not monitored, or its image has both files
 * @throws {FiresteelError} SUBMISSION_REFUSED where the files are larger than a ConfigMap can be
 */
export function monitoringConfigMap(application: SparkApplication): MonitoringConfigMap | undefined {
  const { monitoring } = application.spec;
  if (monitoring === undefined || !jmxExporterOf(application.spec)?.needsConfigMap) return undefined;
  const name = monitoringConfigMapName(application.name);
  const data = dataOf(monitoring);
  checkConfigMapData(`ConfigMap ${name} (spec.monitoring)`, data);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels: { [label.createdByOperator]: 'true' }, ownerReferences: [controllerOf(application)] },
    data,
  };
}

/** Without the files that the image has. */
function dataOf({ metricsProperties, metricsPropertiesFile, prometheus }: Monitoring): Data {
  return {
    ...(metricsPropertiesFile ? {} : { [metricsPropertiesName]: metricsProperties || defaultMetricsProperties }),
    ...(prometheus?.configFile
      ? {}
      : { [exporterConfigurationName]: prometheus?.configuration || defaultExporterConfiguration }),
  };
}

/** From which generation of the application the files are made. */
const generationAnnotation = 'sparkoperator.k8s.io/generation';

export function ofGeneration(configMap: MonitoringConfigMap, generation: number): MonitoringConfigMap {
  const annotations = { [generationAnnotation]: String(generation) };
  return { ...configMap, metadata: { ...configMap.metadata, annotations } };
}

/**
 * What has to be changed in the ConfigMap of that name that is there already, as a merge patch; undefined: nothing. It is for the
 * version that was looked at, and what a later generation of the application wrote is left alone: a leader that has been replaced
 * and does not know it yet can not change the files under its successor's driver.
 * @throws {FiresteelError} API_REFUSED while it has to be waited for, SUBMISSION_REFUSED where it is somebody else's
 */
export function monitoringPatch(existing: KubernetesObject, wanted: MonitoringConfigMap): object | undefined {
  const isOwned = checkIsOurs(existing, wanted);
  const { labels, annotations, ownerReferences } = wanted.metadata;
  const { resourceVersion } = existing.metadata;
  const data = dataSchema.parse(existing).data ?? {};
  const isSame =
    isOwned &&
    canonicalJson(data) === canonicalJson(wanted.data) &&
    generationOf(existing.metadata.annotations) === generationOf(annotations);
  if (isSame) return undefined;
  const removed = Object.fromEntries(Object.keys(data).map((key) => [key, null]));
  return {
    metadata: { resourceVersion, labels, annotations, ...(isOwned ? {} : { ownerReferences }) },
    data: { ...removed, ...wanted.data },
  };
}

const dataSchema = z.looseObject({ data: z.record(z.string(), z.string()).optional() });

function generationOf(annotations: Readonly<Data> = {}): number {
  return Number(annotations[generationAnnotation] ?? 0);
}

/** Whether it is owned by the application already; one that a deleted application was made to leave behind is taken over. */
function checkIsOurs({ metadata }: KubernetesObject, wanted: MonitoringConfigMap): boolean {
  const {
    name,
    annotations,
    ownerReferences: [owner],
  } = wanted.metadata;
  const { ownerReferences: owners = [], labels = {} } = metadata;
  const isOwned = owners.some(({ uid }) => uid === owner.uid);
  const isOfPredecessor = owners.some((other) => other.kind === owner.kind && other.name === owner.name);
  if (metadata.deletionTimestamp !== undefined || (isOfPredecessor && !isOwned)) {
    throw new FiresteelError('API_REFUSED', `ConfigMap ${name} of an earlier application has to go first`);
  }
  if (isOwned && generationOf(metadata.annotations) > generationOf(annotations)) {
    throw new FiresteelError('API_REFUSED', `ConfigMap ${name} is of a later generation of the application`);
  }
  if (isOwned || (owners.length === 0 && labels[label.createdByOperator] === 'true')) return isOwned;
  const message = `ConfigMap ${name} already exists and is not of this application: rename or delete it`;
  throw new FiresteelError('SUBMISSION_REFUSED', message);
}
