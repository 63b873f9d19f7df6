/**
 * The program in a driver pod, as far as Kubernetes sees it: it reads the mounted `spark.properties`, asks for its
 * executors until it has them all, and at its end removes what carries its application's label, as Spark's driver does.
 */
import { parse } from 'yaml';
import { z } from 'zod';
import { type Clock, pause } from '../clock.js';
import { messageOf } from '../errors.js';
import { parseJavaProperties } from '../java-properties.js';
import { type ApiClient, createObject, getObject } from '../kube/api-client.js';
import { isAlreadyExists, isNotFound } from '../kube/api-error.js';
import { configMaps, pods, type Resource, resourcePath, services } from '../kube/resources.js';
import type { Logger } from '../log.js';
import { executorPods, type PodTemplate, type SparkProperties } from './executor-pods.js';
import { requiredConfigMaps, type SimulatedPod } from './simulated-pod.js';

const firstRetryMilliseconds = 500;
const longestRetryMilliseconds = 8_000;

/** As it stands: the API server checks the pods that are made of it. */
const podTemplateSchema = z.custom<PodTemplate>((value) => typeof value === 'object' && value !== null);

const configMapSchema = z.object({ data: z.record(z.string(), z.string()).default({}) });

export interface SimulatedDriverOptions {
  client: ApiClient;
  /** Reads what the driver has mounted. */
  kubelet: ApiClient;
  clock: Clock;
  logger: Logger;
  pod: SimulatedPod;
}

export class SimulatedDriver {
  readonly #client: ApiClient;
  readonly #kubelet: ApiClient;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #pod: SimulatedPod;
  #properties: SparkProperties = new Map();

  constructor({ client, kubelet, clock, logger, pod }: SimulatedDriverOptions) {
    this.#client = client;
    this.#kubelet = kubelet;
    this.#clock = clock;
    this.#logger = logger;
    this.#pod = pod;
  }

  /** Resolves when every executor is created, or `signal` aborts; what the API server refuses is asked again. */
  async createExecutors(signal: AbortSignal): Promise<void> {
    let template: PodTemplate = {};
    await this.#persistently(signal, async () => {
      const files = await this.#readFiles();
      this.#properties = parseJavaProperties(files['spark.properties'] ?? '');
      template = podTemplateSchema.parse(parse(files['podspec-configmap-key'] ?? '{}'));
    });
    if (this.#properties.size === 0) return; // not a driver that anybody submitted
    for (const executor of executorPods(this.#pod, this.#properties, template)) {
      await this.#persistently(signal, async () => {
        try {
          await createObject(this.#client, pods, this.#pod.metadata.namespace, executor);
        } catch (error) {
          if (!isAlreadyExists(error)) throw error;
        }
      });
    }
  }

  /** Removes Services, executor pods and executor ConfigMaps of the application, as far as its conf does not keep them. */
  async cleanUp(): Promise<void> {
    const selector = `spark-app-selector=${this.#pod.metadata.labels['spark-app-selector']}`;
    if (this.#isOn('spark.kubernetes.driver.service.deleteOnTermination')) await this.#deleteAll(services, selector);
    if (!this.#isOn('spark.kubernetes.executor.deleteOnTermination')) return;
    await this.#deleteAll(pods, `${selector},spark-role=executor`);
    await this.#deleteAll(configMaps, `${selector},spark-role=executor`);
  }

  /** What its ConfigMaps hold, by key; of two with one key the first counts. */
  async #readFiles(): Promise<Readonly<Record<string, string>>> {
    const { namespace } = this.#pod.metadata;
    const files: Record<string, string>[] = [];
    for (const name of requiredConfigMaps(this.#pod)) {
      const { data } = configMapSchema.parse(await getObject(this.#kubelet, configMaps, { namespace, name }));
      files.push(data);
    }
    return Object.assign({}, ...files.reverse());
  }

  async #persistently(signal: AbortSignal, attempt: () => Promise<void>): Promise<void> {
    for (let wait = firstRetryMilliseconds; !signal.aborted; wait = Math.min(2 * wait, longestRetryMilliseconds)) {
      try {
        await attempt();
        return;
      } catch (error) {
        const { namespace, name } = this.#pod.metadata;
        this.#logger.warn({ driver: `${namespace}/${name}` }, `driver tries again in ${wait} ms: ${messageOf(error)}`);
        await pause(this.#clock, wait, signal);
      }
    }
  }

  async #deleteAll(resource: Resource, labelSelector: string): Promise<void> {
    const { namespace } = this.#pod.metadata;
    try {
      await this.#client.request({
        method: 'DELETE',
        path: resourcePath(resource, { namespace }),
        query: { labelSelector },
        body: { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' },
      });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  #isOn(key: string): boolean {
    return this.#properties.get(key) !== 'false';
  }
}
