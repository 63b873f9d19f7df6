/**
 * The node of the simulation, and the scheduler beside it: pods are bound, start when the ConfigMaps that they mount are
 * there, and go through the stages of their fates. What really runs is known here, whatever the API server has of it.
 */
import type { ApiRequest } from '../../../src/kube/api-client.js';
import { configMaps, pods } from '../../../src/kube/resources.js';
import { mainContainers, type PodFate, type PodRole, podFates, type Stage, submissionStages } from '../pod-fates.js';
import type { Random } from '../random.js';
import { collectionOf, pathOf } from './addresses.js';
import type { ClusterApi } from './api-server.js';
import { podFactsOf } from './pod-facts.js';
import { ModelSparkSubmit } from './spark-submit.js';
import type { StoredObject } from './stored-object.js';

/** What is true of a pod's main container. */
export interface Life {
  readonly pod: StoredObject;
  readonly path: string;
  readonly role: PodRole;
  readonly fate: PodFate;
  stage: number;
  container: 'waits' | Stage['container'] | 'killed';
  /** The node does not answer: what it is told to stop runs on. */
  isUnreachable: boolean;
  submit?: ModelSparkSubmit;
}

export interface NodeOptions {
  readonly api: ClusterApi;
  /** As the API server admits it. */
  readonly send: (request: ApiRequest) => Promise<StoredObject>;
  readonly drawFate: (role: PodRole) => PodFate;
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
    const fate = this.options.drawFate(role);
    const life: Life = { pod, path, role, fate, stage: 0, container: 'waits', isUnreachable: false };
    this.lives.set(pod.metadata.uid, life);
    return life;
  }

  /** A pod that is being deleted may still go on for a while. */
  async #stop(life: Life, random: Random): Promise<string | undefined> {
    if (life.isUnreachable && random.chance(0.7)) return undefined;
    if (life.container === 'runs') this.#end(life, 'killed');
    await this.options.send({
      method: 'DELETE',
      path: life.path,
      body: { gracePeriodSeconds: 0, preconditions: { uid: life.pod.metadata.uid } },
    });
    return 'stops';
  }

  async #moveOn(life: Life, pod: StoredObject, random: Random): Promise<string | undefined> {
    const { nodeName, phase, configMapNames } = podFactsOf(pod);
    if (nodeName === undefined) {
      await this.#bind(life);
      return 'is bound';
    }
    if (phase === 'Succeeded' || phase === 'Failed') return undefined;
    const isStartable = configMapNames.every((name) => this.options.api.objects.has(pathOf(configMaps, name)));
    if (life.role === 'submitter')
      return isStartable || life.submit ? await this.#submit(life, pod, random) : undefined;
    const stages: readonly Stage[] = podFates[life.fate];
    const stage = stages[life.stage];
    const needsStart = stage?.container === 'runs' && life.container === 'waits';
    if (stage === undefined || (needsStart && !isStartable)) return undefined;
    life.stage += 1;
    await this.#enter(life, stage);
    return `${stage.container}${stage.deleted === undefined ? '' : `, is ${stage.deleted}`}`;
  }

  async #submit(life: Life, pod: StoredObject, random: Random): Promise<string | undefined> {
    const { send } = this.options;
    if (life.submit === undefined) {
      const { configMapNames, args } = podFactsOf(pod);
      const { data } = (this.options.api.objects.get(pathOf(configMaps, configMapNames[0] ?? '')) ?? {}) as {
        data?: Record<string, string>;
      };
      life.submit = new ModelSparkSubmit(
        send,
        data?.['spark.properties'] ?? '',
        random.hexadecimal(16),
        args.slice(-1),
      );
      await this.#enter(life, submissionStages.runs);
      return 'starts spark-submit';
    }
    const dies = life.fate === 'fails' && random.chance(0.4);
    const outcome = dies ? 'ended badly' : await life.submit.step();
    if (outcome !== 'runs') await this.#enter(life, submissionStages[outcome]);
    return `spark-submit ${outcome}`;
  }

  async #bind({ path, pod }: Life): Promise<void> {
    const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name: pod.metadata.name }, target: { name: 'node' } };
    await this.options.send({ method: 'POST', path: `${path}/binding`, body });
  }

  async #enter(life: Life, { status, container, deleted }: Stage): Promise<void> {
    const before = life.container;
    if (status !== undefined) {
      const body = { status: status(mainContainers[life.role]) };
      await this.options.send({ method: 'PATCH', path: `${life.path}/status`, body });
    }
    if (container !== 'runs') this.#end(life, container);
    else if (before === 'waits') {
      life.container = 'runs';
      this.options.onStart(life);
    }
    if (deleted === undefined) return;
    life.isUnreachable = deleted === 'on a lost node';
    await this.options.send({ method: 'DELETE', path: life.path, body: {} });
  }

  #end(life: Life, how: 'ended well' | 'ended badly' | 'killed'): void {
    if (life.container === 'ended well' || life.container === 'ended badly') return;
    life.container = how;
    this.options.onEnd(life);
  }
}
