/**
 * What spark-submit does in a submission pod, as far as the cluster sees it: from the properties that the pod mounts it makes
 * a driver pod and the ConfigMap that the driver waits for. Nothing is uploaded.
 */
import { z } from 'zod';
import { label } from '../api/labels.js';
import { parseJavaProperties } from '../java-properties.js';
import { type ApiClient, createObject, getObject } from '../kube/api-client.js';
import { configMaps, pods } from '../kube/resources.js';
import { requiredConfigMaps, type SimulatedPod } from './simulated-pod.js';

const configMapSchema = z.looseObject({ data: z.record(z.string(), z.string()).default({}) });
const createdSchema = z.looseObject({ metadata: z.looseObject({ name: z.string(), uid: z.string() }) });

export function isSubmissionPod(pod: SimulatedPod): boolean {
  return pod.metadata.labels[label.submitter] === 'pod' && pod.metadata.labels[label.role] === undefined;
}

/**
 * Makes the driver; throws what the API server refuses.
 * @param kubelet reads what the pod has mounted
 */
export async function simulateSubmit(client: ApiClient, kubelet: ApiClient, pod: SimulatedPod): Promise<void> {
  const { namespace, uid } = pod.metadata;
  const [name = ''] = requiredConfigMaps(pod);
  const { data } = configMapSchema.parse(await getObject(kubelet, configMaps, { namespace, name }));
  const properties = parseJavaProperties(data['spark.properties'] ?? '');
  const configMap = `spark-drv-${uid.replaceAll('-', '').slice(0, 16)}-conf-map`;
  const driver = await createObject(client, pods, namespace, driverPod(properties, uid, configMap));
  const { metadata } = createdSchema.parse(driver);
  await createObject(client, configMaps, namespace, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: configMap,
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: metadata.name, uid: metadata.uid, controller: true }],
    },
    data,
  });
}

function driverPod(properties: ReadonlyMap<string, string>, uid: string, configMap: string): object {
  const annotations = withPrefix(properties, 'spark.kubernetes.driver.annotation.');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: properties.get('spark.kubernetes.driver.pod.name'),
      labels: {
        ...withPrefix(properties, 'spark.kubernetes.driver.label.'),
        [label.applicationId]: `spark-${uid.replaceAll('-', '')}`,
        [label.role]: 'driver',
      },
      annotations,
    },
    spec: {
      restartPolicy: 'Never',
      containers: [
        { name: 'spark-kubernetes-driver', image: properties.get('spark.kubernetes.container.image') ?? 'spark' },
      ],
      volumes: [{ name: 'spark-conf-volume-driver', configMap: { name: configMap } }],
    },
  };
}

function withPrefix(properties: ReadonlyMap<string, string>, prefix: string): Record<string, string> {
  const matching = [...properties].filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(matching.map(([key, value]) => [key.slice(prefix.length), value]));
}
