/**
 * Manifests that are right, in the manner of the peer's examples and guides, and field by field. The same table holds for the
 * API server (accepted and read back without loss), for the sandbox and for what is checked in process.
 */

export interface ValidManifest {
  readonly what: string;
  readonly spec: object;
  readonly metadata?: object;
}

/** core/v1 VolumeSource: one of each kind. */
export const volumeSources: Readonly<Record<string, object>> = {
  awsElasticBlockStore: { volumeID: 'vol-1', fsType: 'ext4', partition: 1, readOnly: true },
  azureDisk: { diskName: 'd', diskURI: 'https://d', cachingMode: 'ReadOnly', fsType: 'xfs', kind: 'Managed' },
  azureFile: { secretName: 's', shareName: 'n', readOnly: true },
  cephfs: { monitors: ['a:6789'], path: '/p', secretRef: { name: 's' }, user: 'u' },
  cinder: { volumeID: 'v', fsType: 'ext4', secretRef: { name: 's' } },
  configMap: { name: 'c', defaultMode: 0o440, optional: true, items: [{ key: 'k', path: 'p', mode: 0o400 }] },
  csi: { driver: 'd', volumeAttributes: { a: 'b' }, nodePublishSecretRef: { name: 's' }, readOnly: false },
  downwardAPI: {
    defaultMode: 0o444,
    items: [
      { path: 'labels', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.labels' } },
      { path: 'cpu', resourceFieldRef: { containerName: 'c', resource: 'limits.cpu', divisor: '1m' } },
    ],
  },
  emptyDir: { medium: 'Memory', sizeLimit: '1Gi' },
  ephemeral: {
    volumeClaimTemplate: {
      metadata: { labels: { a: 'b' }, annotations: { c: 'd' } },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'fast',
        volumeMode: 'Filesystem',
        resources: { requests: { storage: '10Gi' }, limits: { storage: 20 } },
        selector: { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'k', operator: 'In', values: ['v'] }] },
        dataSourceRef: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 's' },
      },
    },
  },
  fc: { targetWWNs: ['50060e801049cfd1'], lun: 0, fsType: 'ext4' },
  flexVolume: { driver: 'd', options: { a: 'b' }, secretRef: { name: 's' } },
  flocker: { datasetUUID: 'u' },
  gcePersistentDisk: { pdName: 'd', partition: 0 },
  gitRepo: { repository: 'https://example.com/r.git', revision: 'main', directory: '.' },
  glusterfs: { endpoints: 'e', path: 'p' },
  hostPath: { path: '/tmp', type: 'DirectoryOrCreate' },
  image: { reference: 'registry:5000/data:1', pullPolicy: 'IfNotPresent' },
  iscsi: { targetPortal: '10.0.0.1:3260', iqn: 'iqn.2001-04.com.example:storage', lun: 0, portals: ['10.0.0.2'] },
  nfs: { server: 'nfs.example.com', path: '/export', readOnly: true },
  persistentVolumeClaim: { claimName: 'data', readOnly: true },
  photonPersistentDisk: { pdID: 'p' },
  portworxVolume: { volumeID: 'v' },
  projected: {
    defaultMode: 0o440,
    sources: [
      { configMap: { name: 'c', items: [{ key: 'k', path: 'p' }] } },
      { secret: { name: 's', optional: true } },
      { downwardAPI: { items: [{ path: 'n', fieldRef: { fieldPath: 'metadata.name' } }] } },
      { serviceAccountToken: { audience: 'a', expirationSeconds: 3600, path: 'token' } },
      { clusterTrustBundle: { name: 'b', path: 'ca.pem', optional: true } },
    ],
  },
  quobyte: { registry: 'r:7861', volume: 'v', user: 'u' },
  rbd: { monitors: ['m'], image: 'i', pool: 'p', keyring: '/k' },
  scaleIO: { gateway: 'g', system: 's', secretRef: { name: 's' }, volumeName: 'v' },
  secret: { secretName: 's', items: [{ key: 'k', path: 'p' }], optional: false },
  storageos: { volumeName: 'v', secretRef: { name: 's' } },
  vsphereVolume: { volumePath: '[d] v', storagePolicyName: 'p' },
};

const volumes: readonly ValidManifest[] = Object.entries(volumeSources).map(([kind, source]) => ({
  what: `a volume of the kind ${kind}, mounted`,
  spec: {
    volumes: [{ name: 'data', [kind]: source }],
    driver: { volumeMounts: [{ name: 'data', mountPath: '/data', subPath: 'a', readOnly: true }] },
  },
}));

const nodeTerm = {
  matchExpressions: [
    { key: 'zone', operator: 'In', values: ['a', 'b'] },
    { key: 'gpu', operator: 'DoesNotExist' },
    { key: 'age', operator: 'Gt', values: ['1'] },
  ],
  matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: ['n'] }],
};
const podTerm = {
  labelSelector: { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'k', operator: 'Exists' }] },
  namespaceSelector: {},
  namespaces: ['x'],
  topologyKey: 'kubernetes.io/hostname',
  matchLabelKeys: ['l'],
  mismatchLabelKeys: ['m'],
};
const podAffinity = {
  requiredDuringSchedulingIgnoredDuringExecution: [podTerm],
  preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: podTerm }],
};

const probe = {
  initialDelaySeconds: 1,
  periodSeconds: 2,
  timeoutSeconds: 3,
  successThreshold: 1,
  failureThreshold: 5,
  terminationGracePeriodSeconds: 10,
};

const fullContainer = {
  name: 'helper',
  image: 'helper:1',
  imagePullPolicy: 'Always',
  command: ['sh', '-c'],
  args: ['echo $(A)', ''],
  workingDir: '/',
  env: [
    { name: 'A', value: '' },
    { name: 'B', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    { name: 'C', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } },
    { name: 'D', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } },
    { name: 'E', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: 1 } } },
  ],
  envFrom: [{ prefix: 'P_', configMapRef: { name: 'c', optional: true } }, { secretRef: { name: 's' } }],
  ports: [
    { name: 'http', containerPort: 80, protocol: 'TCP', hostPort: 8080, hostIP: '127.0.0.1' },
    { containerPort: 80, protocol: 'UDP' },
  ],
  resources: {
    requests: { cpu: '100m', memory: '1Gi', 'nvidia.com/gpu': 1 },
    limits: { cpu: '1.5', memory: '2e9', 'ephemeral-storage': '1G' },
    claims: [{ name: 'claim', request: 'r' }],
  },
  resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }],
  volumeMounts: [{ name: 'v', mountPath: '/v', mountPropagation: 'HostToContainer', subPathExpr: '$(A)' }],
  volumeDevices: [{ name: 'd', devicePath: '/dev/x' }],
  livenessProbe: {
    ...probe,
    httpGet: { port: 'http', path: '/', scheme: 'HTTPS', httpHeaders: [{ name: 'A', value: '' }] },
  },
  readinessProbe: { ...probe, tcpSocket: { port: 80, host: 'h' } },
  startupProbe: { ...probe, grpc: { port: 90, service: 's' } },
  lifecycle: {
    postStart: { exec: { command: ['true'] } },
    preStop: { sleep: { seconds: 5 } },
    stopSignal: 'SIGTERM',
  },
  securityContext: {
    allowPrivilegeEscalation: false,
    privileged: false,
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    runAsUser: 185,
    runAsGroup: 0,
    procMount: 'Default',
    capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] },
    seLinuxOptions: { level: 's0' },
    seccompProfile: { type: 'Localhost', localhostProfile: 'p' },
    appArmorProfile: { type: 'RuntimeDefault' },
    windowsOptions: { hostProcess: false, runAsUserName: 'u' },
  },
  stdin: false,
  stdinOnce: false,
  tty: false,
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
};

const podFields: readonly ValidManifest[] = Object.entries<object>({
  'all of affinity': {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [nodeTerm] },
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: nodeTerm }],
      },
      podAffinity,
      podAntiAffinity: podAffinity,
    },
  },
  'a sidecar with everything': { sidecars: [fullContainer] },
  'init containers, one of them a sidecar of Kubernetes': {
    initContainers: [
      fullContainer,
      { name: 'proxy', image: 'p', restartPolicy: 'Always', startupProbe: { exec: { command: ['true'] } } },
    ],
  },
  'tolerations of all kinds': {
    tolerations: [
      { operator: 'Exists' },
      { key: 'a', operator: 'Equal', value: 'b', effect: 'NoExecute', tolerationSeconds: 300 },
      { key: 'c', operator: '', effect: '' },
    ],
  },
  'variables from everywhere, one of them twice': {
    env: [...fullContainer.env, { name: 'A', value: 'again' }],
    envFrom: fullContainer.envFrom,
    envVars: { C: 'c' },
    envSecretKeyRefs: { D: { name: 's', key: 'k' } },
  },
  'both security contexts': {
    securityContext: fullContainer.securityContext,
    podSecurityContext: {
      fsGroup: 185,
      fsGroupChangePolicy: 'OnRootMismatch',
      runAsNonRoot: true,
      runAsUser: 185,
      supplementalGroups: [1, 2],
      supplementalGroupsPolicy: 'Merge',
      sysctls: [{ name: 'net.ipv4.ip_local_port_range', value: '1024 65535' }],
      seccompProfile: { type: 'RuntimeDefault' },
    },
  },
  'empty security contexts': { securityContext: {}, podSecurityContext: {} },
  'a lifecycle': {
    lifecycle: { preStop: { httpGet: { port: 4040, path: '/quit' } }, postStart: { tcpSocket: { port: 1 } } },
  },
  'network settings': {
    hostNetwork: true,
    hostAliases: [
      { ip: '10.0.0.1', hostnames: ['a', 'b'] },
      { ip: '10.0.0.1', hostnames: ['c'] },
    ],
    dnsConfig: {
      nameservers: ['10.0.0.10'],
      searches: ['a.b'],
      options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
    },
  },
  'ports, a GPU, a scheduler, a priority and a grace period': {
    ports: [{ name: 'debug', protocol: 'TCP', containerPort: 5005 }],
    gpu: { name: 'nvidia.com/gpu', quantity: 1 },
    schedulerName: 'fair',
    priorityClassName: 'high',
    terminationGracePeriodSeconds: 60,
    shareProcessNamespace: true,
    nodeSelector: { disk: 'ssd' },
    memoryLimit: '4Gi',
  },
  'a pod template with fields that nobody knows': {
    template: {
      metadata: { labels: { a: 'b' }, creationTimestamp: null },
      spec: { containers: [{ name: 'spark-kubernetes-driver', newInKubernetes: { a: [1, 'b', null] } }], later: true },
    },
    volumeMounts: [{ name: 'of-the-template', mountPath: '/t' }],
  },
}).flatMap(([what, fields]) =>
  (['driver', 'executor'] as const).map((role) => ({ what: `${what}, for the ${role}`, spec: { [role]: fields } })),
);

const sizes: readonly ValidManifest[] = [
  { memory: '512m', memoryOverhead: '1g' },
  { memory: '1024', memoryOverhead: '384M' },
  { memory: '1073741824b', memoryOverhead: '1GB' },
  { memory: '', memoryLimit: '', coreLimit: '', coreRequest: '' },
  { memoryLimit: '1.5g', coreLimit: '1200m', coreRequest: '0.5' },
  { memoryLimit: '2147483648', coreLimit: '2', coreRequest: '.5' },
  { memoryLimit: '2 g', coreRequest: '1e3' },
].map((fields) => ({ what: `the sizes ${JSON.stringify(fields)}`, spec: { executor: fields } }));

const wholeApplications: readonly ValidManifest[] = Object.entries<object>({
  'the smallest': {},
  'everything written out': {
    sparkVersion: '4.0.1',
    mode: 'cluster',
    imagePullPolicy: 'IfNotPresent',
    imagePullSecrets: ['registry'],
    arguments: ['5000', ''],
    restartPolicy: { type: 'Never' },
    driver: { labels: { version: '4.0.1' }, cores: 1, coreLimit: '1200m', memory: '512m', serviceAccount: 'spark' },
    executor: { labels: { version: '4.0.1' }, instances: 1, cores: 1, memory: '512m', deleteOnTermination: false },
  },
  'gaps that a template left': {
    sparkVersion: '',
    mode: '',
    imagePullPolicy: '',
    proxyUser: '',
    pythonVersion: '',
    memoryOverheadFactor: '',
    sparkConfigMap: '',
    batchScheduler: '',
    nodeSelector: {},
    volumes: [],
    restartPolicy: { type: '' },
    driver: { image: '', podName: '', serviceAccount: '', schedulerName: '', priorityClassName: '', javaOptions: '' },
    executor: { image: '', serviceAccount: '', sidecars: [], tolerations: [] },
  },
  'a Python application without main class': {
    type: 'Python',
    pythonVersion: '3',
    mainClass: undefined,
    mainApplicationFile: 'local:///opt/spark/examples/src/main/python/pi.py',
    deps: {
      pyFiles: ['local:///opt/a.zip'],
      jars: ['https://example.com/a.jar'],
      files: [],
      packages: ['g:a:1'],
      excludePackages: ['g:b'],
      repositories: ['https://repo.example.com'],
      archives: ['https://example.com/a.tgz#a'],
    },
    hadoopConf: { 'fs.s3a.endpoint': 'http://minio:9000' },
  },
  'a script, whatever the type': { mainClass: undefined, mainApplicationFile: 'local:///opt/job.R' },
  'an R application': { type: 'R', mainClass: undefined, mainApplicationFile: 's3a://bucket/job.r' },
  'restarts with both budgets': {
    restartPolicy: {
      type: 'OnFailure',
      onFailureRetries: 3,
      onFailureRetryInterval: 10,
      onSubmissionFailureRetries: 5,
      onSubmissionFailureRetryInterval: 20,
    },
    failureRetries: -1,
    retryInterval: 10,
    timeToLiveSeconds: 3600,
    suspend: true,
  },
  'images for each role and none in common': {
    image: undefined,
    driver: { image: 'registry:5000/spark:v4.1.4-java17@sha256:0' },
    executor: { image: 'spark:4.1.4' },
  },
  'an image by digest, and its version': { image: 'team/spark@sha256:0', sparkVersion: '4.2.0-preview2' },
  'Spark 3.0': { sparkVersion: '3.0' },
  'a tag with other numbers before that of Spark': { image: 'team/job:2024.11.03-java17.0.1-spark3.5.1' },
  'labels that Spark completes, and annotations with capitals': {
    driver: { labels: { app: '{{APP_ID}}', 'spark-exec-id': '0' }, annotations: { 'Example.COM/Foo': '' } },
  },
  'a grace period that Kubernetes shortens': { driver: { terminationGracePeriodSeconds: -1 } },
  'a gap in monitoring': {
    monitoring: {
      exposeDriverMetrics: true,
      exposeExecutorMetrics: true,
      prometheus: { jmxExporterJar: '/p.jar', portName: '', configFile: '', configuration: '' },
    },
  },
  'two volumes of one name, of which the last counts': {
    volumes: [
      { name: 'a', emptyDir: {} },
      { name: 'a', hostPath: { path: '/a' } },
    ],
    driver: { volumeMounts: [{ name: 'a', mountPath: '/a' }] },
  },
  'ConfigMaps and Secrets of all kinds': {
    sparkConfigMap: 'spark-conf',
    hadoopConfigMap: 'hadoop-conf',
    driver: {
      configMaps: [{ name: 'c', path: '/c' }],
      secrets: [
        { name: 'gcp', path: '/mnt/gcp', secretType: 'GCPServiceAccount' },
        { name: 'hadoop', path: '/mnt/hadoop', secretType: 'HadoopDelegationToken' },
        { name: 'own', path: '/mnt/own', secretType: 'Generic' },
      ],
      podName: 'pi-the-driver.of.me',
      kubernetesMaster: 'https://kubernetes.default',
      serviceLabels: { a: 'b' },
      serviceAnnotations: { 'a/b': '{"c": "d"}' },
      javaOptions: '-Dlog.level=DEBUG',
    },
  },
  'local directories for Spark': {
    volumes: [{ name: 'spark-local-dir-1', hostPath: { path: '/mnt/1' } }],
    driver: { volumeMounts: [{ name: 'spark-local-dir-1', mountPath: '/tmp/1' }] },
    executor: { volumeMounts: [{ name: 'spark-local-dir-1', mountPath: '/tmp/1' }] },
  },
  monitoring: {
    monitoring: {
      exposeDriverMetrics: true,
      exposeExecutorMetrics: false,
      metricsProperties: '*.sink.jmx.class=org.apache.spark.metrics.sink.JmxSink',
      metricsPropertiesFile: '/opt/metrics.properties',
      prometheus: { jmxExporterJar: '/p.jar', port: 8090, portName: 'jmx', configFile: '/c', configuration: 'a: b' },
    },
  },
  'a batch scheduler': {
    batchScheduler: 'volcano',
    batchSchedulerOptions: { queue: 'q', priorityClassName: 'p', resources: { cpu: 2, memory: '4Gi' } },
  },
  'the web UI and ports of the driver': {
    sparkUIOptions: {
      servicePort: 80,
      servicePortName: 'ui',
      serviceType: 'LoadBalancer',
      serviceAnnotations: { a: 'b' },
      serviceLabels: { c: 'd' },
      ingressAnnotations: { e: 'f' },
      ingressTLS: [{ hosts: ['a.example.com'], secretName: 's' }],
    },
    driverIngressOptions: [
      { servicePort: 8080, servicePortName: 'a', ingressURLFormat: '{{$appName}}.example.com' },
      {
        servicePort: 8081,
        servicePortName: 'b',
        serviceType: 'NodePort',
        ingressURLFormat: 'b.example.com',
        ingressTLS: [],
      },
    ],
  },
  'dynamic allocation': {
    dynamicAllocation: {
      enabled: true,
      initialExecutors: 0,
      minExecutors: 0,
      maxExecutors: 10,
      shuffleTrackingEnabled: false,
      shuffleTrackingTimeout: 60_000,
    },
    driverPodDisruptionBudget: true,
  },
  'dynamic allocation that is off, whatever its bounds': {
    dynamicAllocation: { enabled: false, minExecutors: 5, maxExecutors: 1 },
  },
  'properties that only look like forbidden ones': {
    sparkConf: {
      'spark.master.rest.enabled': 'false',
      'Spark.master': 'x',
      constructor: 'x',
      toString: 'y',
      'spark.kubernetes.namespace': 'jobs',
      'spark.kubernetes.driver.label.team': 'data',
      'spark.app.name': '',
    },
  },
  'nulls, which are left out': { driver: null, executor: { env: null, cores: null }, sparkConf: { a: null } },
}).map(([what, spec]) => ({ what, spec }));

export const validManifests: readonly ValidManifest[] = [
  ...wholeApplications,
  ...volumes,
  ...podFields,
  ...sizes,
  { what: 'the longest name', metadata: { name: 'x'.repeat(63) }, spec: {} },
];
