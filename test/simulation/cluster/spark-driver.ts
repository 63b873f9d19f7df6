/**
 * A driver at work, as far as it can harm: it asks for its executors one by one, for another where one has failed, up to a
 * number of them, with the labels and annotations that its properties say.
 */
import { parseJavaProperties } from '../../../src/java-properties.js';
import { pods } from '../../../src/kube/resources.js';
import { collectionOf } from './addresses.js';
import type { StoredObject } from './stored-object.js';

/** @param id of the executor, from 1 on; @param properties what the driver mounts */
export function executorPod(driver: StoredObject, properties: string, id: number): { path: string; body: object } {
  const conf = parseJavaProperties(properties);
  const withPrefix = (prefix: string) =>
    Object.fromEntries(
      [...conf].filter(([key]) => key.startsWith(prefix)).map(([key, value]) => [key.slice(prefix.length), value]),
    );
  const { name, uid, labels = {} } = driver.metadata;
  return {
    path: collectionOf(pods),
    body: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `${uid}-exec-${id}`,
        labels: {
          ...withPrefix('spark.kubernetes.executor.label.'),
          'spark-role': 'executor',
          'spark-exec-id': String(id),
          'spark-app-selector': labels['spark-app-selector'] ?? '',
        },
        annotations: withPrefix('spark.kubernetes.executor.annotation.'),
        ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid, controller: true }],
      },
      spec: { restartPolicy: 'Never', containers: [{ name: 'spark-kubernetes-executor', image: 'spark:4.3.0' }] },
    },
  };
}
