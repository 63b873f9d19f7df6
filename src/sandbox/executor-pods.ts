/**
 * The executor pods that Spark's driver asks for, from its `spark.properties` and the pod template of its executors
 * (org.apache.spark.scheduler.cluster.k8s.ExecutorPodsAllocator, BasicExecutorFeatureStep, EnvSecretsFeatureStep and
 * ExecutorKubernetesCredentialsFeatureStep of Spark 4.1, the parts that show).
 */
import type { Container, EnvVar, Pod, PodSpec } from 'kubernetes-types/core/v1.js';
import type { ObjectMeta } from 'kubernetes-types/meta/v1.js';
import type { SimulatedPod } from './simulated-pod.js';

export type SparkProperties = ReadonlyMap<string, string>;

/** What of a pod template counts: Spark overwrites the rest, or takes it over as it is. */
export interface PodTemplate {
  readonly metadata?: ObjectMeta | undefined;
  readonly spec?: Partial<PodSpec> | undefined;
}

const mebibytesPerUnit: Record<string, number> = { k: 1 / 1_024, m: 1, g: 1_024, t: 1_048_576 };
const minimalOverheadMebibytes = 384;

/** In the order in which they are created; as many as `spark.executor.instances` says, Spark's default being 2. */
export function executorPods(driver: SimulatedPod, properties: SparkProperties, template: PodTemplate = {}): Pod[] {
  const instances = Number.parseInt(properties.get('spark.executor.instances') ?? '2', 10);
  return Array.from({ length: instances }, (_, index) => executorPod(driver, properties, template, String(index + 1)));
}

function executorPod(driver: SimulatedPod, properties: SparkProperties, template: PodTemplate, id: string): Pod {
  const { labels, uid } = driver.metadata;
  const applicationId = properties.get('spark.app.id') ?? labels['spark-app-selector'] ?? '';
  const filled = (text: string) => text.replaceAll('{{APP_ID}}', applicationId).replaceAll('{{EXECUTOR_ID}}', id);
  const conf = (prefix: string) =>
    Object.fromEntries(withPrefix(properties, prefix).map(([key, value]) => [key, filled(value)]));
  const name = `${podNamePrefix(driver, properties)}-exec-${id}`;
  const { metadata = {}, spec = {} } = template;
  const { spark, others } = containersOf(spec, properties);
  const owner = { apiVersion: 'v1', kind: 'Pod', name: driver.metadata.name, uid, controller: true };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      name,
      labels: {
        ...metadata.labels,
        ...conf('spark.kubernetes.executor.label.'),
        'spark-version': labels['spark-version'] ?? '',
        'spark-app-name': labels['spark-app-name'] ?? '',
        'spark-app-selector': applicationId,
        'spark-exec-id': id,
        'spark-exec-resourceprofile-id': '0',
        'spark-role': 'executor',
      },
      annotations: { ...metadata.annotations, ...conf('spark.kubernetes.executor.annotation.') },
      ownerReferences: [...(metadata.ownerReferences ?? []), owner],
    },
    spec: {
      ...spec,
      restartPolicy: 'Never',
      hostname: name.slice(-63).replace(/^\W+/u, ''),
      terminationGracePeriodSeconds: seconds(properties),
      ...serviceAccountOf(spec, properties),
      ...schedulerOf(properties),
      ...nodeSelectorOf(spec, properties),
      containers: [...others, executorContainer(spark, properties, applicationId, id)],
    },
  };
}

/** Of the template's containers that of Spark, which is moved to the end. */
function containersOf({ containers = [] }: Partial<PodSpec>, properties: SparkProperties) {
  const wanted = properties.get('spark.kubernetes.executor.podTemplateContainerName');
  const spark = containers.find(({ name }) => name === wanted) ?? containers[0];
  return { spark, others: containers.filter((container) => container !== spark) };
}

function executorContainer(
  given: Partial<Container> = {},
  properties: SparkProperties,
  applicationId: string,
  id: string,
): Container {
  const memory = `${memoryMebibytes(properties)}Mi`;
  const cpu =
    properties.get('spark.kubernetes.executor.request.cores') ?? properties.get('spark.executor.cores') ?? '1';
  return {
    ...given,
    name: given.name ?? 'spark-kubernetes-executor',
    image:
      properties.get('spark.kubernetes.executor.container.image') ??
      properties.get('spark.kubernetes.container.image') ??
      '',
    args: [...(given.args ?? []), 'executor'],
    env: [...(given.env ?? []), ...environment(properties, applicationId, id)],
    ports: [...(given.ports ?? []), { name: 'blockmanager', containerPort: 7_079, protocol: 'TCP' }],
    resources: {
      ...given.resources,
      requests: { ...given.resources?.requests, cpu, memory },
      limits: { ...given.resources?.limits, memory },
    },
  };
}

function seconds(properties: SparkProperties): number {
  return Number.parseInt(properties.get('spark.kubernetes.executor.terminationGracePeriodSeconds') ?? '30', 10);
}

/** That of the template goes before, judged by its old name. */
function serviceAccountOf({ serviceAccount }: Partial<PodSpec>, properties: SparkProperties): Partial<PodSpec> {
  const account =
    properties.get('spark.kubernetes.authenticate.executor.serviceAccountName') ??
    properties.get('spark.kubernetes.authenticate.driver.serviceAccountName');
  return serviceAccount !== undefined || account === undefined ? {} : { serviceAccountName: account };
}

function schedulerOf(properties: SparkProperties): Partial<PodSpec> {
  const schedulerName =
    properties.get('spark.kubernetes.executor.scheduler.name') ?? properties.get('spark.kubernetes.scheduler.name');
  return schedulerName === undefined ? {} : { schedulerName };
}

function nodeSelectorOf({ nodeSelector }: Partial<PodSpec>, properties: SparkProperties): Partial<PodSpec> {
  const ofConf = [
    ...withPrefix(properties, 'spark.kubernetes.node.selector.'),
    ...withPrefix(properties, 'spark.kubernetes.executor.node.selector.'),
  ];
  return ofConf.length === 0 ? {} : { nodeSelector: { ...nodeSelector, ...Object.fromEntries(ofConf) } };
}

/** Steady for one driver, so that a driver which is simulated anew knows its executors. */
function podNamePrefix(driver: SimulatedPod, properties: SparkProperties): string {
  const given = properties.get('spark.kubernetes.executor.podNamePrefix');
  if (given !== undefined) return given;
  const applicationName = (properties.get('spark.app.name') ?? 'spark').toLowerCase().replace(/[^a-z0-9]+/gu, '-');
  return `${applicationName}-${driver.metadata.uid.replaceAll('-', '').slice(0, 16)}`;
}

/** Of one name the last counts. */
function environment(properties: SparkProperties, applicationId: string, id: string): EnvVar[] {
  const variables = [
    ['SPARK_USER', 'spark'],
    ['SPARK_EXECUTOR_CORES', properties.get('spark.executor.cores') ?? '1'],
    ['SPARK_EXECUTOR_MEMORY', properties.get('spark.executor.memory') ?? '1g'],
    ['SPARK_APPLICATION_ID', applicationId],
    ['SPARK_CONF_DIR', '/opt/spark/conf'],
    ['SPARK_EXECUTOR_ID', id],
    ['SPARK_RESOURCE_PROFILE_ID', '0'],
    ...withPrefix(properties, 'spark.executorEnv.'),
  ] as const;
  const ofSecrets = withPrefix(properties, 'spark.kubernetes.executor.secretKeyRef.').map(([name, reference]) => {
    const [secret = '', key = ''] = reference.split(':');
    return { name, valueFrom: { secretKeyRef: { name: secret, key } } };
  });
  return [
    ...variables.map(([name, value]) => ({ name, value })),
    { name: 'SPARK_EXECUTOR_POD_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
    { name: 'SPARK_EXECUTOR_POD_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
    ...ofSecrets,
  ];
}

function withPrefix(properties: SparkProperties, prefix: string): [string, string][] {
  return [...properties].flatMap(([key, value]): [string, string][] =>
    key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [],
  );
}

function memoryMebibytes(properties: SparkProperties): number {
  const heap = mebibytes(properties.get('spark.executor.memory') ?? '1g');
  const overhead = properties.get('spark.executor.memoryOverhead');
  const factor = Number(properties.get('spark.kubernetes.memoryOverheadFactor') ?? '0.1');
  return (
    heap +
    (overhead === undefined ? Math.max(Math.trunc(heap * factor), minimalOverheadMebibytes) : mebibytes(overhead))
  );
}

function mebibytes(size: string): number {
  const unit = /[kmgt]/iu.exec(size)?.[0].toLowerCase() ?? 'm';
  return Math.trunc(Number.parseInt(size, 10) * (mebibytesPerUnit[unit] ?? 1));
}
