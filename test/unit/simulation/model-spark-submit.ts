/**
 * spark-submit in a submission pod, as far as it can harm: request by request it makes the driver pod and the driver's
 * ConfigMap from the properties that the pod mounts, and it may die between any two of them.
 */
import { parseJavaProperties } from '../../../src/java-properties.js';
import type { ModelApiServer } from './model-api-server.js';

const core = '/api/v1/namespaces/default';

export class ModelSparkSubmit {
  private driver: { name: string; uid: string } | undefined;
  private steps = 0;

  /** @param configMap name of the one with the properties; @param id 16 hex digits */
  constructor(
    private readonly server: ModelApiServer,
    private readonly configMap: string,
    private readonly id: string,
    private readonly args: readonly string[],
  ) {}

  /** The next request; `ended` when there is none left, `failed` when it was refused. */
  step(): 'running' | 'ended' | 'failed' {
    this.steps += 1;
    try {
      if (this.steps === 1) this.createDriver();
      else if (this.steps === 2) this.createConfigMap();
      return this.steps > 2 ? 'ended' : 'running';
    } catch {
      return 'failed';
    }
  }

  private createDriver(): void {
    const properties = this.properties();
    const withPrefix = (prefix: string) =>
      Object.fromEntries(
        [...properties]
          .filter(([key]) => key.startsWith(prefix))
          .map(([key, value]) => [key.slice(prefix.length), value]),
      );
    const { metadata } = this.server.create(`${core}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: properties.get('spark.kubernetes.driver.pod.name') ?? '',
        uid: '',
        resourceVersion: '',
        labels: {
          ...withPrefix('spark.kubernetes.driver.label.'),
          'spark-role': 'driver',
          'spark-app-selector': `spark-${this.id}`,
        },
        annotations: withPrefix('spark.kubernetes.driver.annotation.'),
      },
      spec: {
        containers: [{ name: 'spark-kubernetes-driver', args: this.args }],
        volumes: [{ name: 'spark-conf-volume-driver', configMap: { name: this.driverConfigMap } }],
      },
    });
    this.driver = { name: metadata.name, uid: metadata.uid };
  }

  private createConfigMap(): void {
    const { name = '', uid = '' } = this.driver ?? {};
    this.server.create(`${core}/configmaps`, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: this.driverConfigMap,
        uid: '',
        resourceVersion: '',
        ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid, controller: true }],
      },
    });
  }

  private get driverConfigMap(): string {
    return `spark-drv-${this.id}-conf-map`;
  }

  private properties(): ReadonlyMap<string, string> {
    const { data } = this.server.existing(`${core}/configmaps/${this.configMap}`);
    return parseJavaProperties((data as Record<string, string>)['spark.properties'] ?? '');
  }
}
