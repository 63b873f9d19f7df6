/** What the fields under `monitoring` come to: the Prometheus JMX exporter in driver and executors, and where its files are. */
import type { Role } from './labels.js';
import type { SparkApplicationSpec } from './spark-application-spec.js';

/** Where pods find the ConfigMap with the files that the image does not have. */
export const monitoringPath = '/etc/metrics/conf';

/** Names of the files in it. */
export const metricsPropertiesName = 'metrics.properties';
export const exporterConfigurationName = 'prometheus.yaml';

export interface JmxExporter {
  /** Path in the image. */
  readonly jar: string;
  readonly port: number;
  readonly portName: string;
  /** Path of Spark's metrics.properties, in the image or in the ConfigMap. */
  readonly metricsPropertiesFile: string;
  /** Path of the exporter's own configuration, in the image or in the ConfigMap. */
  readonly configurationFile: string;
  /** Whether the image lacks one of the two. */
  readonly needsConfigMap: boolean;
  readonly isExposed: Readonly<Record<Role, boolean>>;
  /** Whether the pods of a role have the ConfigMap and the port. */
  readonly isMounted: Readonly<Record<Role, boolean>>;
}

/** @returns undefined without `monitoring.prometheus`: the other fields then mean nothing */
export function jmxExporterOf({ monitoring }: Pick<SparkApplicationSpec, 'monitoring'>): JmxExporter | undefined {
  const { prometheus, metricsPropertiesFile } = monitoring ?? {};
  if (monitoring === undefined || prometheus === undefined) return undefined;
  const isExposed = { driver: monitoring.exposeDriverMetrics, executor: monitoring.exposeExecutorMetrics };
  const needsConfigMap = !metricsPropertiesFile || !prometheus.configFile;
  return {
    jar: prometheus.jmxExporterJar,
    port: prometheus.port ?? 8090,
    portName: prometheus.portName || 'jmx-exporter',
    metricsPropertiesFile: metricsPropertiesFile || `${monitoringPath}/${metricsPropertiesName}`,
    configurationFile: prometheus.configFile || `${monitoringPath}/${exporterConfigurationName}`,
    needsConfigMap,
    isExposed,
    isMounted: { driver: needsConfigMap && isExposed.driver, executor: needsConfigMap && isExposed.executor },
  };
}
