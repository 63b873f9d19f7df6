/**
 * Where an end-to-end test works: a namespace of its own on the API server of KUBECONFIG, a simulated node for its pods,
 * and a record of the pods that were ever there. The operator is started by each test as it needs it.
 */
import { randomBytes } from 'node:crypto';
import type { Event } from 'kubernetes-types/core/v1.js';
import { z } from 'zod';
import { systemClock } from '../../src/clock.js';
import { messageOf } from '../../src/errors.js';
import { createObject, deleteObject, getObject } from '../../src/kube/api-client.js';
import { isNotFound } from '../../src/kube/api-error.js';
import { type Connection, connect } from '../../src/kube/connection.js';
import { HttpApiClient } from '../../src/kube/http-api-client.js';
import {
  customResourceDefinitions,
  events,
  namespaces,
  pods,
  type Resource,
  resourcePath,
  sparkApplications,
} from '../../src/kube/resources.js';
import { silentLogger } from '../../src/log.js';
import { SimulatedNode } from '../../src/sandbox/simulated-node.js';
import { eventually, Hopeless } from './eventually.js';
import { freePort } from './free-port.js';
import { applyManifest } from './manifests.js';
import { OperatorProcess } from './operator-process.js';
import { PodRecord } from './pod-record.js';

/** The status fields of the peer, which is what users read. */
const applicationSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), uid: z.string() }),
  status: z
    .looseObject({
      applicationState: z
        .looseObject({ state: z.string().default(''), errorMessage: z.string().default('') })
        .prefault({}),
      sparkApplicationId: z.string().nullish(),
      submissionID: z.string().nullish(),
      lastSubmissionAttemptTime: z.string().nullish(),
      terminationTime: z.string().nullish(),
      submissionAttempts: z.number().nullish(),
      executionAttempts: z.number().nullish(),
      driverInfo: z.looseObject({ podName: z.string().nullish() }).nullish(),
      executorState: z.record(z.string(), z.string()).nullish(),
    })
    .prefault({}),
});

export type Application = z.output<typeof applicationSchema>;

const serviceAccounts: Resource = {
  group: '',
  version: 'v1',
  plural: 'serviceaccounts',
  kind: 'ServiceAccount',
  namespaced: true,
};

const eventSchema = z.custom<Event>((value) => typeof value === 'object' && value !== null);

export class Site {
  readonly namespace: string;
  readonly client: HttpApiClient;
  readonly connection: Connection;
  readonly kubeconfig: string;
  readonly pods: PodRecord;
  readonly node: SimulatedNode;
  readonly #operators: OperatorProcess[] = [];

  private constructor(kubeconfig: string, connection: Connection, namespace: string) {
    this.kubeconfig = kubeconfig;
    this.connection = connection;
    this.namespace = namespace;
    this.client = new HttpApiClient(connection);
    this.pods = new PodRecord(this.client, namespace);
    this.node = new SimulatedNode({
      client: this.client,
      clock: systemClock,
      random: Math.random,
      logger: silentLogger,
      namespace,
    });
  }

  /**
   * Installs the CRD and the policy, makes the namespace and starts the simulated node.
   * @param nodes `real`: the cluster has nodes of its own, and the simulated one stays off
   * @param definition another CRD than ours
   */
  static async open(
    subject: string,
    nodes: 'simulated' | 'real' = 'simulated',
    kubeconfig: string | undefined = process.env['KUBECONFIG'],
    definition?: object,
  ): Promise<Site> {
    if (!kubeconfig) throw new Error('KUBECONFIG is not set: run this by `npm run test:e2e`');
    const connection = await connect({ kubeconfig }, {});
    const site = new Site(kubeconfig, connection, `${subject}-${randomBytes(3).toString('hex')}`);
    if (definition === undefined) await applyManifest(site.client, 'charts/plain/crds.yaml');
    else await createObject(site.client, customResourceDefinitions, undefined, definition);
    await applyManifest(site.client, 'charts/plain/policy.yaml');
    await createObject(site.client, namespaces, undefined, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: site.namespace },
    });
    await eventually('the CRD to be served', () => site.list(sparkApplications));
    await eventually('the namespace to take pods', () => site.tryPod('probe'));
    await site.pods.start();
    if (nodes === 'simulated') site.node.start();
    return site;
  }

  /** Stops everything and has the namespace deleted, without waiting for that. */
  async close(): Promise<void> {
    for (const operator of this.#operators) await operator.stop();
    await this.node.stop();
    await this.pods.stop();
    await deleteObject(this.client, namespaces, { name: this.namespace });
    await this.client.close();
  }

  /** `firesteel run`, on this namespace alone and with a registration of its own. */
  async startRun(): Promise<OperatorProcess> {
    return this.spawn('run', { ...this.webhookFlags(await freePort()), kubeconfig: this.kubeconfig }).ready();
  }

  spawn(
    command: 'run' | 'reconciler' | 'webhook',
    flags: Record<string, string | number>,
    environment: Record<string, string> = {},
  ): OperatorProcess {
    const defaults = { namespaces: this.namespace, 'log-level': 'debug' };
    const operator = new OperatorProcess(command, { ...defaults, ...flags }, [], environment);
    this.#operators.push(operator);
    return operator;
  }

  get registrationName(): string {
    return `firesteel-${this.namespace}`;
  }

  webhookFlags(port: number): Record<string, string | number> {
    return {
      'webhook-port': port,
      'mutating-webhook-name': this.registrationName,
      'webhook-secret-name': 'firesteel-webhook-certificate',
      'webhook-secret-namespace': this.namespace,
    };
  }

  /** Creates an application of the smallest spec and what is given over it. */
  async submit(name: string, spec: object = {}, labels: Record<string, string> = {}): Promise<void> {
    await createObject(this.client, sparkApplications, this.namespace, {
      apiVersion: 'sparkoperator.k8s.io/v1beta2',
      kind: 'SparkApplication',
      metadata: { name, labels },
      spec: { ...smallestSpec, ...spec },
    });
  }

  async application(name: string): Promise<Application> {
    return applicationSchema.parse(
      await getObject(this.client, sparkApplications, { namespace: this.namespace, name }),
    );
  }

  /** The application when it is in `state`; fails at once when it has ended in another. */
  untilState(name: string, state: string, withinMilliseconds?: number): Promise<Application> {
    let seen = '';
    return eventually(
      `${name} to be ${state}`,
      async () => {
        const application = await this.application(name);
        const { state: present, errorMessage } = application.status.applicationState;
        seen = `${present} ${errorMessage}`;
        if (present === state) return application;
        if (present === 'COMPLETED' || present === 'FAILED')
          throw new Hopeless(`${name} is ${seen} instead of ${state}`);
        return undefined;
      },
      withinMilliseconds,
    ).catch((error: unknown) => {
      throw new Error(`${messageOf(error)}; it is ${seen}; the operator:\n${this.#operators.at(-1)?.tail()}`);
    });
  }

  /** The application once its errorMessage matches, in whatever state. */
  untilMessage(name: string, pattern: RegExp): Promise<Application> {
    let seen = '';
    return eventually(`the errorMessage of ${name} to match ${pattern}`, async () => {
      const application = await this.application(name);
      seen = application.status.applicationState.errorMessage;
      return pattern.test(seen) && application;
    }).catch((error: unknown) => {
      throw new Error(
        `${messageOf(error)}; it is ${JSON.stringify(seen)}; the operator:\n${this.#operators.at(-1)?.tail()}`,
      );
    });
  }

  async list(resource: Resource): Promise<{ metadata: { name: string } & Record<string, unknown> }[]> {
    const listSchema = z.object({
      items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })),
    });
    return listSchema.parse(
      await this.client.request({ method: 'GET', path: resourcePath(resource, { namespace: this.namespace }) }),
    ).items;
  }

  async exists(resource: Resource, name: string): Promise<boolean> {
    try {
      await getObject(this.client, resource, { namespace: this.namespace, name });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  /** Needed by the pods that name it, where the API server asks for service accounts. */
  async createServiceAccount(name: string): Promise<void> {
    const serviceAccount = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } };
    await createObject(this.client, serviceAccounts, this.namespace, serviceAccount);
  }

  /** Whether kube-controller-manager, or its like, is there: it makes a service account for every namespace. */
  collectsGarbage(): Promise<boolean> {
    return this.exists(serviceAccounts, 'default');
  }

  /** Reasons of the events on an application. */
  async eventReasons(name: string): Promise<string[]> {
    const list = z
      .object({ items: z.array(eventSchema) })
      .parse(await this.client.request({ method: 'GET', path: resourcePath(events, { namespace: this.namespace }) }));
    return list.items
      .filter(({ involvedObject }) => involvedObject.kind === 'SparkApplication' && involvedObject.name === name)
      .map(({ reason }) => reason ?? '');
  }

  /** Asks whether a pod would be admitted, without creating it. @throws {ApiError} if not */
  async tryPod(name: string, labels: Record<string, string> = {}): Promise<unknown> {
    return this.client.request({
      method: 'POST',
      path: resourcePath(pods, { namespace: this.namespace }),
      query: { dryRun: 'All' },
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, labels },
        spec: { containers: [{ name: 'main', image: 'none' }] },
      },
    });
  }
}

export const smallestSpec = {
  type: 'Scala',
  mode: 'cluster',
  image: 'spark:3.5.1',
  mainClass: 'org.apache.spark.examples.SparkPi',
  mainApplicationFile: 'local:///opt/spark/examples/jars/spark-examples_2.12-3.5.1.jar',
};

/** Annotations that script the simulated pod; for `driver.annotations` and `executor.annotations`. */
export function script(keys: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(keys).map(([key, value]) => [`sandbox.firesteel/${key}`, value]));
}
