/**
 * The spec of a SparkApplication (`sparkoperator.k8s.io/v1beta2`): the one source of its TypeScript types, its checks, its
 * part of the CRD, `kubectl explain` and docs/api.md. Optional is what the peer makes optional, and `driver`, `executor` and
 * `sparkVersion` besides. What types cannot say stands in rules.ts.
 */
import { z } from 'zod';
import {
  batchSchedulerOptions,
  dependencies,
  driverIngressOptions,
  dynamicAllocation,
  languages,
  monitoring,
  restartPolicy,
  sparkUIOptions,
} from './application-options.js';
import { boundedList, formed, image, int32, int64, optionalChoice, stringMap, text } from './field.js';
import { volume } from './kubernetes-types.js';
import { podFields } from './pod-fields.js';
import { share } from './sizes.js';

/** RFC 1123 subdomain, or empty: not given. */
const podName = formed(
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$/,
  'the name of a pod: lower-case letters, digits, dashes and dots',
  253,
);

const sparkVersion = formed(
  /^([0-9]{1,4}\.[0-9]{1,4}(\.[0-9]{1,4})?([-.][A-Za-z0-9]+)*)?$/,
  'a version of Spark, such as 4.1.4',
  63,
);

const driver = z.strictObject({
  ...podFields,
  podName: podName.optional().describe('Name of the driver pod; default <application>-driver.'),
  kubernetesMaster: z
    .string()
    .optional()
    .describe('API server as the driver reaches it; default https://kubernetes.default.svc.'),
  serviceAnnotations: stringMap().optional().describe("Annotations of the driver's headless Service."),
  serviceLabels: stringMap().optional().describe("Labels of the driver's headless Service."),
});

const executor = z.strictObject({
  ...podFields,
  instances: int32(1).optional().describe('Number of executors; default 1.'),
  deleteOnTermination: z
    .boolean()
    .optional()
    .describe('Whether Spark deletes executor pods when they end; default true.'),
});

/** Far more than a pod can mount in practice; a bound keeps the rules about them within the cost budget. */
const maximumVolumes = 256;

export const sparkApplicationSpec = z.strictObject({
  type: languages.describe('Language of the application: Java, Scala, Python or R.'),
  mode: optionalChoice('cluster', 'client').describe('cluster: the driver runs in a pod (default). client is refused.'),
  sparkVersion: sparkVersion.optional().describe("Spark's version, such as 4.1.4; default what the image's tag says."),
  image: image().optional().describe('Image of driver and executors.'),
  imagePullPolicy: optionalChoice('Always', 'IfNotPresent', 'Never').describe('Default IfNotPresent.'),
  imagePullSecrets: z.array(text(253)).optional().describe('Names of Secrets with registry credentials.'),
  mainClass: z.string().optional().describe('Main class; required but for .py and .R files.'),
  mainApplicationFile: text().describe('The jar or script, as the driver reaches it: local:///…, https://…, s3a://….'),
  arguments: z.array(z.string()).optional().describe('Arguments of the application.'),
  proxyUser: z.string().optional().describe('User to impersonate.'),
  sparkConf: stringMap().optional().describe('Spark properties; typed fields win over them.'),
  hadoopConf: stringMap().optional().describe('Hadoop properties, handed on as spark.hadoop.<key>.'),
  sparkConfigMap: z.string().optional().describe('ConfigMap mounted at /etc/spark/conf; SPARK_CONF_DIR points there.'),
  hadoopConfigMap: z
    .string()
    .optional()
    .describe('ConfigMap mounted at /etc/hadoop/conf; HADOOP_CONF_DIR points there.'),
  volumes: boundedList(volume, maximumVolumes)
    .optional()
    .describe('Volumes that volumeMounts may name. Of two with one name the last counts.'),
  driver: driver.optional().describe('The driver and its pod; by default one core and 1g.'),
  executor: executor.optional().describe('The executors and their pods; by default one, with one core and 1g.'),
  deps: dependencies.optional().describe('Dependencies of the application.'),
  restartPolicy: restartPolicy.optional().describe('What to do when the application or its submission ends.'),
  nodeSelector: stringMap().optional().describe('Node labels that driver and executors ask for.'),
  pythonVersion: optionalChoice('2', '3').describe(
    'Version of Python; 3, as Spark itself wants it, and without effect since 4.1.',
  ),
  memoryOverheadFactor: share().optional().describe('Share of the heap added as overhead, such as 0.2.'),
  failureRetries: int32().optional().describe('Without effect, as in the peer: use restartPolicy.'),
  retryInterval: int64().optional().describe('Without effect, as in the peer: use restartPolicy.'),
  suspend: z.boolean().optional().describe('Whether the application is held back, or stopped; default false.'),
  timeToLiveSeconds: int64()
    .optional()
    .describe('Seconds after its end when the application is deleted; default never.'),
  monitoring: monitoring.optional().describe('Metrics of driver and executors.'),
  batchScheduler: z.string().optional().describe('Batch scheduler of the pods: volcano, yunikorn or a kube-scheduler.'),
  batchSchedulerOptions: batchSchedulerOptions.optional().describe('Settings for the batch scheduler.'),
  sparkUIOptions: sparkUIOptions.optional().describe('Service and Ingress of the web UI.'),
  driverIngressOptions: driverIngressOptions
    .optional()
    .describe('Further ports of the driver, each with Service and Ingress.'),
  dynamicAllocation: dynamicAllocation.optional().describe('Dynamic allocation of executors.'),
  driverPodDisruptionBudget: z
    .boolean()
    .optional()
    .describe('Whether the driver is kept from voluntary eviction; default false.'),
});

export type SparkApplicationSpec = z.infer<typeof sparkApplicationSpec>;
export type DriverSpec = z.infer<typeof driver>;
export type ExecutorSpec = z.infer<typeof executor>;
