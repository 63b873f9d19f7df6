/**
 * One application, up to three reconcilers that believe they lead, and a world that goes wrong: everything that happens is
 * drawn from one seed. Requests are in flight until they are picked; then they are answered, answered into the void,
 * refused, or carried out long after their sender has crashed. After the chaos comes calm, and then all promises must hold.
 */

import { type ApplicationRecord, projectApplication } from '../../../reconciler/application-record.js';
import { observePods } from '../../../reconciler/cached-pods.js';
import { specHash } from '../../../reconciler/driver-rendering.js';
import { ApplicationReconciler } from '../../../reconciler/reconcile.js';
import { defaultSettings } from '../../../reconciler/settings.js';
import { projectPod, type SparkPod } from '../../../reconciler/spark-pod.js';
import { submitterAnnotation } from '../../../src/api/labels.js';
import type { Clock } from '../../../src/clock.js';
import type { ApiClient, ApiRequest } from '../../../src/kube/api-client.js';
import { ApiUnreachable } from '../../../src/kube/api-error.js';
import type { KubernetesObject } from '../../../src/kube/objects.js';
import { ModelApiServer } from './model-api-server.js';
import { ModelSparkSubmit } from './model-spark-submit.js';
import { seededRandom } from './seeded-random.js';

const applicationPath = '/apis/sparkoperator.k8s.io/v1beta2/namespaces/default/sparkapplications/pi';
const podsPath = '/api/v1/namespaces/default/pods';
const podNames = ['pi-driver', 'a-driver', 'b-driver'];

interface Snapshot {
  readonly record: ApplicationRecord | undefined;
  readonly pods: readonly SparkPod[];
}

interface Leader {
  readonly reconciler: ApplicationReconciler;
  crashed: boolean;
  running: boolean;
  /** What its cache shows; it lags behind the world. */
  seen: Snapshot;
  released: string | undefined;
  waitUntil: number | undefined;
}

interface Flight {
  readonly leader: Leader;
  readonly request: ApiRequest;
  readonly answer: (value: unknown) => void;
  readonly fail: (error: unknown) => void;
}

export interface SimulationResult {
  /** Submission ids of the driver pods that started, in order. */
  readonly started: readonly string[];
  /** Most drivers that ran at one time. */
  readonly live: number;
  /** Most spark-submits that ran at one time. */
  readonly submitting: number;
  readonly crashes: number;
  readonly steps: number;
  readonly state: string;
  /** Whether the last submission was made from the spec as it is. */
  readonly isCurrent: boolean;
  readonly executionAttempts: number;
  readonly errorMessage: string;
  /** Drivers that started with monitoring files of another spec than their own. */
  readonly misled: number;
  /** Driver pods that still exist and have not ended. */
  readonly livePods: number;
}

export interface SimulationOptions {
  readonly seed: number;
  /** Random events before the calm. */
  readonly chaos?: number;
  /** Whether the spec is edited on the way: to another valid one, to what must be refused, or to another pod name. */
  readonly edits?: 'none' | 'valid' | 'any' | 'pod-names';
  /** Whether somebody deletes driver pods on the way. */
  readonly deletions?: boolean;
  /** Whether drivers may fail, and the application is suspended and resumed on the way. */
  readonly setbacks?: boolean;
  readonly restartPolicy?: object;
  /** Who submits; with `either`, edits of the spec change that too. */
  readonly submitter?: 'native' | 'pod' | 'either';
}

export async function simulate({
  seed,
  chaos = 150,
  edits = 'none',
  deletions = false,
  setbacks = false,
  restartPolicy = {},
  submitter = 'native',
}: SimulationOptions): Promise<SimulationResult> {
  const simulation = new Simulation(seed, setbacks, restartPolicy, submitter);
  for (let step = 0; step < chaos; step += 1) await simulation.disturb({ edits, deletions });
  await simulation.calm();
  return simulation.result();
}

const claim = 'spark.kubernetes.driver.volumes.persistentVolumeClaim.work.';

class Simulation {
  private readonly server = new ModelApiServer(() => this.now);
  private readonly random: () => number;
  private readonly leaders: Leader[] = [];
  private readonly flights: Flight[] = [];
  private readonly started: string[] = [];
  private now = Date.UTC(2026, 0, 1);
  private readonly submits = new Map<string, ModelSparkSubmit>();
  private live = 0;
  private misled = 0;
  private submitting = 0;
  private crashes = 0;
  private steps = 0;
  private ids = 0;

  constructor(
    seed: number,
    private readonly setbacks: boolean,
    restartPolicy: object,
    private readonly submitter: 'native' | 'pod' | 'either',
  ) {
    this.random = seededRandom(seed);
    this.server.create('/apis/sparkoperator.k8s.io/v1beta2/namespaces/default/sparkapplications', {
      apiVersion: 'sparkoperator.k8s.io/v1beta2',
      kind: 'SparkApplication',
      metadata: {
        name: 'pi',
        uid: '',
        resourceVersion: '',
        annotations: { [submitterAnnotation]: this.anySubmitter() },
      },
      spec: {
        type: 'Scala',
        // A NetworkPolicy, a claim and a PodGroup beside Service and ConfigMap.
        image: 'spark:4.3.0',
        sparkConf: {
          'spark.kubernetes.driver.pod.featureSteps': 'org.apache.spark.deploy.k8s.features.VolcanoFeatureStep',
          [`${claim}mount.path`]: '/work',
          [`${claim}options.claimName`]: 'OnDemand',
          [`${claim}options.storageClass`]: 'standard',
          [`${claim}options.sizeLimit`]: '1Gi',
        },
        mainClass: 'Main',
        mainApplicationFile: 'local:///app.jar',
        arguments: ['0'],
        // Written anew with each edit; of neither role, because the model admits no pod with features.
        monitoring: {
          exposeDriverMetrics: false,
          exposeExecutorMetrics: false,
          metricsProperties: '0',
          prometheus: { jmxExporterJar: '/jmx.jar' },
        },
        restartPolicy,
      },
    });
    this.elect();
  }

  /** One thing happens. */
  async disturb({ edits, deletions }: Required<Pick<SimulationOptions, 'edits' | 'deletions'>>): Promise<void> {
    this.steps += 1;
    const luck = this.random();
    if (luck < 0.5) await this.land();
    else if (luck < 0.68) await this.startPass(this.pick(this.alive()));
    else if (luck < 0.76) this.refreshCache(this.pick(this.alive()));
    else if (luck < 0.84) this.moveNode();
    else if (luck < 0.88) this.server.collectGarbage();
    else if (luck < 0.92) this.now += Math.floor(this.random() * 5_000);
    else if (luck < 0.95) this.crash(this.pick(this.alive()));
    else if (luck < 0.97 && this.alive().length < 3) this.elect();
    else if (luck < 0.978 && this.setbacks) this.suspend(this.random() < 0.5);
    else if (luck < 0.985 && edits !== 'none') this.editSpec(edits);
    else if (luck >= 0.985 && deletions) this.deleteDriver();
    await settle();
  }

  /** No more faults: flights land, caches are fresh, and one leader works until nothing changes. */
  async calm(): Promise<void> {
    for (const leader of this.leaders.slice(0, -1)) leader.crashed = true;
    if (this.setbacks) this.suspend(false);
    while (this.flights.length > 0) await this.land('answered');
    const leader = this.leaders.at(-1);
    if (leader === undefined || leader.crashed) this.elect();
    for (let round = 0; round < 250; round += 1) {
      this.refreshCache(this.lastLeader());
      await this.startPass(this.lastLeader());
      while (this.flights.length > 0) await this.land('answered');
      await settle();
      this.moveNode();
      this.server.collectGarbage();
      this.now += 6_000;
    }
  }

  result(): SimulationResult {
    const record = this.record();
    const pods = this.snapshot().pods;
    return {
      started: this.started,
      live: this.live,
      misled: this.misled,
      submitting: this.submitting,
      crashes: this.crashes,
      steps: this.steps,
      state: record?.status.applicationState?.state ?? '',
      isCurrent: record !== undefined && record.status.submission?.specHash === specHash(record.spec),
      executionAttempts: record?.status.executionAttempts ?? 0,
      errorMessage: record?.status.applicationState?.errorMessage ?? '',
      livePods: pods.filter(({ phase }) => phase === 'Pending' || phase === 'Running').length,
    };
  }

  private lastLeader(): Leader {
    const leader = this.leaders.at(-1);
    if (leader === undefined) throw new Error('nobody leads');
    return leader;
  }

  private elect(): void {
    const leader: Leader = {
      reconciler: this.createReconciler(() => leader),
      crashed: false,
      running: false,
      seen: this.snapshot(),
      released: undefined,
      waitUntil: undefined,
    };
    this.leaders.push(leader);
  }

  private createReconciler(self: () => Leader): ApplicationReconciler {
    const client: ApiClient = {
      request: (request) =>
        new Promise((answer, fail) =>
          this.flights.push({ leader: self(), request: structuredClone(request), answer, fail }),
        ),
      lines: () => {
        throw new Error('the simulation has no watches');
      },
    };
    const clock: Clock = { now: () => this.now, after: () => () => {} };
    return new ApplicationReconciler({
      metrics: { moved: () => {} },
      client,
      events: { record: () => {} },
      clock,
      settings: defaultSettings,
      newSubmissionId: () => this.newId(),
      newConfigMapId: () => this.newConfigMapId(),
      onSeen: (object) => {
        const leader = self();
        leader.seen = { ...leader.seen, record: projectApplication(object) };
      },
    });
  }

  private newConfigMapId(): string {
    return Math.floor(this.random() * 2 ** 32)
      .toString(16)
      .padStart(16, '0');
  }

  private newId(): string {
    this.ids += 1;
    return `00000000-0000-4000-8000-${String(this.ids).padStart(12, '0')}`;
  }

  private alive(): Leader[] {
    const alive = this.leaders.filter(({ crashed }) => !crashed);
    if (alive.length > 0) return alive;
    this.elect();
    return [this.lastLeader()];
  }

  private crash(leader: Leader): void {
    leader.crashed = true;
    this.crashes += 1;
  }

  private snapshot(): Snapshot {
    return { record: this.record(), pods: this.pods().map(([, pod]) => projectPod(pod)) };
  }

  private pods() {
    return [...this.server.objects].filter(([path]) => path.startsWith(podsPath));
  }

  private record(): ApplicationRecord | undefined {
    const object = this.server.objects.get(applicationPath);
    return object === undefined ? undefined : projectApplication(object as KubernetesObject);
  }

  private refreshCache(leader: Leader): void {
    leader.seen = this.snapshot();
  }

  private async startPass(leader: Leader): Promise<void> {
    const { record, pods } = leader.seen;
    if (leader.running || record === undefined) return;
    leader.running = true;
    leader.reconciler
      .reconcile(record, {
        ...observePods(record, pods),
        released: leader.released !== undefined && leader.released === record.status.submissionID,
        configMap: 'unknown',
        ...(leader.waitUntil === undefined ? {} : { waitUntil: leader.waitUntil }),
      })
      .then(({ released, record: after, recheckAfterMilliseconds, holdsOff }) => {
        leader.waitUntil =
          recheckAfterMilliseconds === undefined || !holdsOff ? undefined : this.now + recheckAfterMilliseconds;
        leader.released = released ? (after?.status.submissionID ?? undefined) : undefined;
      })
      .catch((error: unknown) => {
        if (!(error instanceof ApiUnreachable)) throw error;
      })
      .finally(() => {
        leader.running = false;
      });
    await settle();
  }

  /** A request in flight reaches the server, or not, and its answer reaches the sender, or not. */
  private async land(fate: 'random' | 'answered' = 'random'): Promise<void> {
    const index = Math.floor(this.random() * this.flights.length);
    const [flight] = this.flights.splice(index, 1);
    if (flight === undefined) return;
    const luck = fate === 'answered' ? 1 : this.random();
    if (luck < 0.05) {
      this.reply(flight, () => flight.fail(new ApiUnreachable('request', new Error('refused'))));
    } else {
      const outcome = this.carryOut(flight.request);
      this.reply(
        flight,
        luck < 0.12 ? () => flight.fail(new ApiUnreachable('request', new Error('reset'))) : outcome(flight),
      );
    }
    await settle();
  }

  private carryOut(request: ApiRequest): (flight: Flight) => () => void {
    try {
      const value = this.server.handle(request);
      return (flight) => () => flight.answer(value);
    } catch (error) {
      return (flight) => () => flight.fail(error);
    }
  }

  private reply(flight: Flight, deliver: () => void): void {
    if (!flight.leader.crashed) deliver();
  }

  /** As a kubelet: a pod starts when its ConfigMap is there, and ends some time later. */
  private moveNode(): void {
    const pods = this.pods();
    if (pods.length === 0) return;
    const [path, pod] = this.pick(pods);
    const { submissionId = '', phase, deleting, isSubmitter, uid } = projectPod(pod);
    if (isSubmitter) {
      this.moveSubmissionPod(path, pod, uid);
    } else if (deleting) {
      this.server.objects.delete(path);
    } else if (phase === 'Pending' && this.hasConfigMap(pod)) {
      this.started.push(submissionId);
      if (this.monitoringFiles() !== argumentOf(pod)) this.misled += 1;
      this.setPhase(path, 'Running');
      this.live = Math.max(this.live, this.running().filter(({ isSubmitter }) => !isSubmitter).length);
    } else if (phase === 'Running') {
      this.setPhase(path, this.setbacks && this.random() < 0.5 ? 'Failed' : 'Succeeded');
    }
  }

  /** A pod that is being deleted may still go on for a while. */
  private moveSubmissionPod(path: string, pod: KubernetesObject & { [field: string]: unknown }, uid: string): void {
    const { phase, deleting } = projectPod(pod);
    const submit = this.submits.get(uid);
    if (deleting && (phase !== 'Running' || this.random() < 0.5)) {
      this.server.objects.delete(path);
    } else if (phase === 'Pending' && this.hasConfigMap(pod)) {
      this.submits.set(
        uid,
        new ModelSparkSubmit(this.server, configMapOf(pod), this.newConfigMapId(), [argumentOf(pod) ?? '']),
      );
      this.setPhase(path, 'Running');
      this.submitting = Math.max(this.submitting, this.running().filter(({ isSubmitter }) => isSubmitter).length);
    } else if (phase === 'Running') {
      const outcome = this.setbacks && this.random() < 0.15 ? 'failed' : submit?.step();
      if (outcome === 'ended') this.setPhase(path, 'Succeeded');
      if (outcome === 'failed') this.setPhase(path, 'Failed');
    }
  }

  private running(): SparkPod[] {
    return this.snapshot().pods.filter(({ phase }) => phase === 'Running');
  }

  private anySubmitter(): string {
    if (this.submitter !== 'either') return this.submitter;
    return this.random() < 0.5 ? 'native' : 'pod';
  }

  private setPhase(path: string, phase: string): void {
    this.server.update(path, (object) => {
      object['status'] = { phase };
    });
  }

  private hasConfigMap(pod: { [field: string]: unknown }): boolean {
    const { volumes = [] } = pod['spec'] as { volumes?: { configMap?: { name: string } }[] };
    return volumes.every(
      ({ configMap }) =>
        configMap === undefined || this.server.objects.has(`/api/v1/namespaces/default/configmaps/${configMap.name}`),
    );
  }

  private monitoringFiles(): unknown {
    const configMap = this.server.objects.get('/api/v1/namespaces/default/configmaps/pi-prom-conf');
    return Object(configMap?.['data'])['metrics.properties'];
  }

  private editSpec(edits: Required<SimulationOptions>['edits']): void {
    const breaks = edits === 'any' && this.random() < 0.5;
    const podName = this.pick(podNames);
    this.server.update(applicationPath, (object) => {
      const spec = object['spec'] as EditedSpec;
      spec.arguments = [String(Number(spec.arguments[0]) + 1)];
      spec.monitoring.metricsProperties = spec.arguments[0];
      spec.mode = breaks ? 'client' : 'cluster';
      if (edits === 'pod-names') spec.driver = { podName };
      object.metadata.annotations = { [submitterAnnotation]: this.anySubmitter() };
      object.metadata.generation = (object.metadata.generation ?? 0) + 1;
    });
  }

  private suspend(suspend: boolean): void {
    this.server.update(applicationPath, (object) => {
      object['spec'] = { ...(object['spec'] as object), suspend };
      object.metadata.generation = (object.metadata.generation ?? 0) + 1;
    });
  }

  private deleteDriver(): void {
    const pods = this.pods();
    if (pods.length > 0) this.server.remove(this.pick(pods)[0]);
  }

  private pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.random() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }
}

interface EditedSpec {
  arguments: string[];
  mode: string;
  driver?: object;
  monitoring: { metricsProperties: string | undefined };
}

/** Of the application, which edits of the spec count up. */
function argumentOf(pod: { [field: string]: unknown }): string | undefined {
  const { containers } = pod['spec'] as { containers: { args: string[] }[] };
  return containers[0]?.args.at(-1);
}

function configMapOf(pod: { [field: string]: unknown }): string {
  const { volumes = [] } = pod['spec'] as { volumes?: { configMap?: { name: string } }[] };
  return volumes.find(({ configMap }) => configMap !== undefined)?.configMap?.name ?? '';
}

/** Lets everything run that can run without another event. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
