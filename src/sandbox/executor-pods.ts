/**
 * The executor pods that Spark's driver asks for, from its `spark.properties`
 * (org.apache.spark.scheduler.cluster.k8s.ExecutorPodsAllocator and BasicExecutorFeatureStep, the parts that show).
 */
import type { EnvVar, Pod } from 'kubernetes-types/core/v1.js';
import type { SimulatedPod } from './simulated-pod.js';

export type SparkProperties = ReadonlyMap<string, string>;

const mebibytesPerUnit: Record<string, number> = { k: 1 / 1_024, m: 1, g: 1_024, t: 1_048_576 };
const minimalOverheadMebibytes = 384;

/** In the order in which they are created; as many as `spark.executor.instances` says, Spark's default being 2. */
export function executorPods(driver: SimulatedPod, properties: SparkProperties): Pod[] {
  const instances = Number.parseInt(properties.get('spark.executor.instances') ?? '2', 10);
  return Array.from({ length: instances }, (_, index) => executorPod(driver, properties, String(index + 1)));
}

function executorPod(driver: SimulatedPod, properties: SparkProperties, id: string): Pod {
  const { labels, uid } = driver.metadata;
  const applicationId = properties.get('spark.app.id') ?? labels['spark-app-selector'] ?? '';
  const filled = (text: string) => text.replaceAll('{{APP_ID}}', applicationId).replaceAll('{{EXECUTOR_ID}}', id);
  const conf = (prefix: string) =>
    Object.fromEntries(withPrefix(properties, prefix).map(([key, value]) => [key, filled(value)]));
  const name = `${podNamePrefix(driver, properties)}-exec-${id}`;
  const serviceAccount =
    properties.get('spark.kubernetes.authenticate.executor.serviceAccountName') ??
    properties.get('spark.kubernetes.authenticate.driver.serviceAccountName');
  const memory = `${memoryMebibytes(properties)}Mi`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      labels: {
        ...conf('spark.kubernetes.executor.label.'),
        'spark-version': labels['spark-version'] ?? '',
        'spark-app-name': labels['spark-app-name'] ?? '',
        'spark-app-selector': applicationId,
        'spark-exec-id': id,
        'spark-exec-resourceprofile-id': '0',
        'spark-role': 'executor',
      },
      annotations: conf('spark.kubernetes.executor.annotation.'),
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: driver.metadata.name, uid, controller: true }],
    },
    spec: {
      restartPolicy: 'Never',
      hostname: name.slice(-63).replace(/^\W+/u, ''),
      ...(serviceAccount === undefined ? {} : { serviceAccountName: serviceAccount }),
      containers: [
        {
          name: 'spark-kubernetes-executor',
          image:
            properties.get('spark.kubernetes.executor.container.image') ??
            properties.get('spark.kubernetes.container.image') ??
            '',
          args: ['executor'],
          env: environment(properties, applicationId, id),
          ports: [{ name: 'blockmanager', containerPort: 7_079, protocol: 'TCP' }],
          resources: {
            requests: {
              cpu:
                properties.get('spark.kubernetes.executor.request.cores') ??
                properties.get('spark.executor.cores') ??
                '1',
              memory,
            },
            limits: { memory },
          },
        },
      ],
    },
  };
}

/** Steady for one driver, so that a driver which is simulated anew knows its executors. */
function podNamePrefix(driver: SimulatedPod, properties: SparkProperties): string {
  const given = properties.get('spark.kubernetes.executor.podNamePrefix');
  if (given !== undefined) return given;
  const applicationName = (properties.get('spark.app.name') ?? 'spark').toLowerCase().replace(/[^a-z0-9]+/gu, '-');
  return `${applicationName}-${driver.metadata.uid.replaceAll('-', '').slice(0, 16)}`;
}

function environment(properties: SparkProperties, applicationId: string, id: string): EnvVar[] {
  const variables = {
    SPARK_EXECUTOR_CORES: properties.get('spark.executor.cores') ?? '1',
    SPARK_EXECUTOR_MEMORY: properties.get('spark.executor.memory') ?? '1g',
    SPARK_APPLICATION_ID: applicationId,
    SPARK_EXECUTOR_ID: id,
    ...Object.fromEntries(withPrefix(properties, 'spark.executorEnv.')),
  };
  return Object.entries(variables).map(([name, value]) => ({ name, value }));
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
