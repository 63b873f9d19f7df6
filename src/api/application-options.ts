/** The parts of a SparkApplication's spec that are objects of their own, besides driver and executor. */
import { z } from 'zod';
import {
  choice,
  int32,
  int64,
  keyedList,
  optionalChoice,
  optionalPortName,
  quantity,
  stringMap,
  text,
} from './field.js';
import { ingressTLS } from './kubernetes-types.js';

const texts = () => z.array(z.string()).optional();

export const dependencies = z.strictObject({
  jars: texts().describe('Jars for driver and executors.'),
  files: texts().describe('Files for the working folder of the executors.'),
  pyFiles: texts().describe('.zip, .egg and .py files for the Python path.'),
  archives: texts().describe('Archives to unpack in the working folder of the executors.'),
  packages: texts().describe('Maven coordinates, resolved in the driver.'),
  excludePackages: texts().describe('groupId:artifactId left out of the packages.'),
  repositories: texts().describe('Further Maven repositories.'),
});

export const restartPolicy = z.strictObject({
  type: optionalChoice('Never', 'Always', 'OnFailure').describe('Never (default), Always or OnFailure.'),
  onSubmissionFailureRetries: int32(0).optional().describe('Further submissions after a failed one; default none.'),
  onFailureRetries: int32(0).optional().describe('Further runs after a failed one; default none.'),
  onSubmissionFailureRetryInterval: int64(1)
    .optional()
    .describe('Seconds between submissions, times the attempt; default 5.'),
  onFailureRetryInterval: int64(1).optional().describe('Seconds between runs, times the attempt; default 5.'),
});

const prometheus = z.strictObject({
  jmxExporterJar: text().describe('Path of the JMX exporter’s jar in the image.'),
  port: int32(1024, 49_151).optional().describe('Port on which the exporter answers; default 8090.'),
  portName: optionalPortName().describe('Name of that port; default jmx-exporter.'),
  configFile: z
    .string()
    .optional()
    .describe('Path of the exporter’s configuration in the image; wins over configuration.'),
  configuration: z.string().optional().describe('The exporter’s configuration as text; default one for Spark.'),
});

export const monitoring = z.strictObject({
  exposeDriverMetrics: z.boolean().describe('Whether the driver shows metrics.'),
  exposeExecutorMetrics: z.boolean().describe('Whether the executors show metrics.'),
  metricsProperties: z
    .string()
    .optional()
    .describe('metrics.properties as text; default a JMX sink and the JVM source.'),
  metricsPropertiesFile: z
    .string()
    .optional()
    .describe('Path of a metrics.properties in the image; wins over metricsProperties.'),
  prometheus: prometheus.optional().describe('The JMX exporter for Prometheus; without it nothing is set up.'),
});

export const batchSchedulerOptions = z.strictObject({
  queue: z.string().optional().describe('Queue of the application (Volcano, YuniKorn).'),
  priorityClassName: z.string().optional().describe('Priority class of the pod group (Volcano).'),
  resources: z
    .record(z.string(), quantity())
    .optional()
    .describe('Resources the pod group asks for (Volcano); default those of driver and executors.'),
});

const serviceType = () => optionalChoice('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName');

export const sparkUIOptions = z.strictObject({
  servicePort: int32(1, 65_535).optional().describe('Port of the Service of the web UI; default 4040.'),
  servicePortName: z.string().optional().describe('Name of that port; default spark-driver-ui-port.'),
  serviceType: serviceType().describe('Type of that Service; default ClusterIP.'),
  serviceAnnotations: stringMap().optional().describe('Annotations of that Service.'),
  serviceLabels: stringMap().optional().describe('Labels of that Service.'),
  ingressAnnotations: stringMap().optional().describe('Annotations of the Ingress of the web UI.'),
  ingressTLS: z.array(ingressTLS).optional().describe('TLS settings of that Ingress.'),
});

const driverIngress = z.strictObject({
  servicePort: int32(1, 65_535).describe('Port of the driver, and of the Service before it.'),
  servicePortName: text(63).describe('Name of that port.'),
  serviceType: serviceType().describe('Type of that Service; default ClusterIP.'),
  serviceAnnotations: stringMap().optional().describe('Annotations of that Service.'),
  serviceLabels: stringMap().optional().describe('Labels of that Service.'),
  ingressURLFormat: text(2048).describe(
    'Address of the Ingress; {{$appName}}, {{$appNamespace}} and {{$appId}} are replaced.',
  ),
  ingressAnnotations: stringMap().optional().describe('Annotations of that Ingress.'),
  ingressTLS: z.array(ingressTLS).optional().describe('TLS settings of that Ingress.'),
});

export const driverIngressOptions = keyedList(driverIngress, ['servicePort'], {}, 64);

export const dynamicAllocation = z.strictObject({
  enabled: z.boolean().optional().describe('Whether Spark asks for executors as it needs them; default false.'),
  initialExecutors: int32(0).optional().describe('Executors at the start.'),
  minExecutors: int32(0).optional().describe('Executors at least.'),
  maxExecutors: int32(0).optional().describe('Executors at most.'),
  shuffleTrackingEnabled: z
    .boolean()
    .optional()
    .describe('Whether executors are kept while their shuffle files may be needed; default true.'),
  shuffleTrackingTimeout: int64(0)
    .optional()
    .describe('Milliseconds after which such an executor is let go all the same; default never.'),
});

export const languages = choice('Java', 'Scala', 'Python', 'R');
