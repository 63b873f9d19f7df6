/**
 * The configuration that the JMX exporter gets where the user gives none: one row a rule. Spark names its MBeans
 * `metrics:name=<namespace>.<application>.<instance>.<source>.<metric>`, and since 3.0 `,type=gauges` and the like follow
 * (dropwizard's DefaultObjectNameFactory); the exporter writes them as `metrics<name=…, type=gauges><>Value`.
 *
 * The names are the peer's, by which dashboards know them. Where its patterns match with the type in the name
 * (`…_type_counters_count`), so do these; gauges that its patterns miss because of the type get the name they had without it.
 */
import { stringify } from 'yaml';

interface Rule {
  /** After `<namespace>.<application>.`; group 1 and 2 of the whole pattern are those two. */
  readonly pattern: string;
  readonly attribute: 'Value' | 'Count';
  /** With the groups of the pattern from $3 on. */
  readonly name: string;
  /** Further labels, by groups of the pattern. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The last part of a name, without the type that may follow. */
const metric = String.raw`(\S+?)(?:, type=gauges)?`;
/** The last part of a name, with all that follows. */
const metricWithType = '(.*)';
const executorId = { executor_id: '$3' };

/** The first that matches counts. */
const rules: readonly Rule[] = [
  {
    pattern: String.raw`driver\.(BlockManager|DAGScheduler|jvm)\.${metric}`,
    attribute: 'Value',
    name: 'spark_driver_$3_$4',
  },
  {
    pattern: String.raw`driver\.(\S+)\.StreamingMetrics\.streaming\.${metric}`,
    attribute: 'Value',
    name: 'spark_streaming_driver_$4',
  },
  {
    pattern: String.raw`driver\.spark\.streaming\.(\S+)\.${metric}`,
    attribute: 'Value',
    name: 'spark_structured_streaming_driver_$4',
    labels: { query_name: '$3' },
  },
  {
    pattern: String.raw`(\S+)\.executor\.${metric}`,
    attribute: 'Value',
    name: 'spark_executor_$4',
    labels: executorId,
  },
  ...['DAGScheduler', 'HiveExternalCatalog', 'CodeGenerator', 'LiveListenerBus'].map(
    (source): Rule => ({
      pattern: String.raw`driver\.${source}\.${metricWithType}`,
      attribute: 'Count',
      name: `spark_driver_${source}_$3_count`,
    }),
  ),
  {
    pattern: String.raw`driver\.LiveListenerBus\.${metricWithType}`,
    attribute: 'Value',
    name: 'spark_driver_LiveListenerBus_$3',
  },
  {
    pattern: String.raw`(\S+)\.executor\.${metricWithType}`,
    attribute: 'Count',
    name: 'spark_executor_$4_count',
    labels: executorId,
  },
  {
    pattern: String.raw`([0-9]+)\.(jvm|NettyBlockTransfer)\.${metricWithType}`,
    attribute: 'Value',
    name: 'spark_executor_$4_$5',
    labels: executorId,
  },
  ...['HiveExternalCatalog', 'CodeGenerator'].map(
    (source): Rule => ({
      pattern: String.raw`([0-9]+)\.${source}\.${metricWithType}`,
      attribute: 'Count',
      name: `spark_executor_${source}_$4_count`,
      labels: executorId,
    }),
  ),
];

const types = { Value: 'GAUGE', Count: 'COUNTER' } as const;

/** A namespace has no dots, the name of an application may. */
const application = String.raw`([^.\s]+)\.(\S+)`;

/** As YAML. */
export const defaultExporterConfiguration = stringify(
  {
    lowercaseOutputName: true,
    attrNameSnakeCase: true,
    rules: rules.map(({ pattern, attribute, name, labels }) => ({
      pattern: String.raw`metrics<name=${application}\.${pattern}><>${attribute}`,
      name,
      type: types[attribute],
      labels: { app_namespace: '$1', app_id: '$2', ...labels },
    })),
  },
  { lineWidth: 0 },
);

/** MBeans for everything, and those of the JVM besides. */
export const defaultMetricsProperties = `*.sink.jmx.class=org.apache.spark.metrics.sink.JmxSink
driver.source.jvm.class=org.apache.spark.metrics.source.JvmSource
executor.source.jvm.class=org.apache.spark.metrics.source.JvmSource
`;
