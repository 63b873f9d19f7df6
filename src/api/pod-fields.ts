/**
 * The fields that driver and executor have in common. Texts that may be left out may also be empty: the peer reads that as
 * left out, and many manifests come from templates that leave such gaps.
 */
import { z } from 'zod';
import { image, int32, int64, keyedList, portName, stringMap, text } from './field.js';
import {
  affinity,
  container,
  envFromSource,
  envVar,
  hostAlias,
  lifecycle,
  podDNSConfig,
  podSecurityContext,
  securityContext,
  toleration,
  volumeMount,
} from './kubernetes-types.js';
import { cpuQuantity, javaSize, memoryLimitSize } from './sizes.js';

const configMapMount = z.strictObject({
  name: text(253).describe('Name of the ConfigMap, in the namespace of the application.'),
  path: text(4096).describe('Folder of the container under which its keys appear as files.'),
});

const secretMount = z.strictObject({
  name: text(253).describe('Name of the Secret, in the namespace of the application.'),
  path: text(4096).describe('Folder of the container under which its keys appear as files.'),
  secretType: z
    .string()
    .describe(
      'GCPServiceAccount and HadoopDelegationToken also set the variable that points at the file; else Generic.',
    ),
});

const secretKey = z.strictObject({
  name: text(253).describe('Name of the Secret, in the namespace of the application.'),
  key: text(253).describe('Key of the Secret whose value the variable gets.'),
});

const gpu = z.strictObject({
  name: z.string().describe('Name of the resource, such as nvidia.com/gpu.'),
  quantity: int64().describe('How many; none when it is not above zero.'),
});

const port = z.strictObject({
  name: portName().describe('Name of the port, by which Services may refer to it.'),
  protocol: z.enum(['TCP', 'UDP', 'SCTP']).describe('TCP, UDP or SCTP.'),
  containerPort: int32(1, 65_535).describe('Number of the port.'),
});

/** Far more than a pod can have in practice; a bound keeps the rules about them within the cost budget. */
export const maximumMounts = 256;

export const podFields = {
  template: z
    .looseObject({})
    .optional()
    .describe('Pod template (core/v1 PodTemplateSpec) that Spark starts from; the other fields come on top.'),
  cores: int32(1).optional().describe('Cores of the pod and tasks at a time; default 1.'),
  coreRequest: cpuQuantity().optional().describe('CPU request as a Kubernetes quantity, instead of cores: 200m, 0.5.'),
  coreLimit: cpuQuantity().optional().describe('CPU limit as a Kubernetes quantity; default none.'),
  memory: javaSize().optional().describe('JVM heap as Spark writes it, such as 512m or 4g; default 1g.'),
  memoryOverhead: javaSize()
    .optional()
    .describe('Memory beside the heap, such as 512m; default a tenth of it (JVM) or 40 % (Python, R), at least 384m.'),
  memoryLimit: memoryLimitSize()
    .optional()
    .describe('Memory limit of the container, as a size (4g) or a quantity (4Gi); default heap and overhead.'),
  gpu: gpu.optional().describe('Graphics processors, as an extended resource of the node.'),
  image: image().optional().describe('Image of this role; default spec.image.'),
  configMaps: z.array(configMapMount).optional().describe('ConfigMaps to mount, read-only.'),
  secrets: z.array(secretMount).optional().describe('Secrets to mount.'),
  env: z.array(envVar).optional().describe('Environment variables of the Spark container.'),
  envVars: stringMap().optional().describe('Deprecated, use env: variables by name.'),
  envFrom: z.array(envFromSource).optional().describe('ConfigMaps and Secrets all of whose keys become variables.'),
  envSecretKeyRefs: z
    .record(z.string(), secretKey)
    .optional()
    .describe('Deprecated, use env: variables from keys of Secrets.'),
  labels: stringMap().optional().describe('Labels of the pods.'),
  annotations: stringMap().optional().describe('Annotations of the pods.'),
  volumeMounts: keyedList(volumeMount, ['mountPath'], {}, maximumMounts)
    .optional()
    .describe('Mounts of spec.volumes in the Spark container. Volumes named spark-local-dir-… are scratch space.'),
  affinity: affinity.optional().describe('Where the pods must and should run; replaces the affinity of the pod.'),
  tolerations: z.array(toleration).optional().describe('Taints of nodes that do not keep the pods away.'),
  podSecurityContext: podSecurityContext.optional().describe('Security settings of the whole pod; replaces its own.'),
  securityContext: securityContext.optional().describe('Security settings of the Spark container; replaces its own.'),
  schedulerName: z.string().optional().describe('Scheduler of the pods, unless spec.batchScheduler names one.'),
  sidecars: z.array(container).optional().describe('Containers that run beside the Spark container.'),
  initContainers: z.array(container).optional().describe('Containers that must end before the Spark container starts.'),
  hostNetwork: z.boolean().optional().describe('Whether the pods use the network of their node; default false.'),
  nodeSelector: stringMap().optional().describe('Node labels that the pods of this role ask for.'),
  dnsConfig: podDNSConfig.optional().describe('DNS settings; replaces those of the pod.'),
  terminationGracePeriodSeconds: int64().optional().describe('Seconds between SIGTERM and SIGKILL; default 30.'),
  serviceAccount: z.string().optional().describe('Service account of the pods; default that of the namespace.'),
  hostAliases: z.array(hostAlias).optional().describe('Lines for the /etc/hosts of the pods.'),
  shareProcessNamespace: z
    .boolean()
    .optional()
    .describe('Whether the containers of a pod see the processes of each other; default false.'),
  javaOptions: z.string().optional().describe('Extra options of the JVM, but for heap sizes, which memory sets.'),
  lifecycle: lifecycle.optional().describe('What the Spark container does when it starts and before it stops.'),
  ports: keyedList(port, ['name']).optional().describe('Further ports of the Spark container.'),
  priorityClassName: z.string().optional().describe('Priority class of the pods.'),
};
