/**
 * What monitoring changes in the other fields of an application, as the peer edits them before it submits (compatibility:
 * Prometheus monitoring). Families of Spark properties then come from them as ever.
 */
import type { DefaultedSpec } from '../../src/api/defaults.js';
import { type JmxExporter, jmxExporterOf } from '../../src/api/jmx-exporter.js';
import type { Role } from '../../src/api/labels.js';
import type { SparkApplication } from '../../src/api/spark-application.js';
import type { DriverSpec, ExecutorSpec } from '../../src/api/spark-application-spec.js';

export function monitoredSpec(
  { namespace, name }: Pick<SparkApplication, 'namespace' | 'name'>,
  spec: DefaultedSpec,
): DefaultedSpec {
  const exporter = jmxExporterOf(spec);
  if (exporter === undefined) return spec;
  return {
    ...spec,
    sparkConf: {
      ...spec.sparkConf,
      // The names of metrics begin with it; without it, with an id that changes from run to run.
      'spark.metrics.namespace': `${namespace}.${name}`,
      'spark.metrics.conf': exporter.metricsPropertiesFile,
    },
    driver: { ...spec.driver, ...exposed(spec, 'driver', exporter) },
    executor: { ...spec.executor, ...exposed(spec, 'executor', exporter) },
  };
}

type Exposed = Pick<DriverSpec & ExecutorSpec, 'annotations' | 'javaOptions'>;

function exposed(spec: DefaultedSpec, role: Role, exporter: JmxExporter): Exposed {
  if (!exporter.isExposed[role]) return {};
  const { annotations, javaOptions } = spec[role];
  const { jar, port, configurationFile } = exporter;
  // Options that the user gives by property must not be lost to the field that now appears.
  const options = javaOptions ?? spec.sparkConf?.[`spark.${role}.extraJavaOptions`];
  return {
    annotations: {
      ...annotations,
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': String(port),
      'prometheus.io/path': '/metrics',
    },
    javaOptions: [...(options ? [options] : []), `-javaagent:${jar}=${port}:${configurationFile}`].join(' '),
  };
}
