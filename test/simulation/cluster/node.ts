/**
 * The node of the simulation, and the scheduler beside it: pods are bound, start when the ConfigMaps that they mount are
 * there, and go through the stages of their fates. What really runs is known here, whatever the API server has of it.
 */

import { formatTime } from '../../../src/api/status.js';
import type { ApiRequest } from '../../../src/kube/api-client.js';
import { configMaps, events, pods } from '../../../src/kube/resources.js';
import { mainContainers, type PodFate, type PodRole, podFates, submissionStages } from '../pod-fates.js';
import { exceedsDeadline, type Stage } from '../pod-stages.js';
import type { Random } from '../random.js';
import { collectionOf, namespace, pathOf } from './addresses.js';
import type { ClusterApi } from './api-server.js';
import { podFactsOf } from './pod-facts.js';
import { executorPod } from './spark-driver.js';
import { ModelSparkSubmit } from './spark-submit.js';
import { controllerUidOf, type StoredObject } from './stored-object.js';

/** What is true of a pod's main container. */
export interface Life {
  readonly pod: StoredObject;
  readonly path: string;
  readonly role: PodRole;
  readonly fate: PodFate;
  stage: number;
  container: Stage['container'] | 'killed';
  /** Of a container that waits: what keeps it from starting. */
  hindered?: { readonly by: NonNullable<Stage['hindered']>; readonly since: number };
  /** Why it failed was the cluster's doing. */
  wasDisrupted: boolean;
  /** What it is told to stop runs on where the node does not answer. */
  node: 'answers' | 'is lost' | 'is lost for ever';
  boundAt?: number;
  startedAt?: number;
  executors: number;
  submit?: ModelSparkSubmit;
}

export interface NodeOptions {
  readonly api: ClusterApi;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** As the API server admits it. */
  readonly send: (request: ApiRequest) => Promise<StoredObject>;
  readonly drawFate: (role: PodRole) => PodFate;
  /** What a driver may ask for in its life. */
  readonly executorsOfDriver: number;
  readonly onStart: (life: Life) => void;
  readonly onEnd: (life: Life) => void;
}

export class Node {
  readonly lives = new Map<string, Life>();

  constructor(private readonly options: NodeOptions) {}

  /** The containers that run. A pod that was deleted by force counts as ended: that is the user's word. */
  running(role: PodRole): Life[] {
    return [...this.lives.values()].filter((life) => life.role === role && life.container === 'runs');
  }

  /** One pod moves on. Answers what it did; undefined: there was nothing to do. */
  async work(random: Random, path: string): Promise<string | undefined> {
    const pod = this.options.api.objects.get(path);
    const { role } = pod === undefined ? {} : podFactsOf(pod);
    if (pod === undefined || role === undefined) return undefined;
    const life = this.#lifeOf(path, pod, role);
    if (pod.metadata.deletionTimestamp !== undefined) return await this.#stop(life, random);
    return await this.#moveOn(life, pod, random);
  }

  podPaths(): string[] {
    return [...this.options.api.objects.keys()].filter((path) => path.startsWith(`${collectionOf(pods)}/`));
  }

  /** To be told of each pod that is gone. */
  forget(uid: string): void {
    const life = this.lives.get(uid);
    if (life !== undefined && life.container === 'runs') this.#end(life, 'killed');
  }

  #lifeOf(path: string, pod: StoredObject, role: PodRole): Life {
    const known = this.lives.get(pod.metadata.uid);
    if (known !== undefined) return known;
    const life: Life = {
      pod,
      path,
      role,
      fate: this.options.drawFate(role),
      stage: 0,
      container: 'waits',
      wasDisrupted: false,
      node: 'answers',
      executors: 0,
    };
    this.lives.set(pod.metadata.uid, life);
    return life;
  }

  /** A pod that is being deleted may still go on for a while. */
  async #stop(life: Life, random: Random): Promise<string | undefined> {
    if (life.node === 'is lost for ever' || (life.node === 'is lost' && random.chance(0.7))) return undefined;
    if (life.container === 'runs') this.#end(life, 'killed');
    await this.options.send({
      method: 'DELETE',
      path: life.path,
      body: { gracePeriodSeconds: 0, preconditions: { uid: life.pod.metadata.uid } },
    });
    return 'stops';
  }

  async #moveOn(life: Life, pod: StoredObject, random: Random): Promise<string | undefined> {
    const { nodeName, phase } = podFactsOf(pod);
    if (phase === 'Succeeded' || phase === 'Failed') return undefined;
    if (await this.#asksForExecutor(life, random)) return 'asks for an executor';
    const stages: readonly Stage[] = podFates[life.fate];
    const stage = stages[life.stage];
    if (nodeName === undefined && stage !== undefined && stage.needs !== 'no node') {
      await this.#bind(life);
      return 'is bound';
    }
    if (life.role === 'submitter' && stage?.container === 'runs') return await this.#submit(life, pod, random);
    if (stage === undefined || !this.#mayEnter(life, pod, stage)) return undefined;
    life.stage += 1;
    await this.#enter(life, stage);
    return `${stage.hindered ?? stage.container}${stage.deleted === undefined ? '' : `, is ${stage.deleted}`}`;
  }

  #mayEnter(life: Life, pod: StoredObject, { container, needs, awaits }: Stage): boolean {
    if (awaits !== undefined) return this.lives.get(controllerUidOf(pod) ?? '')?.container !== 'runs';
    const starts = container === 'runs' && life.container === 'waits';
    return (!starts && needs !== 'its mounts') || this.#hasItsMounts(pod);
  }

  #hasItsMounts(pod: StoredObject): boolean {
    return podFactsOf(pod).configMapNames.every((name) => this.options.api.objects.has(pathOf(configMaps, name)));
  }

  #propertiesOf(pod: StoredObject): string {
    const [name = ''] = podFactsOf(pod).configMapNames.filter((found) => this.#propertiesIn(found) !== undefined);
    return this.#propertiesIn(name) ?? '';
  }

  #propertiesIn(configMap: string): string | undefined {
    const { data } = (this.options.api.objects.get(pathOf(configMaps, configMap)) ?? {}) as {
      data?: Record<string, string>;
    };
    return data?.['spark.properties'];
  }

  async #asksForExecutor(life: Life, random: Random): Promise<boolean> {
    const { executorsOfDriver, send } = this.options;
    const isAble = life.role === 'driver' && life.container === 'runs' && life.executors < executorsOfDriver;
    if (!isAble || random.chance(0.3)) return false;
    life.executors += 1;
    const { path, body } = executorPod(life.pod, this.#propertiesOf(life.pod), life.executors);
    try {
      await send({ method: 'POST', path, body });
    } catch {
      // Refused by a quota, or for want of the webhook: it asks for the next one later.
    }
    return true;
  }

  async #submit(life: Life, pod: StoredObject, random: Random): Promise<string | undefined> {
    const { send, now } = this.options;
    if (life.submit === undefined) {
      if (!this.#hasItsMounts(pod)) return undefined;
      const { args } = podFactsOf(pod);
      life.submit = new ModelSparkSubmit(send, this.#propertiesOf(pod), random.hexadecimal(16), args.slice(-1));
      await this.#enter(life, submissionStages.runs);
      return 'starts spark-submit';
    }
    const { deadlineSeconds = Number.POSITIVE_INFINITY } = podFactsOf(pod);
    if (now() >= (life.startedAt ?? now()) + deadlineSeconds * 1_000) {
      await this.#enter(life, exceedsDeadline);
      return 'exceeds its deadline';
    }
    if (life.fate === 'runs for ever') return undefined;
    const dies = life.fate === 'fails' && random.chance(0.4);
    const outcome = dies ? 'ended badly' : await life.submit.step();
    if (outcome !== 'runs') await this.#enter(life, submissionStages[outcome]);
    return `spark-submit ${outcome}`;
  }

  async #bind(life: Life): Promise<void> {
    const { path, pod } = life;
    life.boundAt = this.options.now();
    delete life.hindered;
    const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name: pod.metadata.name }, target: { name: 'node' } };
    await this.options.send({ method: 'POST', path: `${path}/binding`, body });
  }

  async #enter(life: Life, stage: Stage): Promise<void> {
    const { send, now } = this.options;
    const { status, container, deleted, hindered, isUnheardOf } = stage;
    const before = life.container;
    if (status !== undefined) {
      const body = { status: status(mainContainers[life.role], now()) };
      await send({ method: 'PATCH', path: `${life.path}/status`, body });
    }
    await this.#warn(life, stage);
    if (container === 'waits') life.container = 'waits';
    else if (container !== 'runs') {
      life.wasDisrupted = stage.isClustersDoing ?? false;
      this.#end(life, container);
    } else if (before === 'waits') {
      life.container = 'runs';
      life.startedAt = now();
      this.options.onStart(life);
    }
    if (hindered !== undefined) life.hindered = { by: hindered, since: now() };
    if (isUnheardOf) life.node = 'is lost for ever';
    if (deleted === undefined) return;
    life.node = deleted === 'preempted' ? 'answers' : deleted === 'on a lost node' ? 'is lost' : 'is lost for ever';
    await send({ method: 'DELETE', path: life.path, body: {} });
  }

  async #warn({ pod }: Life, { warning }: Stage): Promise<void> {
    if (warning === undefined) return;
    const { name, uid } = pod.metadata;
    const metadata = { name: `${name}.${uid}`, namespace };
    const involvedObject = { apiVersion: 'v1', kind: 'Pod', namespace, name, uid };
    const lastTimestamp = formatTime(this.options.now());
    const body = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata,
      type: 'Warning',
      involvedObject,
      lastTimestamp,
      ...warning,
    };
    await this.options.send({ method: 'POST', path: collectionOf(events), body });
  }

  #end(life: Life, how: 'ended well' | 'ended badly' | 'killed'): void {
    if (life.container === 'ended well' || life.container === 'ended badly') return;
    life.container = how;
    this.options.onEnd(life);
  }
}
