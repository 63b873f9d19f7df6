/**
 * One application on an API server, an operator whose clock the test owns, and no node: the test moves the driver pod through
 * exactly the states that it wants.
 */
import { setMaxListeners } from 'node:events';
import { Reconciler } from '../../reconciler/reconciler.js';
import { defaultSettings } from '../../reconciler/settings.js';
import { label } from '../../src/api/labels.js';
import type { SparkApplicationStatus } from '../../src/api/status.js';
import { configMaps, events, pods, sparkApplications } from '../../src/kube/resources.js';
import { silentLogger } from '../../src/log.js';
import { application, configMap, ownedBy } from '../integration/bodies.js';
import type { Body, IntegrationSite } from '../integration/site.js';
import { AdvancingClock } from './advancing-clock.js';
import type { ApplicationWitness } from './application-witness.js';
import { CountedClient } from './counted-client.js';

const finalizer = 'tests.firesteel/hold';

export class LifecycleStage {
  readonly #clock = new AdvancingClock();
  readonly name: string;
  readonly driverName: string;
  readonly #site: IntegrationSite;
  readonly #witness: ApplicationWitness;
  readonly #client: CountedClient;
  #operator: Reconciler | undefined;

  constructor(site: IntegrationSite, witness: ApplicationWitness, name: string) {
    this.name = name;
    this.driverName = `${name}-driver`;
    this.#site = site;
    this.#witness = witness;
    this.#client = new CountedClient(site.client);
  }

  /** The application is there, and nobody works on it. */
  async create(spec: object = {}, annotations: Record<string, string> = {}): Promise<void> {
    await this.#site.create(sparkApplications, application(this.name, spec, { annotations }));
    await this.#witness.untilState(this.name, '');
  }

  /** The operator works from now on. */
  async operate(): Promise<void> {
    setMaxListeners(0);
    this.#operator = new Reconciler({
      client: this.#client,
      namespaces: [this.#site.namespace],
      concurrency: 2,
      maximumSimilarEvents: 10,
      settings: defaultSettings,
      clock: this.#clock,
      random: Math.random,
      logger: silentLogger,
    });
    await this.#operator.start();
  }

  /** SUBMITTED: the driver pod is there, and claimed. */
  async submit(spec: object = {}, annotations: Record<string, string> = {}): Promise<void> {
    await this.create(spec, annotations);
    await this.operate();
    await this.claimed();
  }

  claimed(): Promise<SparkApplicationStatus> {
    return this.#witness.until(this.name, 'have a driver', ({ status }) => status.driverInfo?.podUid != null);
  }

  /** Of the driver pod, as a kubelet or a scheduler would write it. */
  async driver(status: object): Promise<void> {
    await this.#site.patch(pods, `${this.driverName}/status`, 'merge', { status });
  }

  /** The driver pod does not go when it is deleted, as on a node that can not be reached. */
  async hold(): Promise<void> {
    await this.#site.patch(pods, this.driverName, 'merge', { metadata: { finalizers: [finalizer] } });
  }

  async letGo(): Promise<void> {
    await this.#site.patch(pods, this.driverName, 'merge', { metadata: { finalizers: null } });
  }

  /** As without the right to, or where a policy is against it. */
  refuseDeletionOfPods(): void {
    this.#client.refuses = ({ method, path }) => method === 'DELETE' && path.includes('/pods/');
  }

  /** As `kubectl delete pod` does. */
  async deleteDriver(): Promise<void> {
    await this.#site.remove(pods, this.driverName);
  }

  async driverPod(): Promise<Body> {
    return (await this.#site.get(pods, this.driverName)).body;
  }

  /** Somebody else's pod stands where the driver belongs. */
  async takeName(metadata: object = {}): Promise<void> {
    const container = { name: 'main', image: 'none' };
    const pod = { metadata: { name: this.driverName, ...metadata }, spec: { containers: [container] } };
    await this.#site.create(pods, pod);
  }

  /** The driver of a deleted application of this name does; what owns it is anything that is there. */
  async takeNameAsPredecessor(): Promise<void> {
    const { body } = await this.#site.create(configMaps, configMap(`of-${this.name}`));
    const owner = { kind: 'ConfigMap', metadata: body.metadata };
    await this.takeName({ labels: { [label.applicationName]: this.name }, ...ownedBy(owner, { controller: true }) });
  }

  /** What Kubernetes tells of the driver. */
  async warn(reason: string, message: string): Promise<void> {
    const { uid } = (await this.driverPod()).metadata;
    const involvedObject = { kind: 'Pod', namespace: this.#site.namespace, name: this.driverName, uid };
    const times = { firstTimestamp: later, lastTimestamp: later };
    const metadata = { name: `${this.driverName}-warning` };
    await this.#site.create(events, { metadata, involvedObject, type: 'Warning', reason, message, ...times });
  }

  async edit(spec: object): Promise<void> {
    await this.#site.patch(sparkApplications, this.name, 'merge', { spec });
  }

  async annotate(annotations: Record<string, string>): Promise<void> {
    await this.#site.patch(sparkApplications, this.name, 'merge', { metadata: { annotations } });
  }

  /** As another operator, or an earlier version of this one, has left it. */
  async leave(state: string, status: object = {}): Promise<void> {
    const body = { status: { applicationState: { state }, ...status } };
    await this.#site.patch(sparkApplications, `${this.name}/status`, 'merge', body);
    await this.#witness.untilState(this.name, state);
  }

  until(state: string): Promise<SparkApplicationStatus> {
    return this.#witness.untilState(this.name, state);
  }

  /** The status once its message has those words. */
  untilMessage(words: RegExp): Promise<SparkApplicationStatus> {
    return this.#witness.until(this.name, `say ${words}`, ({ status }) =>
      words.test(status.applicationState?.errorMessage ?? ''),
    );
  }

  /** By the operator's clock, in milliseconds since the epoch. */
  now(): number {
    return this.#clock.now();
  }

  /** What the operator had to do has been done before its clock moves. */
  async advance(milliseconds: number): Promise<void> {
    await this.#client.quiet();
    this.#clock.advance(milliseconds);
  }

  /** The operator's clock stands at that time, and all that is to be done by then has been done. */
  async standAt(time: number): Promise<void> {
    await this.#client.quiet();
    this.#clock.standAt(time);
    await this.#client.quiet();
  }

  async stop(): Promise<void> {
    this.#clock.go();
    await this.#operator?.stop();
  }
}

/** Events that are of any time at which a test may ask. */
const later = '2100-01-01T00:00:00Z';
