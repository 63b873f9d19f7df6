/**
 * Moves pods through their phases as a kubelet would, on any API server and with a plain API client: no container runs.
 * A pod's annotations script it (simulated-pod.ts), its status says where it stands, and `nextStep` decides; here is only
 * the doing. Pods are not bound to a node, so that no Node object is needed, and a deleted pod is gone at once.
 */
import type { Clock } from '../clock.js';
import { messageOf } from '../errors.js';
import { type ApiClient, getObject, mergePatch } from '../kube/api-client.js';
import { isConflict, isNotFound } from '../kube/api-error.js';
import { ListWatch } from '../kube/list-watch.js';
import { isNewer } from '../kube/objects.js';
import { configMaps, pods, resourcePath } from '../kube/resources.js';
import type { Logger } from '../log.js';
import { nextStep, runningSince, type Stage, type Step, stageOf } from './pod-phases.js';
import { SimulatedDriver } from './simulated-driver.js';
import { isDriver, logOf, requiredConfigMaps, type SimulatedPod, simulatedPodSchema } from './simulated-pod.js';
import { isSubmissionPod, simulateSubmit } from './simulated-submit.js';

export interface SimulatedNodeOptions {
  client: ApiClient;
  /** What drivers, and spark-submit in its pod, ask the API server with; default `client`. */
  driverClient?: ApiClient;
  clock: Clock;
  random: () => number;
  logger: Logger;
  /** Left out: all namespaces. */
  namespace?: string;
  /** Left out: all pods. */
  labelSelector?: string;
  /** Told what a container has written so far, when it starts and when it ends. */
  onLog?: (pod: { namespace: string; name: string }, container: string, lines: readonly string[]) => void;
}

/** What the node remembers of a pod that exists. */
interface Life {
  pod: SimulatedPod;
  stage: Stage;
  /** When the stage was entered. */
  since: number;
  told?: 'exit' | 'stay' | undefined;
  driver?: SimulatedDriver;
  /** spark-submit was begun. */
  submits?: boolean;
  /** The steps now under way; a life takes one step at a time. */
  steps?: Promise<void> | undefined;
  /** Something changed since the last step began. */
  stirred: boolean;
  cancelTimer: () => void;
  /** Aborts when the pod is gone, or the node stops. */
  over: AbortController;
}

const retryMilliseconds = 500;
const rememberedStarts = 100_000;

export class SimulatedNode {
  readonly #client: ApiClient;
  readonly #driverClient: ApiClient;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #onLog: SimulatedNodeOptions['onLog'];
  readonly #watch: ListWatch;
  readonly #lives = new Map<string, Life>();
  readonly #startedDrivers = new Map<string, string>();

  constructor({ client, driverClient, clock, random, logger, namespace, labelSelector, onLog }: SimulatedNodeOptions) {
    this.#client = client;
    this.#driverClient = driverClient ?? client;
    this.#clock = clock;
    this.#logger = logger;
    this.#onLog = onLog;
    this.#watch = new ListWatch({
      client,
      resource: pods,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      sink: {
        replace: (objects) => this.#replace(objects.map(readPod)),
        upsert: (object) => this.#see(readPod(object)),
        remove: (object) => this.#forget(readPod(object).metadata.uid),
      },
      clock,
      random,
      logger,
    });
  }

  /** Uid to `namespace/name` of the driver pods that ran, each counted once; the latest 100,000. */
  get startedDrivers(): ReadonlyMap<string, string> {
    return this.#startedDrivers;
  }

  start(): void {
    this.#watch.start();
  }

  /** Resolves when no request of the node is under way any more; the pods stay as they are. */
  async stop(): Promise<void> {
    await this.#watch.stop();
    const steps = [...this.#lives.values()].map((life) => life.steps);
    for (const uid of [...this.#lives.keys()]) this.#forget(uid);
    await Promise.all(steps);
  }

  #replace(present: readonly SimulatedPod[]): void {
    const uids = new Set(present.map((pod) => pod.metadata.uid));
    for (const uid of [...this.#lives.keys()]) if (!uids.has(uid)) this.#forget(uid);
    for (const pod of present) this.#see(pod);
  }

  #see(pod: SimulatedPod): void {
    const { uid, resourceVersion } = pod.metadata;
    const known = this.#lives.get(uid);
    if (known !== undefined && !isNewer(resourceVersion, known.pod.metadata.resourceVersion)) return;
    const life = known ?? {
      pod,
      stage: 'new',
      since: this.#clock.now(),
      stirred: false,
      cancelTimer: () => {},
      over: new AbortController(),
    };
    this.#lives.set(uid, life);
    const stage = stageOf(pod);
    if (stage !== life.stage) {
      life.since = known === undefined ? (runningSince(pod) ?? life.since) : this.#clock.now();
      life.stage = stage;
      this.#writeLog(pod, stage);
    }
    life.pod = pod;
    if (stage === 'running' && isDriver(pod)) this.#runDriver(life);
    if (stage === 'running' && isSubmissionPod(pod)) void this.#submit(life);
    void this.#advance(life);
  }

  #writeLog(pod: SimulatedPod, stage: Stage): void {
    if (stage !== 'running' && stage !== 'ended') return;
    for (const { name } of pod.spec.containers) this.#onLog?.(pod.metadata, name, logOf(pod, stage === 'ended'));
  }

  #forget(uid: string): void {
    const life = this.#lives.get(uid);
    this.#lives.delete(uid);
    life?.cancelTimer();
    life?.over.abort();
  }

  #runDriver(life: Life): void {
    if (life.driver !== undefined) return;
    const { pod } = life;
    this.#startedDrivers.set(pod.metadata.uid, `${pod.metadata.namespace}/${pod.metadata.name}`);
    const [oldest] = this.#startedDrivers.keys();
    if (this.#startedDrivers.size > rememberedStarts && oldest !== undefined) this.#startedDrivers.delete(oldest);
    life.driver = new SimulatedDriver({
      client: this.#driverClient,
      kubelet: this.#client,
      clock: this.#clock,
      logger: this.#logger,
      pod,
    });
    life.told = 'stay';
    void life.driver.createExecutors(life.over.signal).then(() => {
      life.told = undefined;
      return this.#advance(life);
    });
  }

  /** Once; what is refused ends in the log, and the pod stays until its time is over. */
  async #submit(life: Life): Promise<void> {
    if (life.submits) return;
    life.submits = true;
    life.told = 'stay';
    try {
      await simulateSubmit(this.#driverClient, this.#client, life.pod);
      life.told = undefined;
    } catch (error) {
      const { namespace, name } = life.pod.metadata;
      this.#logger.warn({ pod: `${namespace}/${name}` }, `simulated spark-submit failed: ${messageOf(error)}`);
    }
    await this.#advance(life);
  }

  /** Resolves when the pod is where it can be for now. */
  #advance(life: Life): Promise<void> {
    life.stirred = true;
    life.steps ??= this.#takeSteps(life);
    return life.steps;
  }

  async #takeSteps(life: Life): Promise<void> {
    while (life.stirred && !life.over.signal.aborted) {
      life.stirred = false;
      life.cancelTimer();
      try {
        await this.#takeStep(life);
      } catch (error) {
        const { namespace, name } = life.pod.metadata;
        this.#logger.warn({ pod: `${namespace}/${name}` }, `simulated node tries again: ${messageOf(error)}`);
        this.#wakeAfter(life, retryMilliseconds);
      }
    }
    life.steps = undefined;
  }

  async #takeStep(life: Life): Promise<void> {
    const missingConfigMaps = await this.#missingConfigMaps(life);
    const step = nextStep(life.pod, {
      now: this.#clock.now(),
      since: life.since,
      missingConfigMaps,
      told: life.told,
    });
    if (step.does === 'look-again') this.#wakeAfter(life, step.afterMilliseconds);
    if (step.does === 'remove') await this.#remove(life.pod);
    if (step.does === 'write') await this.#write(life, step);
  }

  async #missingConfigMaps({ pod, stage }: Life): Promise<string[]> {
    if (stage === 'running' || stage === 'ended') return [];
    const missing: string[] = [];
    for (const name of requiredConfigMaps(pod)) {
      try {
        await getObject(this.#client, configMaps, { namespace: pod.metadata.namespace, name });
      } catch (error) {
        if (!isNotFound(error)) throw error;
        missing.push(name);
      }
    }
    return missing;
  }

  async #write(life: Life, { status }: Extract<Step, { does: 'write' }>): Promise<void> {
    const { name, namespace, uid } = life.pod.metadata;
    const isEnd = status.phase === 'Succeeded' || status.phase === 'Failed';
    if (isEnd && life.driver !== undefined) await this.#endApplication(life.driver, uid);
    try {
      const address = { namespace, name, subresource: 'status' };
      this.#see(readPod(await mergePatch(this.#client, pods, address, { metadata: { uid }, status })));
    } catch (error) {
      // The pod is gone, or another has its name: the watch will say so.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  /** Before a driver exits, its executors do. */
  async #endApplication(driver: SimulatedDriver, driverUid: string): Promise<void> {
    const executors = [...this.#lives.values()].filter(({ pod }) =>
      pod.metadata.ownerReferences.some(({ uid }) => uid === driverUid),
    );
    for (const executor of executors) executor.told = 'exit';
    await Promise.all(executors.map((executor) => this.#advance(executor)));
    await driver.cleanUp();
  }

  async #remove({ metadata: { name, namespace, uid } }: SimulatedPod): Promise<void> {
    try {
      await this.#client.request({
        method: 'DELETE',
        path: resourcePath(pods, { namespace, name }),
        body: { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions: { uid } },
      });
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  #wakeAfter(life: Life, milliseconds: number): void {
    life.cancelTimer();
    if (life.over.signal.aborted) return;
    life.cancelTimer = this.#clock.after(milliseconds, () => void this.#advance(life));
  }
}

function readPod(object: unknown): SimulatedPod {
  return simulatedPodSchema.parse(object);
}
