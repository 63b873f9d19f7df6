/**
 * Manifests that are wrong, with everything that must be said of them. The same table holds for the API server (at
 * `kubectl apply`), for the sandbox and for what is checked in process.
 */
import { operatorLabels, sparkLabels } from '../../src/api/labels.js';

type Expected = readonly [path: string, message: RegExp];

export interface InvalidManifest {
  readonly what: string;
  readonly spec?: object;
  readonly metadata?: object;
  /** Who refuses it: an API server at admission, or the operator, because CEL can not see it. */
  readonly by?: 'operator';
  /** All problems, in any order: path and a part of the message. */
  readonly problems: readonly Expected[];
}

const names: readonly InvalidManifest[] = ['1st', 'a.b', 'x'.repeat(64)].map((name) => ({
  what: `the name ${name}`,
  metadata: { name },
  problems: [['metadata.name', /lower-case letters, digits and dashes/]],
}));

const types: readonly InvalidManifest[] = [
  {
    what: 'no main file',
    spec: { mainApplicationFile: undefined },
    problems: [['spec.mainApplicationFile', /required/i]],
  },
  {
    what: 'an empty main file',
    spec: { mainApplicationFile: '' },
    problems: [['spec.mainApplicationFile', /empty|at least 1 chars/]],
  },
  { what: 'no type', spec: { type: undefined }, problems: [['spec.type', /required/i]] },
  { what: 'an unknown type', spec: { type: 'Rust' }, problems: [['spec.type', /supported values: "Java"/]] },
  { what: 'an unknown field', spec: { sparkConfig: {} }, problems: [['spec.sparkConfig', /unknown field/]] },
  {
    what: 'unknown fields of the driver, the executor and inside a list',
    spec: {
      driver: { core: 1, mem: '1g', configMaps: [{ name: 'a', path: '/a', mode: 1 }] },
      executor: { instancse: 1 },
    },
    problems: [
      ['spec.driver.core', /unknown field/],
      ['spec.driver.mem', /unknown field/],
      ['spec.driver.configMaps[0].mode', /unknown field/],
      ['spec.executor.instancse', /unknown field/],
    ],
  },
  {
    what: 'a misspelt member of a volume',
    spec: { volumes: [{ name: 'a', persistentVolumclaim: { claimName: 'a' } }] },
    problems: [['spec.volumes[0].persistentVolumclaim', /unknown field/]],
  },
  {
    what: 'a misspelt member deep in a sidecar',
    spec: { driver: { sidecars: [{ name: 'a', image: 'b', livenessProbe: { httpGet: { port: 1, pth: '/' } } }] } },
    problems: [['spec.driver.sidecars[0].livenessProbe.httpGet.pth', /unknown field/]],
  },
  {
    what: 'a number as text',
    spec: { driver: { cores: '1' } },
    problems: [['spec.driver.cores', /must be of type integer: "string"/]],
  },
  {
    what: 'a text as number',
    spec: { sparkConf: { 'spark.ui.port': 4040 } },
    problems: [['spec.sparkConf["spark.ui.port"]', /must be of type string: "integer"/]],
  },
  {
    what: 'a variable whose value is no text',
    spec: { executor: { env: [{ name: 'A', value: true }] } },
    problems: [['spec.executor.env[0].value', /must be of type string: "boolean"/]],
  },
  { what: 'no cores', spec: { driver: { cores: 0 } }, problems: [['spec.driver.cores', /greater than or equal to 1/]] },
  {
    what: 'half a core',
    spec: { executor: { cores: 0.5 } },
    problems: [['spec.executor.cores', /must be of type integer: "number"/]],
  },
  {
    what: 'too many executors',
    spec: { executor: { instances: 2 ** 31 } },
    problems: [['spec.executor.instances', /less than or equal to 2147483647/i]],
  },
  {
    what: 'no executors',
    spec: { executor: { instances: 0 } },
    problems: [['spec.executor.instances', /greater than or equal to 1/]],
  },
  {
    what: 'a nameless variable and a volume that is no object',
    spec: { driver: { env: [{ name: 'A' }, { value: 'b' }] }, volumes: ['scratch'] },
    problems: [
      ['spec.driver.env[1].name', /required/i],
      ['spec.volumes[0]', /must be of type object: "string"/],
    ],
  },
  {
    what: 'a list with null in it',
    spec: { arguments: ['a', null] },
    problems: [['spec.arguments[1]', /must be of type string: "null"/]],
  },
  {
    what: 'a template that is a text',
    spec: { driver: { template: 'spec: {}' } },
    problems: [['spec.driver.template', /must be of type object: "string"/]],
  },
  {
    what: 'an unknown restart policy',
    spec: { restartPolicy: { type: 'never' } },
    problems: [['spec.restartPolicy.type', /supported values: .*"Never"/]],
  },
  {
    what: 'a negative number of retries and no interval between them',
    spec: { restartPolicy: { onFailureRetries: -1, onFailureRetryInterval: 0 } },
    problems: [
      ['spec.restartPolicy.onFailureRetries', /greater than or equal to 0/],
      ['spec.restartPolicy.onFailureRetryInterval', /greater than or equal to 1/],
    ],
  },
  {
    what: 'an unknown Python',
    spec: { pythonVersion: '4' },
    problems: [['spec.pythonVersion', /supported values: .*"3"/]],
  },
  {
    what: 'an unknown pull policy',
    spec: { imagePullPolicy: 'Sometimes' },
    problems: [['spec.imagePullPolicy', /supported values: .*"Always"/]],
  },
  {
    what: 'a toleration with a misspelt operator',
    spec: { executor: { tolerations: [{ key: 'a', operator: 'Exist' }] } },
    problems: [['spec.executor.tolerations[0].operator', /supported values: .*"Exists"/]],
  },
  {
    what: 'an affinity that is a list',
    spec: { executor: { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [] } } } },
    problems: [
      [
        'spec.executor.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution',
        /must be of type object: "array"/,
      ],
    ],
  },
  {
    what: 'a port out of range and one of no protocol',
    spec: {
      driver: {
        ports: [
          { name: 'a', protocol: 'TCP', containerPort: 70_000 },
          { name: 'b', protocol: 'HTTP', containerPort: 80 },
        ],
      },
    },
    problems: [
      ['spec.driver.ports[0].containerPort', /less than or equal to 65535/],
      ['spec.driver.ports[1].protocol', /supported values: "TCP"/],
    ],
  },
  {
    what: 'a port with a long name',
    spec: { driver: { ports: [{ name: 'a-very-long-name', protocol: 'TCP', containerPort: 80 }] } },
    problems: [['spec.driver.ports[0].name', /longer than 15|may not be more than 15/]],
  },
  {
    what: 'two ports of one name',
    spec: { driver: { ports: [1, 2].map((containerPort) => ({ name: 'a', protocol: 'TCP', containerPort })) } },
    problems: [['spec.driver.ports[1]', /Duplicate value/]],
  },
  {
    what: 'monitoring without saying what to expose, on a port that is reserved',
    spec: { monitoring: { exposeDriverMetrics: true, prometheus: { jmxExporterJar: '/a.jar', port: 80 } } },
    problems: [
      ['spec.monitoring.exposeExecutorMetrics', /required/i],
      ['spec.monitoring.prometheus.port', /greater than or equal to 1024/],
    ],
  },
  {
    what: 'a GPU without a number',
    spec: { executor: { gpu: { name: 'nvidia.com/gpu' } } },
    problems: [['spec.executor.gpu.quantity', /required/i]],
  },
  {
    what: 'a Secret without its type',
    spec: { driver: { secrets: [{ name: 's', path: '/s' }] } },
    problems: [['spec.driver.secrets[0].secretType', /required/i]],
  },
  {
    what: 'a resource that is no quantity',
    spec: { batchSchedulerOptions: { resources: { cpu: 'lots' } } },
    problems: [['spec.batchSchedulerOptions.resources.cpu', /quantity|should match/]],
  },
];

const sizes: readonly InvalidManifest[] = [
  ['memory', '1Gi'],
  ['memory', '1.5g'],
  ['memory', 'lots'],
  ['memory', '-1g'],
  ['memoryOverhead', '10%'],
  ['memoryLimit', '4 GiB'],
  ['coreLimit', '1 core'],
  ['coreRequest', '-1'],
  ['coreRequest', '1,5'],
].map(([field = '', value]) => ({
  what: `${field} ${value}`,
  spec: { executor: { [field]: value } },
  problems: [[`spec.executor.${field}`, /must be a (size|quantity)/]],
}));

const rules: readonly InvalidManifest[] = [
  { what: 'mode client', spec: { mode: 'client' }, problems: [['spec.mode', /use cluster/]] },
  { what: 'no image', spec: { image: undefined }, problems: [['spec.image', /required, unless/]] },
  { what: 'an empty image', spec: { image: '' }, problems: [['spec.image', /required, unless/]] },
  {
    what: 'an image for the driver alone',
    spec: { image: undefined, driver: { image: 'spark:4.1.4' } },
    problems: [['spec.image', /executor\.image/]],
  },
  {
    what: 'an image without a version',
    spec: { image: 'team/spark:latest' },
    problems: [['spec.sparkVersion', /add sparkVersion: "4\.1\.4"/]],
  },
  ...['team/job:5.2.0', 'team/job:2024.11.03', 'spark:2.4.8', 'team/job:13.5.1'].map((image) => ({
    what: `the image ${image}, whose number is of no release of Spark`,
    spec: { image },
    problems: [['spec.sparkVersion', /add sparkVersion/]] as const,
  })),
  {
    what: 'dynamic allocation of no executors',
    spec: { dynamicAllocation: { enabled: true, maxExecutors: 0 } },
    problems: [['spec.dynamicAllocation.maxExecutors', /more than none/]],
  },
  {
    what: 'a port with two dashes in its name',
    spec: { driver: { ports: [{ name: 'a--b', protocol: 'TCP', containerPort: 80 }] } },
    problems: [['spec.driver.ports[0].name', /single dashes|should match/]],
  },
  {
    what: 'an image by digest',
    spec: { image: `team/spark@sha256:${'0'.repeat(64)}` },
    problems: [['spec.sparkVersion', /add sparkVersion/]],
  },
  {
    what: 'a driver image without a version, which counts and not the common one',
    spec: { driver: { image: 'registry:5000/team/spark' } },
    problems: [['spec.sparkVersion', /add sparkVersion/]],
  },
  {
    what: 'a version that is none',
    spec: { sparkVersion: 'latest' },
    problems: [['spec.sparkVersion', /must be a version of Spark/]],
  },
  {
    what: 'Spark 2',
    spec: { sparkVersion: '2.4.8' },
    problems: [['spec.sparkVersion', /before 3\.0 is not supported/]],
  },
  {
    what: 'no main class for Scala',
    spec: { mainClass: undefined },
    problems: [['spec.mainClass', /required, unless/]],
  },
  {
    what: 'no main class for a Python file of another name',
    spec: { type: 'Python', mainClass: undefined, mainApplicationFile: 's3a://bucket/job' },
    problems: [['spec.mainClass', /ends in \.py/]],
  },
  {
    what: 'an empty main class for Java',
    spec: { type: 'Java', mainClass: '' },
    problems: [['spec.mainClass', /required, unless/]],
  },
  {
    what: 'node selectors at both levels',
    spec: { nodeSelector: { a: 'b' }, executor: { nodeSelector: { a: 'b' } } },
    problems: [['spec.nodeSelector', /both levels/]],
  },
  {
    what: 'more executors at least than at most',
    spec: { dynamicAllocation: { enabled: true, minExecutors: 3, maxExecutors: 2 } },
    problems: [['spec.dynamicAllocation.minExecutors', /more than maxExecutors/]],
  },
  {
    what: 'a pod name with capitals',
    spec: { driver: { podName: 'Driver' } },
    problems: [['spec.driver.podName', /must be the name of a pod/]],
  },
  {
    what: 'a pod name of 254 characters',
    spec: { driver: { podName: 'x'.repeat(254) } },
    problems: [['spec.driver.podName', /longer than 253|may not be more than 253/]],
  },
  {
    what: 'a mount without a volume',
    spec: { volumes: [{ name: 'other' }], executor: { volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] } },
    problems: [['spec.executor.volumeMounts', /must name a volume/]],
  },
  {
    what: 'mounts and no volume at all',
    spec: { driver: { volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] } },
    problems: [['spec.driver.volumeMounts', /must name a volume/]],
  },
  {
    what: 'two mounts at one path',
    spec: {
      volumes: [{ name: 'a' }, { name: 'b' }],
      driver: { volumeMounts: ['a', 'b'].map((name) => ({ name, mountPath: '/data' })) },
    },
    problems: [['spec.driver.volumeMounts[1]', /Duplicate value/]],
  },
  {
    what: 'a volume of two kinds',
    spec: {
      volumes: [
        { name: 'a', emptyDir: {} },
        { name: 'b', emptyDir: {}, hostPath: { path: '/b' } },
      ],
    },
    problems: [['spec.volumes[1]', /of one kind/]],
  },
  {
    what: 'a volume with dots in its name',
    spec: { volumes: [{ name: 'a.b' }] },
    problems: [['spec.volumes[0].name', /name of a volume|should match/]],
  },
  {
    what: 'more volumes than any pod can have',
    spec: { volumes: Array.from({ length: 257 }, (_, index) => ({ name: `v${index}` })) },
    problems: [['spec.volumes', /at most 256 items/]],
  },
  {
    what: 'two ingresses on one port',
    spec: {
      driverIngressOptions: ['a', 'b'].map((host) => ({
        servicePort: 80,
        servicePortName: host,
        ingressURLFormat: `${host}.example.com`,
      })),
    },
    problems: [['spec.driverIngressOptions[1]', /Duplicate value/]],
  },
  {
    what: 'two ingresses at one address',
    spec: {
      driverIngressOptions: [80, 81].map((servicePort) => ({
        servicePort,
        servicePortName: `p${servicePort}`,
        ingressURLFormat: '{{$appName}}.example.com',
      })),
    },
    problems: [['spec.driverIngressOptions', /another one/]],
  },
  {
    what: 'an ingress without address',
    spec: { driverIngressOptions: [{ servicePort: 80, servicePortName: 'a' }] },
    problems: [['spec.driverIngressOptions[0].ingressURLFormat', /required/i]],
  },
  {
    what: 'a Service of a driver port whose name would be too long',
    metadata: { name: 'x'.repeat(60) },
    spec: { driverIngressOptions: [{ servicePort: 8080, servicePortName: 'a', ingressURLFormat: 'a.example.com' }] },
    problems: [['spec.driverIngressOptions', /shorter metadata\.name/]],
  },
  {
    what: 'annotations under the prefix',
    spec: {
      driver: { annotations: { 'pod.sparkoperator.k8s.io/env': '[]' } },
      executor: { annotations: { 'pod.sparkoperator.k8s.io/applied': 'x' } },
    },
    problems: [
      ['spec.driver.annotations', /written by the operator/],
      ['spec.executor.annotations', /written by the operator/],
    ],
  },
  {
    what: 'annotations under the prefix by way of properties',
    spec: {
      sparkConf: {
        'spark.kubernetes.driver.annotation.pod.sparkoperator.k8s.io/volumes': '[]',
        'spark.kubernetes.executor.annotation.pod.sparkoperator.k8s.io/new': '[]',
      },
    },
    problems: [
      ['spec.sparkConf', /driver\.annotation.*not allowed.*written by the operator/],
      ['spec.sparkConf', /executor\.annotation.*not allowed.*written by the operator/],
    ],
  },
];

/** The peer's deny list, to the letter. */
const deniedKeys = [
  'spark.kubernetes.authenticate.driver.serviceAccountName',
  'spark.kubernetes.authenticate.executor.serviceAccountName',
  'spark.kubernetes.authenticate.oauthTokenFile',
  'spark.kubernetes.authenticate.oauthToken',
  'spark.kubernetes.authenticate.driver.oauthTokenFile',
  'spark.kubernetes.authenticate.driver.oauthToken',
  'spark.kubernetes.authenticate.executor.oauthTokenFile',
  'spark.kubernetes.authenticate.executor.oauthToken',
  'spark.master',
  'spark.kubernetes.driver.master',
  'spark.kubernetes.container.image',
  'spark.kubernetes.driver.container.image',
  'spark.kubernetes.executor.container.image',
];

const denied: readonly InvalidManifest[] = deniedKeys.map((key) => ({
  what: `the property ${key}`,
  spec: { sparkConf: { [key]: 'x', 'spark.ui.port': '4041' } },
  problems: [
    [`spec.sparkConf["${key}"]`, new RegExp(`sparkConf key "${key.replaceAll('.', '\\.')}" is not allowed: .`)],
  ],
}));

const reservedLabels: readonly InvalidManifest[] = (['driver', 'executor'] as const).flatMap((role) =>
  [...operatorLabels, ...sparkLabels[role]].map((name) => ({
    what: `the label ${name} of the ${role}, wherever it stands`,
    spec: {
      [role]: { labels: { [name]: 'x', team: 'data' } },
      sparkConf: { [`spark.kubernetes.${role}.label.${name}`]: 'x', 'spark.kubernetes.driver.label.team': 'data' },
    },
    problems: [
      [`spec.${role}.labels["${name}"]`, /leave it out/] as const,
      [`spec.sparkConf["spark.kubernetes.${role}.label.${name}"]`, /not allowed: the label is/] as const,
    ],
  })),
);

const ofOperator: readonly Omit<InvalidManifest, 'by'>[] = [
  {
    what: 'a property for another namespace',
    spec: { sparkConf: { 'spark.kubernetes.namespace': 'other' } },
    problems: [['spec.sparkConf["spark.kubernetes.namespace"]', /is not allowed.*namespace jobs/]],
  },
  {
    what: 'a label of the operator on the application',
    metadata: { labels: { 'sparkoperator.k8s.io/app-name': 'other', team: 'data' } },
    problems: [['metadata.labels["sparkoperator.k8s.io/app-name"]', /operator’s own/]],
  },
  {
    what: 'labels, selectors and annotations that no pod can have',
    spec: {
      driver: { labels: { 'a b': 'x', a: 'two words' }, annotations: { 'a/b/c': '' }, serviceLabels: { '-': '' } },
      nodeSelector: { zone: 'x'.repeat(64) },
    },
    problems: [
      ['spec.driver.labels["a b"]', /not a name/],
      ['spec.driver.labels.a', /not a value of a label/],
      ['spec.driver.annotations["a/b/c"]', /not a name/],
      ['spec.driver.serviceLabels["-"]', /not a name/],
      ['spec.nodeSelector.zone', /not a value/],
    ],
  },
  {
    what: 'a ConfigMap, a Secret and a mount at one path',
    spec: {
      volumes: [{ name: 'a' }],
      executor: {
        secrets: [{ name: 's', path: '/x', secretType: 'Generic' }],
        configMaps: [
          { name: 'c', path: '/x' },
          { name: 'd', path: '/y' },
        ],
        volumeMounts: [{ name: 'a', mountPath: '/x/' }],
      },
    },
    problems: [
      ['spec.executor.configMaps[0].path', /something else is mounted/],
      ['spec.executor.volumeMounts[0].mountPath', /something else is mounted/],
    ],
  },
  {
    what: 'mounts where the ConfigMaps of the application are mounted',
    spec: {
      hadoopConfigMap: 'hadoop',
      sparkConfigMap: 'spark',
      driver: { configMaps: [{ name: 'c', path: '/etc/hadoop/conf' }] },
      executor: { configMaps: [{ name: 'c', path: '/etc/spark/conf' }] },
    },
    problems: [
      ['spec.driver.configMaps[0].path', /something else is mounted/],
      ['spec.executor.configMaps[0].path', /something else is mounted/],
    ],
  },
  {
    what: "a mount that hides the driver's own configuration",
    spec: { volumes: [{ name: 'a' }], driver: { volumeMounts: [{ name: 'a', mountPath: '/opt/spark/conf' }] } },
    problems: [['spec.driver.volumeMounts[0].mountPath', /something else is mounted/]],
  },
  {
    what: 'volumes that would replace others of the pod',
    spec: {
      hadoopConfigMap: 'hadoop',
      sparkConfigMap: 'spark',
      volumes: [
        'spark-conf-volume-driver',
        'hadoop-configmap-volume',
        'spark-configmap-volume',
        'c-vol',
        's-volume',
      ].map((name) => ({ name })),
      driver: {
        configMaps: [{ name: 'c', path: '/c' }],
        secrets: [{ name: 's', path: '/s', secretType: 'Generic' }],
        volumeMounts: [
          { name: 'spark-conf-volume-driver', mountPath: '/1' },
          { name: 'hadoop-configmap-volume', mountPath: '/2' },
          { name: 'spark-configmap-volume', mountPath: '/3' },
          { name: 'c-vol', mountPath: '/4' },
          { name: 's-volume', mountPath: '/5' },
        ],
      },
    },
    problems: [0, 1, 2, 3, 4].map(
      (index) => [`spec.driver.volumeMounts[${index}].name`, /another volume named/] as const,
    ),
  },
  {
    what: 'mounts at the place and of the volume of the files of monitoring',
    spec: {
      monitoring: {
        exposeDriverMetrics: true,
        exposeExecutorMetrics: true,
        prometheus: { jmxExporterJar: '/a.jar', configFile: '/a.yaml' },
      },
      volumes: [
        { name: 'v', emptyDir: {} },
        { name: 'pi-prom-conf-vol', emptyDir: {} },
      ],
      driver: { volumeMounts: [{ name: 'v', mountPath: '/etc/metrics/conf/' }] },
      executor: { volumeMounts: [{ name: 'pi-prom-conf-vol', mountPath: '/a' }] },
    },
    problems: [
      ['spec.driver.volumeMounts[0].mountPath', /something else is mounted/],
      ['spec.executor.volumeMounts[0].name', /another volume named/],
    ],
  },
  ...[['jvm', /neither native nor pod/]].map(([submitter, words]) => ({
    what: `the submitter ${submitter}`,
    metadata: { annotations: { 'sparkoperator.k8s.io/submitter': submitter } },
    problems: [['metadata.annotations["sparkoperator.k8s.io/submitter"]', new RegExp(words ?? '')] as const],
  })),
  {
    what: 'local directories that Spark has no properties for',
    spec: {
      volumes: [{ name: 'spark-local-dir-1', configMap: { name: 'c' } }],
      driver: { volumeMounts: [{ name: 'spark-local-dir-1', mountPath: '/1' }] },
    },
    problems: [['spec.driver.volumeMounts[0].name', /unsupported volume type of spark-local-dir-1: use emptyDir/]],
  },
  {
    what: "a template that gives pods the operator's marks",
    spec: {
      driver: { template: { metadata: { labels: { 'sparkoperator.k8s.io/app-name': 'other', own: 'x' } } } },
      executor: { template: { metadata: { annotations: { 'pod.sparkoperator.k8s.io/env': '[]' } } } },
    },
    problems: [
      ['spec.driver.template.metadata.labels["sparkoperator.k8s.io/app-name"]', /operator’s own/],
      ['spec.executor.template.metadata.annotations', /written by the operator/],
    ],
  },
  {
    what: 'templates in which nobody finds the container of Spark',
    spec: {
      driver: { template: { spec: { containers: [{ name: 'main' }] } } },
      executor: { template: { spec: { containers: 'main' } } },
    },
    problems: [
      ['spec.driver.template.spec.containers', /must be named spark-kubernetes-driver/],
      ['spec.executor.template.spec.containers', /expected array/],
    ],
  },
];

export const invalidManifests: readonly InvalidManifest[] = [
  ...names,
  ...types,
  ...sizes,
  ...rules,
  ...denied,
  ...reservedLabels,
  ...ofOperator.map((row) => ({ ...row, by: 'operator' as const })),
];
