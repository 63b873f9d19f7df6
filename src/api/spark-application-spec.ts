/**
 * The spec of a SparkApplication (`sparkoperator.k8s.io/v1beta2`): the one source of its TypeScript types, its checks and
 * its part of the CRD. Optional is what the peer makes optional, and `driver`, `executor` and `sparkVersion` besides.
 */
import { z } from 'zod';
import { int32, later, stringMap, text } from './field.js';
import { affinity, envVar, toleration, volume, volumeMount } from './kubernetes-types.js';

const isFalse = (value: unknown) => value === false;
const isEmptyObject = (value: unknown) => z.strictObject({}).safeParse(value).success;
const isDisabled = (value: unknown) => z.looseObject({ enabled: z.literal(false).nullish() }).safeParse(value).success;
const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0;

const namedPath = z.strictObject({
  name: text().describe('Name of the ConfigMap, in the namespace of the application.'),
  path: text().describe('Folder of the container under which its keys appear as files.'),
});

const secretMount = z.strictObject({
  name: text().describe('Name of the Secret, in the namespace of the application.'),
  path: text().describe('Folder of the container under which its keys appear as files.'),
  secretType: z
    .string()
    .describe(
      'GCPServiceAccount and HadoopDelegationToken also set the variable that points at the file; else Generic.',
    ),
});

const secretKey = z.strictObject({
  name: text().describe('Name of the Secret, in the namespace of the application.'),
  key: text().describe('Key of the Secret whose value the variable gets.'),
});

/** What driver and executor have in common. */
const podFields = {
  cores: int32(1).optional().describe('Cores of the pod and tasks at a time; default 1.'),
  coreRequest: z.string().optional().describe('CPU request as a Kubernetes quantity, instead of cores: 200m.'),
  coreLimit: z.string().optional().describe('CPU limit as a Kubernetes quantity; default none.'),
  memory: z.string().optional().describe('JVM heap as Spark writes it, such as 512m or 4g; default 1g.'),
  memoryOverhead: z
    .string()
    .optional()
    .describe('Memory beside the heap; default a tenth of it (JVM) or 40 % (Python, R).'),
  memoryLimit: later(),
  gpu: later(),
  image: text().optional().describe('Image of this role; default spec.image.'),
  configMaps: z.array(namedPath).optional().describe('ConfigMaps to mount, read-only.'),
  secrets: z.array(secretMount).optional().describe('Secrets to mount.'),
  env: z.array(envVar).optional().describe('Environment variables of the Spark container.'),
  envVars: stringMap().optional().describe('Deprecated, use env: variables by name.'),
  envFrom: later(isEmptyList),
  envSecretKeyRefs: z
    .record(z.string(), secretKey)
    .optional()
    .describe('Deprecated, use env: variables from keys of Secrets.'),
  labels: stringMap().optional().describe('Labels of the pods.'),
  annotations: stringMap().optional().describe('Annotations of the pods.'),
  volumeMounts: z.array(volumeMount).optional().describe('Mounts of spec.volumes in the Spark container.'),
  affinity: affinity.optional().describe('Replaces the affinity of the pod.'),
  tolerations: z.array(toleration).optional().describe('Added to the tolerations of the pod.'),
  podSecurityContext: later(),
  securityContext: later(),
  schedulerName: later((value) => value === ''),
  sidecars: later(isEmptyList),
  initContainers: later(isEmptyList),
  hostNetwork: later(isFalse),
  nodeSelector: later(isEmptyObject),
  dnsConfig: later(),
  terminationGracePeriodSeconds: later(),
  serviceAccount: text().optional().describe('Service account of the pods; default that of the namespace.'),
  hostAliases: later(isEmptyList),
  shareProcessNamespace: later(isFalse),
  javaOptions: z.string().optional().describe('Extra options of the JVM.'),
  lifecycle: later(),
  ports: later(isEmptyList),
  priorityClassName: later((value) => value === ''),
  template: later(),
};

const driver = z.strictObject({
  ...podFields,
  podName: text(253).optional().describe('Name of the driver pod; default <application>-driver.'),
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

const dependencies = z.strictObject({
  jars: z.array(z.string()).optional().describe('Jars for driver and executors.'),
  files: z.array(z.string()).optional().describe('Files for the working folder of the executors.'),
  pyFiles: z.array(z.string()).optional().describe('.zip, .egg and .py files for the Python path.'),
  archives: z.array(z.string()).optional().describe('Archives to unpack in the working folder of the executors.'),
  packages: z.array(z.string()).optional().describe('Maven coordinates, resolved in the driver.'),
  excludePackages: z.array(z.string()).optional().describe('groupId:artifactId left out of the packages.'),
  repositories: z.array(z.string()).optional().describe('Further Maven repositories.'),
});

const restartPolicy = z.strictObject({
  type: z.enum(['Never', 'Always', 'OnFailure']).optional().describe('Never (default), Always or OnFailure.'),
  onSubmissionFailureRetries: int32(0).optional().describe('Further submissions after a failed one.'),
  onFailureRetries: int32(0).optional().describe('Further runs after a failed one.'),
  onSubmissionFailureRetryInterval: z.int().min(1).optional().describe('Seconds between them, times the attempt.'),
  onFailureRetryInterval: z.int().min(1).optional().describe('Seconds between them, times the attempt.'),
});

export const sparkApplicationSpec = z.strictObject({
  type: z.enum(['Java', 'Scala', 'Python', 'R']).describe('Language of the application.'),
  mode: z
    .enum(['cluster', 'client', 'in-cluster-client'])
    .optional()
    .describe('cluster: the driver runs in a pod (default).'),
  sparkVersion: text().optional().describe("Spark's version, such as 4.1.4; default what the image's tag says."),
  image: text().optional().describe('Image of driver and executors.'),
  imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).optional().describe('Default IfNotPresent.'),
  imagePullSecrets: z.array(text()).optional().describe('Names of Secrets with registry credentials.'),
  mainClass: text().optional().describe('Main class; required for Java and Scala.'),
  mainApplicationFile: text().describe('The jar or script, as the driver reaches it: local:///…, https://…, s3a://….'),
  arguments: z.array(z.string()).optional().describe('Arguments of the application.'),
  proxyUser: z.string().optional().describe('User to impersonate.'),
  sparkConf: stringMap().optional().describe('Spark properties; typed fields win over them.'),
  hadoopConf: stringMap().optional().describe('Hadoop properties, handed on as spark.hadoop.<key>.'),
  sparkConfigMap: text().optional().describe('ConfigMap mounted at /etc/spark/conf, SPARK_CONF_DIR points there.'),
  hadoopConfigMap: text().optional().describe('ConfigMap mounted at /etc/hadoop/conf, HADOOP_CONF_DIR points there.'),
  volumes: z.array(volume).optional().describe('Volumes that volumeMounts of driver and executor may name.'),
  driver: driver.optional().describe('The driver and its pod; by default one core and 1g.'),
  executor: executor.optional().describe('The executors and their pods; by default one, with one core and 1g.'),
  deps: dependencies.optional().describe('Dependencies of the application.'),
  restartPolicy: restartPolicy.optional().describe('What to do when the application or its submission ends.'),
  nodeSelector: stringMap().optional().describe('Node labels that driver and executors ask for.'),
  pythonVersion: z.enum(['2', '3']).optional().describe('Without effect since Spark 4.1.'),
  memoryOverheadFactor: z.string().optional().describe('Share of the heap added as overhead, such as 0.2.'),
  failureRetries: int32(0).optional().describe('Without effect, as in the peer: use restartPolicy.'),
  retryInterval: z.int().optional().describe('Without effect, as in the peer: use restartPolicy.'),
  suspend: later(isFalse),
  timeToLiveSeconds: later(),
  monitoring: later(),
  batchScheduler: later((value) => value === ''),
  batchSchedulerOptions: later(isEmptyObject),
  sparkUIOptions: later(isEmptyObject),
  driverIngressOptions: later(isEmptyList),
  dynamicAllocation: later(isDisabled),
  driverPodDisruptionBudget: later(isFalse),
});

export type SparkApplicationSpec = z.infer<typeof sparkApplicationSpec>;
