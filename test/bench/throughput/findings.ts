/** What the audit log says about the applications of one run: how long things took, and who asked how much. */
import { z } from 'zod';
import { promisedEvents } from './application.js';
import { type AuditEntry, answeredAt } from './audit-log.js';

const writtenSchema = z.object({
  status: z
    .object({
      phase: z.string().optional(),
      applicationState: z.object({ state: z.string().optional() }).optional(),
    })
    .default({}),
});

/** When something first was so, in milliseconds. */
interface Life {
  created?: number;
  driverCreated?: number;
  readonly phases: Map<string, number>;
  readonly states: Map<string, number>;
}

/** Which state of an application follows from which phase of its driver. */
const stateAfterPhase = { Running: 'RUNNING', Succeeded: 'COMPLETED' } as const;

export class Findings {
  readonly #prefix: string;
  readonly #lives = new Map<string, Life>();
  readonly #requests = new Map<string, number>();
  #reconcilerRequests = 0;
  #events = 0;

  /** @param prefix of the names of the applications of this run */
  constructor(prefix: string) {
    this.#prefix = `${prefix}-`;
  }

  /** Whether this entry is the creation of an application of this run: what follows is of this run too. */
  isBegunBy({ objectRef, verb }: AuditEntry): boolean {
    return verb === 'create' && objectRef?.resource === 'sparkapplications' && objectRef.name.startsWith(this.#prefix);
  }

  /** @param userAgent of the load; whoever else asks is one of ours */
  take(entry: AuditEntry, userAgent: string): void {
    const { objectRef: { resource = '', subresource = '', name = '' } = {}, verb } = entry;
    if (entry.userAgent !== userAgent) this.#count(verb, resource, subresource);
    if (resource !== 'sparkapplications' && resource !== 'pods') return;
    if ((entry.responseStatus?.code ?? 500) >= 300 || !name.startsWith(this.#prefix)) return;
    const life = this.#lifeOf(name.replace(/-driver$/, ''));
    if (resource === 'sparkapplications' && verb === 'create') life.created = answeredAt(entry);
    if (resource === 'pods' && verb === 'create') life.driverCreated = answeredAt(entry);
    if (subresource === 'status') this.#takeStatus(entry, life);
  }

  get applications(): number {
    return this.#lives.size;
  }

  get submissionMilliseconds(): number[] {
    return this.#differences(({ created, driverCreated }) => [created, driverCreated]);
  }

  get statusLagMilliseconds(): number[] {
    return Object.entries(stateAfterPhase).flatMap(([phase, state]) =>
      this.#differences(({ phases, states }) => [phases.get(phase), states.get(state)]),
    );
  }

  /** Applications that ended in a minute, while between a tenth and nine tenths of them did. */
  get perMinute(): number {
    const ends = [...this.#lives.values()].flatMap(({ states }) => states.get('COMPLETED') ?? []).sort((a, b) => a - b);
    const [from, to] = [Math.floor(ends.length * 0.1), Math.floor(ends.length * 0.9)];
    const minutes = ((ends[to] ?? Number.NaN) - (ends[from] ?? Number.NaN)) / 60_000;
    return Math.round((to - from) / minutes);
  }

  get requestsPerApplication(): number {
    return this.#reconcilerRequests / this.#lives.size;
  }

  get eventsPerApplication(): number {
    return this.#events / this.#lives.size;
  }

  /** Promised events that nobody recorded. */
  get missingEvents(): number {
    return Math.max(0, this.#lives.size * promisedEvents.length - this.#events);
  }

  get requestsByKind(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      [...this.#requests].map(([kind, count]) => [kind, Math.round((count / this.#lives.size) * 100) / 100]),
    );
  }

  #count(verb: string, resource: string, subresource: string): void {
    const kind = `${verb} ${resource}${subresource === '' ? '' : `/${subresource}`}`;
    this.#requests.set(kind, (this.#requests.get(kind) ?? 0) + 1);
    if (resource === 'events') this.#events += 1;
    else this.#reconcilerRequests += 1;
  }

  #takeStatus({ requestObject, ...entry }: AuditEntry, { phases, states }: Life): void {
    const { phase, applicationState } = writtenSchema.parse(requestObject).status;
    const at = answeredAt({ requestObject, ...entry });
    if (phase !== undefined && !phases.has(phase)) phases.set(phase, at);
    const state = applicationState?.state;
    if (state !== undefined && !states.has(state)) states.set(state, at);
  }

  #differences(between: (life: Life) => [number | undefined, number | undefined]): number[] {
    return [...this.#lives.values()].flatMap((life) => {
      const [from, to] = between(life);
      return from === undefined || to === undefined ? [] : [to - from];
    });
  }

  #lifeOf(name: string): Life {
    const life = this.#lives.get(name) ?? { phases: new Map(), states: new Map() };
    this.#lives.set(name, life);
    return life;
  }
}
