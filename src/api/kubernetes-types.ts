/**
 * Types of Kubernetes inside a SparkApplication and in the annotations: closed objects with all their fields.
 * Generated from the OpenAPI of kube-apiserver v1.34.4 by `npm run kubernetes-types`; not to be edited.
 */
import { z } from 'zod';
import {
  choice,
  int32,
  int64,
  intOrString,
  keyedList,
  optionalChoice,
  quantity,
  setList,
  text,
  volumeName,
} from './field.js';

export const nodeSelectorRequirement = z.strictObject({
  key: text().describe('The label key that the selector applies to.'),
  operator: choice('DoesNotExist', 'Exists', 'Gt', 'In', 'Lt', 'NotIn').describe(
    "Represents a key's relationship to a set of values.",
  ),
  values: z.array(z.string()).optional().describe('An array of string values.'),
});

export const nodeSelectorTerm = z.strictObject({
  matchExpressions: z
    .array(nodeSelectorRequirement)
    .optional()
    .describe("A list of node selector requirements by node's labels."),
  matchFields: z
    .array(nodeSelectorRequirement)
    .optional()
    .describe("A list of node selector requirements by node's fields."),
});

export const preferredSchedulingTerm = z.strictObject({
  preference: nodeSelectorTerm.describe('A node selector term, associated with the corresponding weight.'),
  weight: int32().describe('Weight associated with matching the corresponding nodeSelectorTerm, in the range 1-100.'),
});

export const nodeSelector = z.strictObject({
  nodeSelectorTerms: z.array(nodeSelectorTerm).describe('A list of node selector terms.'),
});

export const nodeAffinity = z.strictObject({
  preferredDuringSchedulingIgnoredDuringExecution: z
    .array(preferredSchedulingTerm)
    .optional()
    .describe('The scheduler will prefer to schedule pods to nodes that satisfy the affinity …'),
  requiredDuringSchedulingIgnoredDuringExecution: nodeSelector
    .optional()
    .describe('If the affinity requirements specified by this field are not met at scheduling time, the …'),
});

export const labelSelectorRequirement = z.strictObject({
  key: text().describe('key is the label key that the selector applies to.'),
  operator: text().describe("operator represents a key's relationship to a set of values."),
  values: z.array(z.string()).optional().describe('values is an array of string values.'),
});

export const labelSelector = z.strictObject({
  matchExpressions: z
    .array(labelSelectorRequirement)
    .optional()
    .describe('matchExpressions is a list of label selector requirements.'),
  matchLabels: z.record(z.string(), z.string()).optional().describe('matchLabels is a map of {key,value} pairs.'),
});

export const podAffinityTerm = z.strictObject({
  labelSelector: labelSelector.optional().describe('A label query over a set of resources, in this case pods.'),
  matchLabelKeys: z
    .array(z.string())
    .optional()
    .describe('MatchLabelKeys is a set of pod label keys to select which pods will be taken into …'),
  mismatchLabelKeys: z
    .array(z.string())
    .optional()
    .describe('MismatchLabelKeys is a set of pod label keys to select which pods will be taken into …'),
  namespaceSelector: labelSelector
    .optional()
    .describe('A label query over the set of namespaces that the term applies to.'),
  namespaces: z
    .array(z.string())
    .optional()
    .describe('namespaces specifies a static list of namespace names that the term applies to.'),
  topologyKey: text().describe(
    'This pod should be co-located (affinity) or not co-located (anti-affinity) with the pods …',
  ),
});

export const weightedPodAffinityTerm = z.strictObject({
  podAffinityTerm: podAffinityTerm.describe('A pod affinity term, associated with the corresponding weight.'),
  weight: int32().describe('weight associated with matching the corresponding podAffinityTerm, in the range 1-100.'),
});

export const podAffinity = z.strictObject({
  preferredDuringSchedulingIgnoredDuringExecution: z
    .array(weightedPodAffinityTerm)
    .optional()
    .describe('The scheduler will prefer to schedule pods to nodes that satisfy the affinity …'),
  requiredDuringSchedulingIgnoredDuringExecution: z
    .array(podAffinityTerm)
    .optional()
    .describe('If the affinity requirements specified by this field are not met at scheduling time, the …'),
});

export const podAntiAffinity = z.strictObject({
  preferredDuringSchedulingIgnoredDuringExecution: z
    .array(weightedPodAffinityTerm)
    .optional()
    .describe('The scheduler will prefer to schedule pods to nodes that satisfy the anti-affinity …'),
  requiredDuringSchedulingIgnoredDuringExecution: z
    .array(podAffinityTerm)
    .optional()
    .describe('If the anti-affinity requirements specified by this field are not met at scheduling …'),
});

export const affinity = z.strictObject({
  nodeAffinity: nodeAffinity.optional().describe('Describes node affinity scheduling rules for the pod.'),
  podAffinity: podAffinity
    .optional()
    .describe('Describes pod affinity scheduling rules (e.g. co-locate this pod in the same node, zone, …'),
  podAntiAffinity: podAntiAffinity
    .optional()
    .describe('Describes pod anti-affinity scheduling rules (e.g. avoid putting this pod in the same …'),
});

export const configMapKeySelector = z.strictObject({
  key: text().describe('The key to select.'),
  name: z.string().optional().describe('Name of the referent.'),
  optional: z.boolean().optional().describe('Specify whether the ConfigMap or its key must be defined'),
});

export const objectFieldSelector = z.strictObject({
  apiVersion: z
    .string()
    .optional()
    .describe('Version of the schema the FieldPath is written in terms of, defaults to "v1".'),
  fieldPath: text().describe('Path of the field to select in the specified API version.'),
});

export const fileKeySelector = z.strictObject({
  key: text().describe('The key within the env file.'),
  optional: z.boolean().optional().describe('Specify whether the file or its key must be defined.'),
  path: text().describe('The path within the volume from which to select the file.'),
  volumeName: text().describe('The name of the volume mount containing the env file.'),
});

export const resourceFieldSelector = z.strictObject({
  containerName: z.string().optional().describe('Container name: required for volumes, optional for env vars'),
  divisor: quantity().optional().describe('Specifies the output format of the exposed resources, defaults to "1"'),
  resource: text().describe('resource to select'),
});

export const secretKeySelector = z.strictObject({
  key: text().describe('The key of the secret to select from.'),
  name: z.string().optional().describe('Name of the referent.'),
  optional: z.boolean().optional().describe('Specify whether the Secret or its key must be defined'),
});

export const envVarSource = z.strictObject({
  configMapKeyRef: configMapKeySelector.optional().describe('Selects a key of a ConfigMap.'),
  fieldRef: objectFieldSelector
    .optional()
    .describe('Selects a field of the pod: supports metadata.name, metadata.namespace, …'),
  fileKeyRef: fileKeySelector.optional().describe('FileKeyRef selects a key of the env file.'),
  resourceFieldRef: resourceFieldSelector
    .optional()
    .describe('Selects a resource of the container: only resources limits and requests (limits.cpu, …'),
  secretKeyRef: secretKeySelector.optional().describe("Selects a key of a secret in the pod's namespace"),
});

export const envVar = z.strictObject({
  name: text().describe('Name of the environment variable.'),
  value: z
    .string()
    .optional()
    .describe('Variable references $(VAR_NAME) are expanded using the previously defined environment …'),
  valueFrom: envVarSource.optional().describe("Source for the environment variable's value."),
});

export const configMapEnvSource = z.strictObject({
  name: z.string().optional().describe('Name of the referent.'),
  optional: z.boolean().optional().describe('Specify whether the ConfigMap must be defined'),
});

export const secretEnvSource = z.strictObject({
  name: z.string().optional().describe('Name of the referent.'),
  optional: z.boolean().optional().describe('Specify whether the Secret must be defined'),
});

export const envFromSource = z.strictObject({
  configMapRef: configMapEnvSource.optional().describe('The ConfigMap to select from'),
  prefix: z.string().optional().describe('Optional text to prepend to the name of each environment variable.'),
  secretRef: secretEnvSource.optional().describe('The Secret to select from'),
});

export const execAction = z.strictObject({
  command: z
    .array(z.string())
    .optional()
    .describe('Command is the command line to execute inside the container, the working directory for …'),
});

export const httpHeader = z.strictObject({
  name: text().describe('The header field name.'),
  value: z.string().describe('The header field value'),
});

export const httpGetAction = z.strictObject({
  host: z.string().optional().describe('Host name to connect to, defaults to the pod IP.'),
  httpHeaders: z.array(httpHeader).optional().describe('Custom headers to set in the request.'),
  path: z.string().optional().describe('Path to access on the HTTP server.'),
  port: intOrString().describe('Name or number of the port to access on the container.'),
  scheme: optionalChoice('HTTP', 'HTTPS').describe('Scheme to use for connecting to the host.'),
});

export const sleepAction = z.strictObject({
  seconds: int64().describe('Seconds is the number of seconds to sleep.'),
});

export const tcpSocketAction = z.strictObject({
  host: z.string().optional().describe('Host name to connect to, defaults to the pod IP.'),
  port: intOrString().describe('Number or name of the port to access on the container.'),
});

export const lifecycleHandler = z.strictObject({
  exec: execAction.optional().describe('Exec specifies a command to execute in the container.'),
  httpGet: httpGetAction.optional().describe('HTTPGet specifies an HTTP GET request to perform.'),
  sleep: sleepAction.optional().describe('Sleep represents a duration that the container should sleep.'),
  tcpSocket: tcpSocketAction.optional().describe('Deprecated.'),
});

export const lifecycle = z.strictObject({
  postStart: lifecycleHandler.optional().describe('PostStart is called immediately after a container is created.'),
  preStop: lifecycleHandler
    .optional()
    .describe('PreStop is called immediately before a container is terminated due to an API request or …'),
  stopSignal: z
    .string()
    .optional()
    .describe('StopSignal defines which signal will be sent to a container when it is being stopped.'),
});

export const grpcAction = z.strictObject({
  port: int32().describe('Port number of the gRPC service.'),
  service: z
    .string()
    .optional()
    .describe('Service is the name of the service to place in the gRPC HealthCheckRequest (see …'),
});

export const probe = z.strictObject({
  exec: execAction.optional().describe('Exec specifies a command to execute in the container.'),
  failureThreshold: int32()
    .optional()
    .describe('Minimum consecutive failures for the probe to be considered failed after having succeeded.'),
  grpc: grpcAction.optional().describe('GRPC specifies a GRPC HealthCheckRequest.'),
  httpGet: httpGetAction.optional().describe('HTTPGet specifies an HTTP GET request to perform.'),
  initialDelaySeconds: int32()
    .optional()
    .describe('Number of seconds after the container has started before liveness probes are initiated.'),
  periodSeconds: int32().optional().describe('How often (in seconds) to perform the probe.'),
  successThreshold: int32()
    .optional()
    .describe('Minimum consecutive successes for the probe to be considered successful after having …'),
  tcpSocket: tcpSocketAction.optional().describe('TCPSocket specifies a connection to a TCP port.'),
  terminationGracePeriodSeconds: int64()
    .optional()
    .describe('Optional duration in seconds the pod needs to terminate gracefully upon probe failure.'),
  timeoutSeconds: int32().optional().describe('Number of seconds after which the probe times out.'),
});

export const containerPort = z.strictObject({
  containerPort: int32().describe("Number of port to expose on the pod's IP address."),
  hostIP: z.string().optional().describe('What host IP to bind the external port to.'),
  hostPort: int32().optional().describe('Number of port to expose on the host.'),
  name: z.string().optional().describe('If specified, this must be an IANA_SVC_NAME and unique within the pod.'),
  protocol: optionalChoice('SCTP', 'TCP', 'UDP').meta({ default: 'TCP' }).describe('Protocol for port.'),
});

export const containerResizePolicy = z.strictObject({
  resourceName: text().describe('Name of the resource to which this resource resize policy applies.'),
  restartPolicy: text().describe('Restart policy to apply when specified resource is resized.'),
});

export const resourceClaim = z.strictObject({
  name: text().describe('Name must match the name of one entry in pod.spec.resourceClaims of the Pod where this …'),
  request: z.string().optional().describe('Request is the name chosen for a request in the referenced claim.'),
});

export const resourceRequirements = z.strictObject({
  claims: keyedList(resourceClaim, ['name'])
    .optional()
    .describe('Claims lists the names of resources, defined in spec.resourceClaims, that are used by …'),
  limits: z
    .record(z.string(), quantity())
    .optional()
    .describe('Limits describes the maximum amount of compute resources allowed.'),
  requests: z
    .record(z.string(), quantity())
    .optional()
    .describe('Requests describes the minimum amount of compute resources required.'),
});

export const containerRestartRuleOnExitCodes = z.strictObject({
  operator: text().describe('Represents the relationship between the container exit code(s) and the specified values.'),
  values: setList(z.string()).optional().describe('Specifies the set of values to check for container exit codes.'),
});

export const containerRestartRule = z.strictObject({
  action: text().describe('Specifies the action taken on a container exit if the requirements are satisfied.'),
  exitCodes: containerRestartRuleOnExitCodes
    .optional()
    .describe('Represents the exit codes to check on container exits.'),
});

export const appArmorProfile = z.strictObject({
  localhostProfile: z
    .string()
    .optional()
    .describe('localhostProfile indicates a profile loaded on the node that should be used.'),
  type: choice('Localhost', 'RuntimeDefault', 'Unconfined').describe(
    'type indicates which kind of AppArmor profile will be applied.',
  ),
});

export const capabilities = z.strictObject({
  add: z.array(z.string()).optional().describe('Added capabilities'),
  drop: z.array(z.string()).optional().describe('Removed capabilities'),
});

export const seLinuxOptions = z.strictObject({
  level: z.string().optional().describe('Level is SELinux level label that applies to the container.'),
  role: z.string().optional().describe('Role is a SELinux role label that applies to the container.'),
  type: z.string().optional().describe('Type is a SELinux type label that applies to the container.'),
  user: z.string().optional().describe('User is a SELinux user label that applies to the container.'),
});

export const seccompProfile = z.strictObject({
  localhostProfile: z
    .string()
    .optional()
    .describe('localhostProfile indicates a profile defined in a file on the node should be used.'),
  type: choice('Localhost', 'RuntimeDefault', 'Unconfined').describe(
    'type indicates which kind of seccomp profile will be applied.',
  ),
});

export const windowsSecurityContextOptions = z.strictObject({
  gmsaCredentialSpec: z.string().optional().describe('GMSACredentialSpec is where the GMSA admission webhook …'),
  gmsaCredentialSpecName: z
    .string()
    .optional()
    .describe('GMSACredentialSpecName is the name of the GMSA credential spec to use.'),
  hostProcess: z
    .boolean()
    .optional()
    .describe("HostProcess determines if a container should be run as a 'Host Process' container."),
  runAsUserName: z
    .string()
    .optional()
    .describe('The UserName in Windows to run the entrypoint of the container process.'),
});

export const securityContext = z.strictObject({
  allowPrivilegeEscalation: z
    .boolean()
    .optional()
    .describe('AllowPrivilegeEscalation controls whether a process can gain more privileges than its …'),
  appArmorProfile: appArmorProfile
    .optional()
    .describe('appArmorProfile is the AppArmor options to use by this container.'),
  capabilities: capabilities.optional().describe('The capabilities to add/drop when running containers.'),
  privileged: z.boolean().optional().describe('Run container in privileged mode.'),
  procMount: optionalChoice('Default', 'Unmasked').describe(
    'procMount denotes the type of proc mount to use for the containers.',
  ),
  readOnlyRootFilesystem: z.boolean().optional().describe('Whether this container has a read-only root filesystem.'),
  runAsGroup: int64().optional().describe('The GID to run the entrypoint of the container process.'),
  runAsNonRoot: z.boolean().optional().describe('Indicates that the container must run as a non-root user.'),
  runAsUser: int64().optional().describe('The UID to run the entrypoint of the container process.'),
  seLinuxOptions: seLinuxOptions.optional().describe('The SELinux context to be applied to the container.'),
  seccompProfile: seccompProfile.optional().describe('The seccomp options to use by this container.'),
  windowsOptions: windowsSecurityContextOptions
    .optional()
    .describe('The Windows specific settings applied to all containers.'),
});

export const volumeDevice = z.strictObject({
  devicePath: text().describe('devicePath is the path inside of the container that the device will be mapped to.'),
  name: text().describe('name must match the name of a persistentVolumeClaim in the pod'),
});

export const volumeMount = z.strictObject({
  mountPath: text(4096).describe('Path within the container at which the volume should be mounted.'),
  mountPropagation: optionalChoice('Bidirectional', 'HostToContainer', 'None').describe(
    'mountPropagation determines how mounts are propagated from the host to container and the …',
  ),
  name: volumeName().describe('This must match the Name of a Volume.'),
  readOnly: z.boolean().optional().describe('Mounted read-only if true, read-write otherwise (false or unspecified).'),
  recursiveReadOnly: z
    .string()
    .optional()
    .describe('RecursiveReadOnly specifies whether read-only mounts should be handled recursively.'),
  subPath: z
    .string()
    .optional()
    .describe("Path within the volume from which the container's volume should be mounted."),
  subPathExpr: z
    .string()
    .optional()
    .describe("Expanded path within the volume from which the container's volume should be mounted."),
});

export const container = z.strictObject({
  args: z.array(z.string()).optional().describe('Arguments to the entrypoint.'),
  command: z.array(z.string()).optional().describe('Entrypoint array.'),
  env: keyedList(envVar, ['name']).optional().describe('List of environment variables to set in the container.'),
  envFrom: z
    .array(envFromSource)
    .optional()
    .describe('List of sources to populate environment variables in the container.'),
  image: z.string().optional().describe('Container image name.'),
  imagePullPolicy: optionalChoice('Always', 'IfNotPresent', 'Never').describe('Image pull policy.'),
  lifecycle: lifecycle
    .optional()
    .describe('Actions that the management system should take in response to container lifecycle events.'),
  livenessProbe: probe.optional().describe('Periodic probe of container liveness.'),
  name: text().describe('Name of the container specified as a DNS_LABEL.'),
  ports: keyedList(containerPort, ['containerPort', 'protocol'], { protocol: 'TCP' })
    .optional()
    .describe('List of ports to expose from the container.'),
  readinessProbe: probe.optional().describe('Periodic probe of container service readiness.'),
  resizePolicy: z.array(containerResizePolicy).optional().describe('Resources resize policy for the container.'),
  resources: resourceRequirements.optional().describe('Compute Resources required by this container.'),
  restartPolicy: z
    .string()
    .optional()
    .describe('RestartPolicy defines the restart behavior of individual containers in a pod.'),
  restartPolicyRules: z
    .array(containerRestartRule)
    .optional()
    .describe('Represents a list of rules to be checked to determine if the container should be …'),
  securityContext: securityContext
    .optional()
    .describe('SecurityContext defines the security options the container should be run with.'),
  startupProbe: probe.optional().describe('StartupProbe indicates that the Pod has successfully initialized.'),
  stdin: z
    .boolean()
    .optional()
    .describe('Whether this container should allocate a buffer for stdin in the container runtime.'),
  stdinOnce: z
    .boolean()
    .optional()
    .describe('Whether the container runtime should close the stdin channel after it has been opened by …'),
  terminationMessagePath: z
    .string()
    .optional()
    .describe("Path at which the file to which the container's termination message will be written is …"),
  terminationMessagePolicy: optionalChoice('FallbackToLogsOnError', 'File').describe(
    'Indicate how the termination message should be populated.',
  ),
  tty: z
    .boolean()
    .optional()
    .describe("Whether this container should allocate a TTY for itself, also requires 'stdin' to be true."),
  volumeDevices: keyedList(volumeDevice, ['devicePath'])
    .optional()
    .describe('volumeDevices is the list of block devices to be used by the container.'),
  volumeMounts: keyedList(volumeMount, ['mountPath'])
    .optional()
    .describe("Pod volumes to mount into the container's filesystem."),
  workingDir: z.string().optional().describe("Container's working directory."),
});

export const hostAlias = z.strictObject({
  hostnames: z.array(z.string()).optional().describe('Hostnames for the above IP address.'),
  ip: text().describe('IP address of the host file entry.'),
});

export const podDNSConfigOption = z.strictObject({
  name: z.string().optional().describe("Name is this DNS resolver option's name."),
  value: z.string().optional().describe("Value is this DNS resolver option's value."),
});

export const podDNSConfig = z.strictObject({
  nameservers: z.array(z.string()).optional().describe('A list of DNS name server IP addresses.'),
  options: z.array(podDNSConfigOption).optional().describe('A list of DNS resolver options.'),
  searches: z.array(z.string()).optional().describe('A list of DNS search domains for host-name lookup.'),
});

export const sysctl = z.strictObject({
  name: text().describe('Name of a property to set'),
  value: z.string().describe('Value of a property to set'),
});

export const podSecurityContext = z.strictObject({
  appArmorProfile: appArmorProfile
    .optional()
    .describe('appArmorProfile is the AppArmor options to use by the containers in this pod.'),
  fsGroup: int64().optional().describe('A special supplemental group that applies to all containers in a pod.'),
  fsGroupChangePolicy: optionalChoice('Always', 'OnRootMismatch').describe(
    'fsGroupChangePolicy defines behavior of changing ownership and permission of the volume …',
  ),
  runAsGroup: int64().optional().describe('The GID to run the entrypoint of the container process.'),
  runAsNonRoot: z.boolean().optional().describe('Indicates that the container must run as a non-root user.'),
  runAsUser: int64().optional().describe('The UID to run the entrypoint of the container process.'),
  seLinuxChangePolicy: z
    .string()
    .optional()
    .describe("seLinuxChangePolicy defines how the container's SELinux label is applied to all volumes …"),
  seLinuxOptions: seLinuxOptions.optional().describe('The SELinux context to be applied to all containers.'),
  seccompProfile: seccompProfile.optional().describe('The seccomp options to use by the containers in this pod.'),
  supplementalGroups: z
    .array(int64())
    .optional()
    .describe('A list of groups applied to the first process run in each container, in addition to the …'),
  supplementalGroupsPolicy: optionalChoice('Merge', 'Strict').describe(
    'Defines how supplemental groups of the first container processes are calculated.',
  ),
  sysctls: z.array(sysctl).optional().describe('Sysctls hold a list of namespaced sysctls used for the pod.'),
  windowsOptions: windowsSecurityContextOptions
    .optional()
    .describe('The Windows specific settings applied to all containers.'),
});

export const toleration = z.strictObject({
  effect: optionalChoice('NoExecute', 'NoSchedule', 'PreferNoSchedule').describe(
    'Effect indicates the taint effect to match.',
  ),
  key: z.string().optional().describe('Key is the taint key that the toleration applies to.'),
  operator: optionalChoice('Equal', 'Exists').describe("Operator represents a key's relationship to the value."),
  tolerationSeconds: int64()
    .optional()
    .describe('TolerationSeconds represents the period of time the toleration (which must be of effect …'),
  value: z.string().optional().describe('Value is the taint value the toleration matches to.'),
});

export const awsElasticBlockStoreVolumeSource = z.strictObject({
  fsType: z.string().optional().describe('fsType is the filesystem type of the volume that you want to mount.'),
  partition: int32().optional().describe('partition is the partition in the volume that you want to mount.'),
  readOnly: z.boolean().optional().describe('readOnly value true will force the readOnly setting in VolumeMounts.'),
  volumeID: text().describe('volumeID is unique ID of the persistent disk resource in AWS (Amazon EBS volume).'),
});

export const azureDiskVolumeSource = z.strictObject({
  cachingMode: optionalChoice('None', 'ReadOnly', 'ReadWrite').describe(
    'cachingMode is the Host Caching mode: None, Read Only, Read Write.',
  ),
  diskName: text().describe('diskName is the Name of the data disk in the blob storage'),
  diskURI: text().describe('diskURI is the URI of data disk in the blob storage'),
  fsType: z.string().optional().describe('fsType is Filesystem type to mount.'),
  kind: optionalChoice('Dedicated', 'Managed', 'Shared').describe(
    'kind expected values are Shared: multiple blob disks per storage account Dedicated: …',
  ),
  readOnly: z.boolean().optional().describe('readOnly Defaults to false (read/write).'),
});

export const azureFileVolumeSource = z.strictObject({
  readOnly: z.boolean().optional().describe('readOnly defaults to false (read/write).'),
  secretName: text().describe('secretName is the name of secret that contains Azure Storage Account Name and Key'),
  shareName: text().describe('shareName is the azure share Name'),
});

export const localObjectReference = z.strictObject({
  name: z.string().optional().describe('Name of the referent.'),
});

export const cephFSVolumeSource = z.strictObject({
  monitors: z
    .array(z.string())
    .describe('monitors is Required: Monitors is a collection of Ceph monitors More info: …'),
  path: z
    .string()
    .optional()
    .describe('path is Optional: Used as the mounted root, rather than the full Ceph tree, default is /'),
  readOnly: z.boolean().optional().describe('readOnly is Optional: Defaults to false (read/write).'),
  secretFile: z
    .string()
    .optional()
    .describe('secretFile is Optional: SecretFile is the path to key ring for User, default is …'),
  secretRef: localObjectReference
    .optional()
    .describe('secretRef is Optional: SecretRef is reference to the authentication secret for User, …'),
  user: z.string().optional().describe('user is optional: User is the rados user name, default is admin More info: …'),
});

export const cinderVolumeSource = z.strictObject({
  fsType: z.string().optional().describe('fsType is the filesystem type to mount.'),
  readOnly: z.boolean().optional().describe('readOnly defaults to false (read/write).'),
  secretRef: localObjectReference
    .optional()
    .describe('secretRef is optional: points to a secret object containing parameters used to connect …'),
  volumeID: text().describe('volumeID used to identify the volume in cinder.'),
});

export const keyToPath = z.strictObject({
  key: text().describe('key is the key to project.'),
  mode: int32().optional().describe('mode is Optional: mode bits used to set permissions on this file.'),
  path: text().describe('path is the relative path of the file to map the key to.'),
});

export const configMapVolumeSource = z.strictObject({
  defaultMode: int32()
    .optional()
    .describe('defaultMode is optional: mode bits used to set permissions on created files by default.'),
  items: z
    .array(keyToPath)
    .optional()
    .describe('items if unspecified, each key-value pair in the Data field of the referenced ConfigMap …'),
  name: z.string().optional().describe('Name of the referent.'),
  optional: z.boolean().optional().describe('optional specify whether the ConfigMap or its keys must be defined'),
});

export const csiVolumeSource = z.strictObject({
  driver: text().describe('driver is the name of the CSI driver that handles this volume.'),
  fsType: z.string().optional().describe('fsType to mount.'),
  nodePublishSecretRef: localObjectReference
    .optional()
    .describe('nodePublishSecretRef is a reference to the secret object containing sensitive …'),
  readOnly: z.boolean().optional().describe('readOnly specifies a read-only configuration for the volume.'),
  volumeAttributes: z
    .record(z.string(), z.string())
    .optional()
    .describe('volumeAttributes stores driver-specific properties that are passed to the CSI driver.'),
});

export const downwardAPIVolumeFile = z.strictObject({
  fieldRef: objectFieldSelector
    .optional()
    .describe('Selects a field of the pod: only annotations, labels, name, namespace and uid are …'),
  mode: int32()
    .optional()
    .describe('mode bits used to set permissions on this file, must be an octal value between 0000 and …'),
  path: text().describe('Path is the relative path name of the file to be created.'),
  resourceFieldRef: resourceFieldSelector
    .optional()
    .describe('Selects a resource of the container: only resources limits and requests (limits.cpu, …'),
});

export const downwardAPIVolumeSource = z.strictObject({
  defaultMode: int32().optional().describe('mode bits to use on created files by default.'),
  items: z.array(downwardAPIVolumeFile).optional().describe('Items is a list of downward API volume file'),
});

export const emptyDirVolumeSource = z.strictObject({
  medium: z.string().optional().describe('medium represents what type of storage medium should back this directory.'),
  sizeLimit: quantity()
    .optional()
    .describe('sizeLimit is the total amount of local storage required for this EmptyDir volume.'),
});

export const objectMeta = z.strictObject({
  annotations: z
    .record(z.string(), z.string())
    .optional()
    .describe('Annotations is an unstructured key value map stored with a resource that may be set by …'),
  finalizers: setList(z.string()).optional().describe('Must be empty before the object is deleted from the registry.'),
  labels: z
    .record(z.string(), z.string())
    .optional()
    .describe('Map of string keys and values that can be used to organize and categorize (scope and …'),
  name: z.string().optional().describe('Name must be unique within a namespace.'),
  namespace: z.string().optional().describe('Namespace defines the space within which each name must be unique.'),
});

export const typedLocalObjectReference = z.strictObject({
  apiGroup: z.string().optional().describe('APIGroup is the group for the resource being referenced.'),
  kind: text().describe('Kind is the type of resource being referenced'),
  name: text().describe('Name is the name of resource being referenced'),
});

export const typedObjectReference = z.strictObject({
  apiGroup: z.string().optional().describe('APIGroup is the group for the resource being referenced.'),
  kind: text().describe('Kind is the type of resource being referenced'),
  name: text().describe('Name is the name of resource being referenced'),
  namespace: z
    .string()
    .optional()
    .describe('Namespace is the namespace of resource being referenced Note that when a namespace is …'),
});

export const volumeResourceRequirements = z.strictObject({
  limits: z
    .record(z.string(), quantity())
    .optional()
    .describe('Limits describes the maximum amount of compute resources allowed.'),
  requests: z
    .record(z.string(), quantity())
    .optional()
    .describe('Requests describes the minimum amount of compute resources required.'),
});

export const persistentVolumeClaimSpec = z.strictObject({
  accessModes: z
    .array(choice('ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'))
    .optional()
    .describe('accessModes contains the desired access modes the volume should have.'),
  dataSource: typedLocalObjectReference
    .optional()
    .describe('dataSource field can be used to specify either: * An existing VolumeSnapshot object …'),
  dataSourceRef: typedObjectReference
    .optional()
    .describe('dataSourceRef specifies the object from which to populate the volume with data, if a …'),
  resources: volumeResourceRequirements
    .optional()
    .describe('resources represents the minimum resources the volume should have.'),
  selector: labelSelector.optional().describe('selector is a label query over volumes to consider for binding.'),
  storageClassName: z
    .string()
    .optional()
    .describe('storageClassName is the name of the StorageClass required by the claim.'),
  volumeAttributesClassName: z
    .string()
    .optional()
    .describe('volumeAttributesClassName may be used to set the VolumeAttributesClass used by this claim.'),
  volumeMode: optionalChoice('Block', 'Filesystem').describe(
    'volumeMode defines what type of volume is required by the claim.',
  ),
  volumeName: z
    .string()
    .optional()
    .describe('volumeName is the binding reference to the PersistentVolume backing this claim.'),
});

export const persistentVolumeClaimTemplate = z.strictObject({
  metadata: objectMeta
    .optional()
    .describe('May contain labels and annotations that will be copied into the PVC when creating it.'),
  spec: persistentVolumeClaimSpec.describe('The specification for the PersistentVolumeClaim.'),
});

export const ephemeralVolumeSource = z.strictObject({
  volumeClaimTemplate: persistentVolumeClaimTemplate
    .optional()
    .describe('Will be used to create a stand-alone PVC to provision the volume.'),
});

export const fcVolumeSource = z.strictObject({
  fsType: z.string().optional().describe('fsType is the filesystem type to mount.'),
  lun: int32().optional().describe('lun is Optional: FC target lun number'),
  readOnly: z.boolean().optional().describe('readOnly is Optional: Defaults to false (read/write).'),
  targetWWNs: z.array(z.string()).optional().describe('targetWWNs is Optional: FC target worldwide names (WWNs)'),
  wwids: z
    .array(z.string())
    .optional()
    .describe('wwids Optional: FC volume world wide identifiers (wwids) Either wwids or combination of …'),
});

export const flexVolumeSource = z.strictObject({
  driver: text().describe('driver is the name of the driver to use for this volume.'),
  fsType: z.string().optional().describe('fsType is the filesystem type to mount.'),
  options: z
    .record(z.string(), z.string())
    .optional()
    .describe('options is Optional: this field holds extra command options if any.'),
  readOnly: z.boolean().optional().describe('readOnly is Optional: defaults to false (read/write).'),
  secretRef: localObjectReference
    .optional()
    .describe('secretRef is Optional: secretRef is reference to the secret object containing sensitive …'),
});

export const flockerVolumeSource = z.strictObject({
  datasetName: z
    .string()
    .optional()
    .describe('datasetName is Name of the dataset stored as metadata -> name on the dataset for Flocker …'),
  datasetUUID: z.string().optional().describe('datasetUUID is the UUID of the dataset.'),
});

export const gcePersistentDiskVolumeSource = z.strictObject({
  fsType: z.string().optional().describe('fsType is filesystem type of the volume that you want to mount.'),
  partition: int32().optional().describe('partition is the partition in the volume that you want to mount.'),
  pdName: text().describe('pdName is unique name of the PD resource in GCE.'),
  readOnly: z.boolean().optional().describe('readOnly here will force the ReadOnly setting in VolumeMounts.'),
});

export const gitRepoVolumeSource = z.strictObject({
  directory: z.string().optional().describe('directory is the target directory name.'),
  repository: text().describe('repository is the URL'),
  revision: z.string().optional().describe('revision is the commit hash for the specified revision.'),
});

export const glusterfsVolumeSource = z.strictObject({
  endpoints: text().describe('endpoints is the endpoint name that details Glusterfs topology.'),
  path: text().describe('path is the Glusterfs volume path.'),
  readOnly: z
    .boolean()
    .optional()
    .describe('readOnly here will force the Glusterfs volume to be mounted with read-only permissions.'),
});

export const hostPathVolumeSource = z.strictObject({
  path: text().describe('path of the directory on the host.'),
  type: optionalChoice(
    'BlockDevice',
    'CharDevice',
    'Directory',
    'DirectoryOrCreate',
    'File',
    'FileOrCreate',
    'Socket',
  ).describe('type for HostPath Volume Defaults to "" More info: …'),
});

export const imageVolumeSource = z.strictObject({
  pullPolicy: optionalChoice('Always', 'IfNotPresent', 'Never').describe('Policy for pulling OCI objects.'),
  reference: z.string().optional().describe('Image or artifact reference to be used.'),
});

export const iscsiVolumeSource = z.strictObject({
  chapAuthDiscovery: z
    .boolean()
    .optional()
    .describe('chapAuthDiscovery defines whether support iSCSI Discovery CHAP authentication'),
  chapAuthSession: z
    .boolean()
    .optional()
    .describe('chapAuthSession defines whether support iSCSI Session CHAP authentication'),
  fsType: z.string().optional().describe('fsType is the filesystem type of the volume that you want to mount.'),
  initiatorName: z.string().optional().describe('initiatorName is the custom iSCSI Initiator Name.'),
  iqn: text().describe('iqn is the target iSCSI Qualified Name.'),
  iscsiInterface: z.string().optional().describe('iscsiInterface is the interface Name that uses an iSCSI transport.'),
  lun: int32().describe('lun represents iSCSI Target Lun number.'),
  portals: z.array(z.string()).optional().describe('portals is the iSCSI Target Portal List.'),
  readOnly: z.boolean().optional().describe('readOnly here will force the ReadOnly setting in VolumeMounts.'),
  secretRef: localObjectReference
    .optional()
    .describe('secretRef is the CHAP Secret for iSCSI target and initiator authentication'),
  targetPortal: text().describe('targetPortal is iSCSI Target Portal.'),
});

export const nfsVolumeSource = z.strictObject({
  path: text().describe('path that is exported by the NFS server.'),
  readOnly: z
    .boolean()
    .optional()
    .describe('readOnly here will force the NFS export to be mounted with read-only permissions.'),
  server: text().describe('server is the hostname or IP address of the NFS server.'),
});

export const persistentVolumeClaimVolumeSource = z.strictObject({
  claimName: text().describe(
    'claimName is the name of a PersistentVolumeClaim in the same namespace as the pod using …',
  ),
  readOnly: z.boolean().optional().describe('readOnly Will force the ReadOnly setting in VolumeMounts.'),
});

export const photonPersistentDiskVolumeSource = z.strictObject({
  fsType: z.string().optional().describe('fsType is the filesystem type to mount.'),
  pdID: text().describe('pdID is the ID that identifies Photon Controller persistent disk'),
});

export const portworxVolumeSource = z.strictObject({
  fsType: z
    .string()
    .optional()
    .describe('fSType represents the filesystem type to mount Must be a filesystem type supported by …'),
  readOnly: z.boolean().optional().describe('readOnly defaults to false (read/write).'),
  volumeID: text().describe('volumeID uniquely identifies a Portworx volume'),
});

export const clusterTrustBundleProjection = z.strictObject({
  labelSelector: labelSelector.optional().describe('Select all ClusterTrustBundles that match this label selector.'),
  name: z.string().optional().describe('Select a single ClusterTrustBundle by object name.'),
  optional: z
    .boolean()
    .optional()
    .describe("If true, don't block pod startup if the referenced ClusterTrustBundle(s) aren't available."),
  path: text().describe('Relative path from the volume root to write the bundle.'),
  signerName: z.string().optional().describe('Select all ClusterTrustBundles that match this signer name.'),
});

export const configMapProjection = z.strictObject({
  items: z
    .array(keyToPath)
    .optional()
    .describe('items if unspecified, each key-value pair in the Data field of the referenced ConfigMap …'),
  name: z.string().optional().describe('Name of the referent.'),
  optional: z.boolean().optional().describe('optional specify whether the ConfigMap or its keys must be defined'),
});

export const downwardAPIProjection = z.strictObject({
  items: z.array(downwardAPIVolumeFile).optional().describe('Items is a list of DownwardAPIVolume file'),
});

export const podCertificateProjection = z.strictObject({
  certificateChainPath: z
    .string()
    .optional()
    .describe('Write the certificate chain at this path in the projected volume.'),
  credentialBundlePath: z
    .string()
    .optional()
    .describe('Write the credential bundle at this path in the projected volume.'),
  keyPath: z.string().optional().describe('Write the key at this path in the projected volume.'),
  keyType: text().describe('The type of keypair Kubelet will generate for the pod.'),
  maxExpirationSeconds: int32()
    .optional()
    .describe('maxExpirationSeconds is the maximum lifetime permitted for the certificate.'),
  signerName: text().describe("Kubelet's generated CSRs will be addressed to this signer."),
});

export const secretProjection = z.strictObject({
  items: z
    .array(keyToPath)
    .optional()
    .describe('items if unspecified, each key-value pair in the Data field of the referenced Secret …'),
  name: z.string().optional().describe('Name of the referent.'),
  optional: z.boolean().optional().describe('optional field specify whether the Secret or its key must be defined'),
});

export const serviceAccountTokenProjection = z.strictObject({
  audience: z.string().optional().describe('audience is the intended audience of the token.'),
  expirationSeconds: int64()
    .optional()
    .describe('expirationSeconds is the requested duration of validity of the service account token.'),
  path: text().describe('path is the path relative to the mount point of the file to project the token into.'),
});

export const volumeProjection = z.strictObject({
  clusterTrustBundle: clusterTrustBundleProjection
    .optional()
    .describe('ClusterTrustBundle allows a pod to access the `.spec.trustBundle` field of …'),
  configMap: configMapProjection.optional().describe('configMap information about the configMap data to project'),
  downwardAPI: downwardAPIProjection
    .optional()
    .describe('downwardAPI information about the downwardAPI data to project'),
  podCertificate: podCertificateProjection
    .optional()
    .describe('Projects an auto-rotating credential bundle (private key and certificate chain) that the …'),
  secret: secretProjection.optional().describe('secret information about the secret data to project'),
  serviceAccountToken: serviceAccountTokenProjection
    .optional()
    .describe('serviceAccountToken is information about the serviceAccountToken data to project'),
});

export const projectedVolumeSource = z.strictObject({
  defaultMode: int32()
    .optional()
    .describe('defaultMode are the mode bits used to set permissions on created files by default.'),
  sources: z.array(volumeProjection).optional().describe('sources is the list of volume projections.'),
});

export const quobyteVolumeSource = z.strictObject({
  group: z.string().optional().describe('group to map volume access to Default is no group'),
  readOnly: z
    .boolean()
    .optional()
    .describe('readOnly here will force the Quobyte volume to be mounted with read-only permissions.'),
  registry: text().describe(
    'registry represents a single or multiple Quobyte Registry services specified as a string …',
  ),
  tenant: z
    .string()
    .optional()
    .describe('tenant owning the given Quobyte volume in the Backend Used with dynamically provisioned …'),
  user: z.string().optional().describe('user to map volume access to Defaults to serivceaccount user'),
  volume: text().describe('volume is a string that references an already created Quobyte volume by name.'),
});

export const rbdVolumeSource = z.strictObject({
  fsType: z.string().optional().describe('fsType is the filesystem type of the volume that you want to mount.'),
  image: text().describe('image is the rados image name.'),
  keyring: z.string().optional().describe('keyring is the path to key ring for RBDUser.'),
  monitors: z.array(z.string()).describe('monitors is a collection of Ceph monitors.'),
  pool: z.string().optional().describe('pool is the rados pool name.'),
  readOnly: z.boolean().optional().describe('readOnly here will force the ReadOnly setting in VolumeMounts.'),
  secretRef: localObjectReference.optional().describe('secretRef is name of the authentication secret for RBDUser.'),
  user: z.string().optional().describe('user is the rados user name.'),
});

export const scaleIOVolumeSource = z.strictObject({
  fsType: z.string().optional().describe('fsType is the filesystem type to mount.'),
  gateway: text().describe('gateway is the host address of the ScaleIO API Gateway.'),
  protectionDomain: z
    .string()
    .optional()
    .describe('protectionDomain is the name of the ScaleIO Protection Domain for the configured storage.'),
  readOnly: z.boolean().optional().describe('readOnly Defaults to false (read/write).'),
  secretRef: localObjectReference.describe(
    'secretRef references to the secret for ScaleIO user and other sensitive information.',
  ),
  sslEnabled: z
    .boolean()
    .optional()
    .describe('sslEnabled Flag enable/disable SSL communication with Gateway, default false'),
  storageMode: z
    .string()
    .optional()
    .describe('storageMode indicates whether the storage for a volume should be ThickProvisioned or …'),
  storagePool: z
    .string()
    .optional()
    .describe('storagePool is the ScaleIO Storage Pool associated with the protection domain.'),
  system: text().describe('system is the name of the storage system as configured in ScaleIO.'),
  volumeName: z
    .string()
    .optional()
    .describe('volumeName is the name of a volume already created in the ScaleIO system that is …'),
});

export const secretVolumeSource = z.strictObject({
  defaultMode: int32()
    .optional()
    .describe('defaultMode is Optional: mode bits used to set permissions on created files by default.'),
  items: z
    .array(keyToPath)
    .optional()
    .describe('items If unspecified, each key-value pair in the Data field of the referenced Secret …'),
  optional: z.boolean().optional().describe('optional field specify whether the Secret or its keys must be defined'),
  secretName: z.string().optional().describe("secretName is the name of the secret in the pod's namespace to use."),
});

export const storageOSVolumeSource = z.strictObject({
  fsType: z.string().optional().describe('fsType is the filesystem type to mount.'),
  readOnly: z.boolean().optional().describe('readOnly defaults to false (read/write).'),
  secretRef: localObjectReference
    .optional()
    .describe('secretRef specifies the secret to use for obtaining the StorageOS API credentials.'),
  volumeName: z.string().optional().describe('volumeName is the human-readable name of the StorageOS volume.'),
  volumeNamespace: z
    .string()
    .optional()
    .describe('volumeNamespace specifies the scope of the volume within StorageOS.'),
});

export const vsphereVirtualDiskVolumeSource = z.strictObject({
  fsType: z.string().optional().describe('fsType is filesystem type to mount.'),
  storagePolicyID: z
    .string()
    .optional()
    .describe('storagePolicyID is the storage Policy Based Management (SPBM) profile ID associated with …'),
  storagePolicyName: z
    .string()
    .optional()
    .describe('storagePolicyName is the storage Policy Based Management (SPBM) profile name.'),
  volumePath: text().describe('volumePath is the path that identifies vSphere volume vmdk'),
});

export const volume = z.strictObject({
  awsElasticBlockStore: awsElasticBlockStoreVolumeSource
    .optional()
    .describe("awsElasticBlockStore represents an AWS Disk resource that is attached to a kubelet's …"),
  azureDisk: azureDiskVolumeSource
    .optional()
    .describe('azureDisk represents an Azure Data Disk mount on the host and bind mount to the pod.'),
  azureFile: azureFileVolumeSource
    .optional()
    .describe('azureFile represents an Azure File Service mount on the host and bind mount to the pod.'),
  cephfs: cephFSVolumeSource
    .optional()
    .describe("cephFS represents a Ceph FS mount on the host that shares a pod's lifetime."),
  cinder: cinderVolumeSource
    .optional()
    .describe('cinder represents a cinder volume attached and mounted on kubelets host machine.'),
  configMap: configMapVolumeSource
    .optional()
    .describe('configMap represents a configMap that should populate this volume'),
  csi: csiVolumeSource
    .optional()
    .describe('csi (Container Storage Interface) represents ephemeral storage that is handled by …'),
  downwardAPI: downwardAPIVolumeSource
    .optional()
    .describe('downwardAPI represents downward API about the pod that should populate this volume'),
  emptyDir: emptyDirVolumeSource
    .optional()
    .describe("emptyDir represents a temporary directory that shares a pod's lifetime."),
  ephemeral: ephemeralVolumeSource
    .optional()
    .describe('ephemeral represents a volume that is handled by a cluster storage driver.'),
  fc: fcVolumeSource
    .optional()
    .describe("fc represents a Fibre Channel resource that is attached to a kubelet's host machine and …"),
  flexVolume: flexVolumeSource
    .optional()
    .describe('flexVolume represents a generic volume resource that is provisioned/attached using an …'),
  flocker: flockerVolumeSource
    .optional()
    .describe("flocker represents a Flocker volume attached to a kubelet's host machine."),
  gcePersistentDisk: gcePersistentDiskVolumeSource
    .optional()
    .describe("gcePersistentDisk represents a GCE Disk resource that is attached to a kubelet's host …"),
  gitRepo: gitRepoVolumeSource.optional().describe('gitRepo represents a git repository at a particular revision.'),
  glusterfs: glusterfsVolumeSource
    .optional()
    .describe("glusterfs represents a Glusterfs mount on the host that shares a pod's lifetime."),
  hostPath: hostPathVolumeSource
    .optional()
    .describe('hostPath represents a pre-existing file or directory on the host machine that is …'),
  image: imageVolumeSource
    .optional()
    .describe('image represents an OCI object (a container image or artifact) pulled and mounted on the …'),
  iscsi: iscsiVolumeSource
    .optional()
    .describe("iscsi represents an ISCSI Disk resource that is attached to a kubelet's host machine and …"),
  name: volumeName().describe('name of the volume.'),
  nfs: nfsVolumeSource
    .optional()
    .describe("nfs represents an NFS mount on the host that shares a pod's lifetime More info: …"),
  persistentVolumeClaim: persistentVolumeClaimVolumeSource
    .optional()
    .describe('persistentVolumeClaimVolumeSource represents a reference to a PersistentVolumeClaim in …'),
  photonPersistentDisk: photonPersistentDiskVolumeSource
    .optional()
    .describe('photonPersistentDisk represents a PhotonController persistent disk attached and mounted …'),
  portworxVolume: portworxVolumeSource
    .optional()
    .describe('portworxVolume represents a portworx volume attached and mounted on kubelets host machine.'),
  projected: projectedVolumeSource
    .optional()
    .describe('projected items for all in one resources secrets, configmaps, and downward API'),
  quobyte: quobyteVolumeSource
    .optional()
    .describe("quobyte represents a Quobyte mount on the host that shares a pod's lifetime."),
  rbd: rbdVolumeSource
    .optional()
    .describe("rbd represents a Rados Block Device mount on the host that shares a pod's lifetime."),
  scaleIO: scaleIOVolumeSource
    .optional()
    .describe('scaleIO represents a ScaleIO persistent volume attached and mounted on Kubernetes nodes.'),
  secret: secretVolumeSource.optional().describe('secret represents a secret that should populate this volume.'),
  storageos: storageOSVolumeSource
    .optional()
    .describe('storageOS represents a StorageOS volume attached and mounted on Kubernetes nodes.'),
  vsphereVolume: vsphereVirtualDiskVolumeSource
    .optional()
    .describe('vsphereVolume represents a vSphere volume attached and mounted on kubelets host machine.'),
});

export const ingressTLS = z.strictObject({
  hosts: z.array(z.string()).optional().describe('hosts is a list of hosts included in the TLS certificate.'),
  secretName: z
    .string()
    .optional()
    .describe('secretName is the name of the secret used to terminate TLS traffic on port 443.'),
});

export const ownerReference = z.strictObject({
  apiVersion: text().describe('API version of the referent.'),
  blockOwnerDeletion: z
    .boolean()
    .optional()
    .describe('If true, AND if the owner has the "foregroundDeletion" finalizer, then the owner cannot …'),
  controller: z.boolean().optional().describe('If true, this reference points to the managing controller.'),
  kind: text().describe('Kind of the referent.'),
  name: text().describe('Name of the referent.'),
  uid: text().describe('UID of the referent.'),
});
