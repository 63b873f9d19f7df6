/**
 * The network between processes and the API server: a request is under way until the run lets it arrive, and its answer may
 * be lost, or come when its sender is dead, paused or has given up. Watches tell what they have to tell when the run says so.
 */
import type { ApiClient, ApiRequest } from '../../src/kube/api-client.js';
import { ApiUnreachable } from '../../src/kube/api-error.js';
import { pods } from '../../src/kube/resources.js';
import { collectionOf } from './cluster/addresses.js';
import { isSelected, partsOf, refusal } from './cluster/api-server.js';
import type { Life } from './cluster/node.js';
import type { StoredObject } from './cluster/stored-object.js';
import type { WatchLogEntry } from './cluster/watch-log.js';
import type { OperatorProcess } from './operator-process.js';
import { type ProtocolStep, stepOf } from './protocol-steps.js';
import type { World } from './world.js';

export interface Flight {
  readonly process: OperatorProcess;
  readonly request: ApiRequest;
  readonly step: ProtocolStep;
  /** Of the pod whose GET its sender had heard last, lists and leases apart: what was true when the API server answered. */
  readonly lookedAt: Life | undefined;
  readonly answer: (value: unknown) => void;
  readonly fail: (error: unknown) => void;
}

/** What is known at the server after the request was carried out. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown };

const defaultTimeoutMilliseconds = 15_000;

export class Network {
  readonly flights: Flight[] = [];
  /** On a long way: nobody waits for their answers any more. */
  readonly late: Flight[] = [];
  readonly watches: Watch[] = [];
  /** What is being carried out; undefined: nothing that a process sent. */
  carriedOut: Flight | undefined;

  constructor(private readonly world: World) {}

  /** What a process sends with. */
  clientOf(process: OperatorProcess): ApiClient {
    const send = (request: ApiRequest) => this.#send(process, request);
    const world = this.world;
    const network = this;
    return {
      request: send,
      async *lines(request, signal, opened) {
        await send({ ...request, signal });
        const watch = new Watch(process, world, request);
        network.watches.push(watch);
        signal.addEventListener('abort', () => watch.end(), { once: true });
        opened?.();
        try {
          for (let line = await watch.next(); line !== undefined; line = await watch.next()) yield line;
        } finally {
          network.watches.splice(network.watches.indexOf(watch), 1);
        }
      },
    };
  }

  #send(process: OperatorProcess, request: ApiRequest): Promise<unknown> {
    const step = stepOf(request);
    // Events are told, not promised.
    if (step === 'event') return Promise.resolve({});
    process.sends(request, step);
    const { lookedAt } = process;
    return new Promise((answer, fail) => {
      const { signal, timeoutMilliseconds = defaultTimeoutMilliseconds } = request;
      const settle = (how: () => void) => {
        stopTimer();
        signal?.removeEventListener('abort', giveUp);
        how();
      };
      const giveUp = () => settle(() => fail(new ApiUnreachable(request.path, new Error('timed out'))));
      const stopTimer = process.clock.after(timeoutMilliseconds, () => {
        if (step !== 'look') this.world.figures.count('the answer comes too late', step);
        giveUp();
      });
      signal?.addEventListener('abort', giveUp);
      this.flights.push({
        process,
        request,
        step,
        lookedAt,
        answer: (value) => {
          const isRoutine = step === 'lease' || (step === 'look' && isRoutineLook(request));
          const truth = this.#truthOf(request, value);
          process.hear(() => {
            if (!isRoutine) process.lookedAt = truth;
            settle(() => answer(value));
          });
        },
        fail: (error) => process.hear(() => settle(() => fail(error))),
      });
    });
  }

  /** Where one pod is asked for: what is true of it now, whatever becomes of it. */
  #truthOf({ method, path }: ApiRequest, answer: unknown): Life | undefined {
    if (method !== 'GET' || !path.startsWith(`${collectionOf(pods)}/`)) return undefined;
    const life = this.world.node.lives.get((answer as StoredObject).metadata.uid);
    return life && { ...life };
  }

  /** It is under way no more. */
  take(flight: Flight): void {
    const index = this.flights.indexOf(flight);
    if (index >= 0) this.flights.splice(index, 1);
  }

  holdUp(flight: Flight): void {
    this.take(flight);
    this.late.push(flight);
  }

  /** The request arrives, and so does its answer. */
  async arrive(flight: Flight): Promise<void> {
    this.reply(flight, await this.carryOut(flight));
  }

  reply(flight: Flight, outcome: Outcome): void {
    if ('value' in outcome) flight.answer(outcome.value);
    else flight.fail(outcome.error);
  }

  async carryOut(flight: Flight): Promise<Outcome> {
    this.take(flight);
    this.carriedOut = flight;
    try {
      const { figures, admission } = this.world;
      if (!admission.allows(flight.request)) {
        figures.count('its right to delete pods is missing', flight.step);
        throw refusal(403, 'Forbidden', 'pods is forbidden: the operator can not delete');
      }
      const isWatch = flight.request.query?.['watch'] === 'true';
      return { value: isWatch ? this.#openWatch(flight.request) : await this.world.handle(flight.request) };
    } catch (error) {
      return { error };
    } finally {
      this.carriedOut = undefined;
    }
  }

  #openWatch({ query }: ApiRequest): undefined {
    if (Number(query?.['resourceVersion']) < this.world.api.log.compactedUpTo) {
      throw refusal(410, 'Expired', 'too old resource version');
    }
  }
}

/** Of what no pass asks for. */
function isRoutineLook({ path }: ApiRequest): boolean {
  const { collection, name } = partsOf(path);
  return name === undefined || collection.endsWith('/leases');
}

const lines = new WeakMap<WatchLogEntry, string>();

function lineOf(entry: WatchLogEntry): string {
  const known = lines.get(entry);
  if (known !== undefined) return known;
  const line = JSON.stringify({ type: entry.type, object: entry.object });
  lines.set(entry, line);
  return line;
}

export class Watch {
  readonly #collection: string;
  readonly #selector: string | undefined;
  readonly #lines: string[] = [];
  readonly #stopTimer: () => void;
  #position: number;
  #isOver = false;
  #failure: Error | undefined;
  #wake = () => {};

  constructor(
    readonly process: OperatorProcess,
    private readonly world: World,
    { path, query = {} }: ApiRequest,
  ) {
    this.#collection = partsOf(path).collection;
    this.#selector = query['labelSelector'];
    this.#position = Number(query['resourceVersion']);
    this.#stopTimer = process.clock.after(Number(query['timeoutSeconds']) * 1_000, () => this.end());
  }

  /** What it has not told yet. */
  get pending(): WatchLogEntry | undefined {
    const { log } = this.world.api;
    for (let version = this.#position; ; ) {
      const entry = log.after(this.#collection, version);
      if (entry === undefined || isSelected(entry.object, this.#selector)) return entry;
      version = entry.version;
    }
  }

  /** One more line; where what it should tell is forgotten, the watch fails. */
  tell(): boolean {
    const entry = this.pending;
    if (entry === undefined || this.#isOver) return false;
    if (this.#position < this.world.api.log.compactedUpTo) {
      const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
      this.#push(JSON.stringify({ type: 'ERROR', object: status }));
      this.end();
      return true;
    }
    this.#position = entry.version;
    this.#push(lineOf(entry));
    return true;
  }

  #push(line: string): void {
    this.process.hear(() => {
      this.#lines.push(line);
      this.#wake();
    });
  }

  /** In good order, or by a failure. */
  end(failure?: Error): void {
    this.#isOver = true;
    this.#failure = failure;
    this.#stopTimer();
    this.process.hear(() => this.#wake());
  }

  async next(): Promise<string | undefined> {
    while (this.#lines.length === 0 && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const line = this.#lines.shift();
    if (line === undefined && this.#failure !== undefined) throw this.#failure;
    return line;
  }
}
