/**
 * spark-submit in a submission pod, as far as it can harm: request by request it makes the driver pod and the driver's
 * ConfigMap from the properties that the pod mounts, and it may die between any two of them.
 */

import { parseJavaProperties } from '../../../src/java-properties.js';
import type { ApiRequest } from '../../../src/kube/api-client.js';
import { configMaps, pods } from '../../../src/kube/resources.js';
import { collectionOf } from './addresses.js';
import type { StoredObject } from './stored-object.js';

export class ModelSparkSubmit {
  private driver: StoredObject | undefined;
  private steps = 0;

  /** @param id 16 hex digits; @param properties what the pod mounts */
  constructor(
    private readonly send: (request: ApiRequest) => Promise<StoredObject>,
    private readonly properties: string,
    private readonly id: string,
    private readonly args: readonly string[],
  ) {}

  /** The next request; `ended badly` when it was refused. */
  async step(): Promise<'runs' | 'ended well' | 'ended badly'> {
    this.steps += 1;
    try {
      if (this.steps === 1)
        this.driver = await this.send({ method: 'POST', path: collectionOf(pods), body: this.pod() });
      else if (this.steps === 2)
        await this.send({ method: 'POST', path: collectionOf(configMaps), body: this.configMap() });
      return this.steps > 2 ? 'ended well' : 'runs';
    } catch {
      return 'ended badly';
    }
  }

  private pod(): object {
    const properties = parseJavaProperties(this.properties);
    const withPrefix = (prefix: string) =>
      Object.fromEntries(
        [...properties]
          .filter(([key]) => key.startsWith(prefix))
          .map(([key, value]) => [key.slice(prefix.length), value]),
      );
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: properties.get('spark.kubernetes.driver.pod.name') ?? '',
        labels: {
          ...withPrefix('spark.kubernetes.driver.label.'),
          'spark-role': 'driver',
          'spark-app-selector': `spark-${this.id}`,
        },
        annotations: withPrefix('spark.kubernetes.driver.annotation.'),
      },
      spec: {
        restartPolicy: 'Never',
        containers: [{ name: 'spark-kubernetes-driver', image: 'spark:4.3.0', args: this.args }],
        volumes: [{ name: 'spark-conf-volume-driver', configMap: { name: this.driverConfigMap } }],
      },
    };
  }

  private configMap(): object {
    const { name = '', uid = '' } = this.driver?.metadata ?? {};
    return {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: this.driverConfigMap,
        ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid, controller: true }],
      },
      data: { 'spark.properties': this.properties },
    };
  }

  private get driverConfigMap(): string {
    return `spark-drv-${this.id}-conf-map`;
  }
}
