/** Everything that there is in one run: the cluster, the network, the processes of the operator, and what is remembered of it. */
import { ElectedReconciler } from '../../reconciler/elected-reconciler.js';
import type { ApiRequest } from '../../src/kube/api-client.js';
import { applicationPath } from './cluster/addresses.js';
import { Admission } from './cluster/admission.js';
import { type ClusterApi, ModelApiServer } from './cluster/api-server.js';
import { Node } from './cluster/node.js';
import type { ObjectChange, StoredObject } from './cluster/stored-object.js';
import { conditionSteps, conditions } from './faults.js';
import type { Figures } from './figures.js';
import { type Invariant, invariants } from './invariants.js';
import { Ledger, surrenderOf } from './ledger.js';
import { Network } from './network.js';
import { type Elect, OperatorProcess } from './operator-process.js';
import { passLogger } from './pass-logger.js';
import type { PlantedBug } from './planted-bugs.js';
import type { ProtocolStep } from './protocol-steps.js';
import { Random } from './random.js';
import type { RunKind } from './run-kinds.js';
import { VirtualTime } from './virtual-time.js';

export interface BrokenInvariant {
  readonly invariant: string;
  readonly detail: string;
}

export interface WorldOptions {
  readonly seed: number;
  readonly kind: RunKind;
  readonly figures: Figures;
  readonly plantedBug: PlantedBug | undefined;
  /** Told of everything that happens; left out: nobody listens. */
  readonly tell: ((what: string) => void) | undefined;
  /** Default: the model. */
  readonly createApi?: (now: () => number, onChange: (change: ObjectChange) => void) => ClusterApi;
  /** Default: as the product does it. */
  readonly elect?: Elect;
}

export class World {
  readonly seed: number;
  readonly kind: RunKind;
  readonly figures: Figures;
  readonly plantedBug: PlantedBug | undefined;
  readonly time = new VirtualTime();
  readonly ledger = new Ledger();
  readonly admission = new Admission();
  readonly network = new Network(this);
  readonly api: ClusterApi;
  readonly node: Node;
  readonly elect: Elect;
  readonly processes: OperatorProcess[] = [];
  /** The first that did not hold. */
  broken: BrokenInvariant | undefined;
  /** Of the requests of processes, leases and looks apart. */
  latestWriteAt = 0;
  /** Faults are over, and users have gone home. */
  isCalm = false;
  #processes = 0;

  constructor(private readonly options: WorldOptions) {
    const { seed, kind, figures, plantedBug, createApi, elect } = options;
    this.seed = seed;
    this.kind = kind;
    this.figures = figures;
    this.plantedBug = plantedBug;
    this.elect = elect ?? ((...args) => new ElectedReconciler(...args));
    const now = () => this.time.now;
    const onChange = (change: ObjectChange) => this.#changed(change);
    this.api = createApi?.(now, onChange) ?? new ModelApiServer(now, onChange);
    const fates = new Random(seed, 3);
    this.node = new Node({
      api: this.api,
      now,
      executorsOfDriver: kind.executors ?? 0,
      send: async (request) => (await this.handle(request)) as StoredObject,
      drawFate: (role) => {
        const fate = this.kind.drawFate(role, fates, this.isCalm);
        this.figures.countFate(fate);
        return fate;
      },
      onStart: (life) => {
        this.ledger.started(life);
        if (life.role === 'driver') this.figures.drivers += 1;
        if (life.role === 'executor') this.figures.executors += 1;
        this.judge((invariant) => invariant.onStart?.(life, this));
      },
      onEnd: (life) => this.ledger.ended(life),
    });
  }

  get application(): StoredObject | undefined {
    return this.api.objects.get(applicationPath);
  }

  alive(): OperatorProcess[] {
    return this.processes.filter(({ isDead }) => !isDead);
  }

  /** @param usesLease false: it believes that it leads */
  startProcess(usesLease: boolean): OperatorProcess {
    this.#processes += 1;
    const taken = new Set(this.alive().map(({ identity }) => identity));
    const identity = ['pod-a', 'pod-b', 'pod-c'].find((name) => !taken.has(name)) ?? `pod-${this.#processes}`;
    const logger = passLogger((detail) => this.breaks('no pass goes round in circles', detail));
    const process = new OperatorProcess({ world: this, number: this.#processes, identity, usesLease, logger });
    this.processes.push(process);
    process.start();
    return process;
  }

  /** What stands before the API server goes, unless it lasts. Answers whether anything did. */
  endTrouble(): boolean {
    return !this.kind.troubleLasts && this.admission.clear();
  }

  /** A request as the API server admits it. */
  handle(request: ApiRequest): unknown {
    return this.api.handle(this.admission.admit(request));
  }

  say(what: () => string): void {
    this.options.tell?.(what());
  }

  judge(check: (invariant: Invariant) => string | undefined): void {
    if (this.broken !== undefined) return;
    for (const invariant of invariants) {
      const detail = check(invariant);
      if (detail !== undefined) this.breaks(invariant.name, detail);
    }
  }

  breaks(invariant: string, detail: string): void {
    if (this.broken !== undefined) return;
    this.broken = { invariant, detail };
    this.say(() => `BROKEN: ${invariant}: ${detail}`);
  }

  onSend(process: OperatorProcess, request: ApiRequest, step: ProtocolStep): void {
    this.figures.requests += 1;
    const writes = step !== 'look' && step !== 'lease' && this.admission.allows(request);
    if (writes) this.latestWriteAt = this.time.now;
    if (conditionSteps.includes(step)) {
      for (const { name, holds } of conditions) if (holds(process, this)) this.figures.count(name, step);
    }
    this.judge((invariant) => invariant.onSend?.(request, process, this));
  }

  #changed(change: ObjectChange): void {
    this.judge((invariant) => invariant.onChange?.(change, this));
    this.ledger.take(change);
    const { path, before, after } = change;
    if (path === applicationPath && before !== undefined && after !== undefined && surrenderOf(before, after)) {
      this.figures.surrenders += 1;
    }
    if (after === undefined && before !== undefined) this.node.forget(before.metadata.uid);
    this.say(() => describeChange(change));
  }
}

function describeChange({ path, before, after }: ObjectChange): string {
  const name = path.split('/').slice(-2).join('/');
  if (after === undefined) return `  ${name} is gone`;
  const status =
    JSON.stringify(after.status) === JSON.stringify(before?.status) ? '' : ` ${JSON.stringify(after.status)}`;
  const deleting = after.metadata.deletionTimestamp === undefined ? '' : ' (going)';
  return `  ${name}${deleting} ${before === undefined ? `is there, ${after.metadata.uid}` : 'changed'}${status}`;
}
