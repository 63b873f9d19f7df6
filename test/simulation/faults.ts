/**
 * What goes wrong: a row is a kind of fault. Some strike a request that is under way, some a process, some the cluster; a
 * condition is not brought about but noticed, where the run has come into it by itself.
 */
import { ApiUnreachable } from '../../src/kube/api-error.js';
import { applicationPath } from './cluster/addresses.js';
import { refusal } from './cluster/api-server.js';
import { garbageIn } from './cluster/garbage-collector.js';
import type { Flight } from './network.js';
import type { OperatorProcess } from './operator-process.js';
import { type ProtocolStep, protocolSteps } from './protocol-steps.js';
import type { Random } from './random.js';
import type { World } from './world.js';

interface Row {
  readonly name: string;
  readonly weight: number;
  /** Steps at which it can happen; left out: at every one. */
  readonly at?: readonly ProtocolStep[];
}

interface RequestFault extends Row {
  readonly strikes: 'request';
  strike(flight: Flight, world: World): void | Promise<void>;
}

interface ProcessFault extends Row {
  readonly strikes: 'process';
  strike(process: OperatorProcess, world: World, random: Random): void | Promise<void>;
}

interface ClusterFault extends Row {
  readonly strikes: 'cluster';
  strike(world: World, random: Random): void | Promise<void>;
}

export type Fault = RequestFault | ProcessFault | ClusterFault;

const minutes = 60_000;
const hours = 60 * minutes;

const refused = (status: number, reason: string, message: string) => ({
  strikes: 'request' as const,
  strike(flight: Flight, { network }: World) {
    network.take(flight);
    flight.fail(refusal(status, reason, message));
  },
});

const creates: readonly ProtocolStep[] = ['pod', 'release'];
const writes: readonly ProtocolStep[] = protocolSteps.filter((step) => step !== 'look');
const changes: readonly ProtocolStep[] = writes.filter((step) => step !== 'lease');

const requestFaults: readonly RequestFault[] = [
  {
    name: 'the process crashes before the request is sent',
    weight: 2,
    strikes: 'request',
    strike: ({ process }, { network, figures }) => {
      for (const flight of network.flights.filter((other) => other.process === process)) network.take(flight);
      process.crash();
      figures.crashes += 1;
    },
  },
  {
    name: 'the process crashes before the answer comes',
    weight: 3,
    strikes: 'request',
    strike: async (flight, { network, figures }) => {
      flight.process.crash();
      figures.crashes += 1;
      await network.carryOut(flight);
    },
  },
  {
    name: 'the process crashes while the request is under way',
    weight: 3,
    strikes: 'request',
    strike: ({ process }, { network, figures }) => {
      for (const flight of network.flights.filter((other) => other.process === process)) network.holdUp(flight);
      process.crash();
      figures.crashes += 1;
    },
  },
  {
    name: 'the connection is refused',
    weight: 2,
    strikes: 'request',
    strike: (flight, { network }) => {
      network.take(flight);
      flight.fail(new ApiUnreachable(flight.request.path, new Error('refused')));
    },
  },
  {
    name: 'the answer is lost',
    weight: 4,
    strikes: 'request',
    strike: async (flight, { network }) => {
      await network.carryOut(flight);
      flight.fail(new ApiUnreachable(flight.request.path, new Error('reset')));
    },
  },
  {
    name: 'the request arrives when its sender has given up',
    weight: 4,
    strikes: 'request',
    strike: (flight, { network }) => {
      network.holdUp(flight);
      flight.fail(new ApiUnreachable(flight.request.path, new Error('timed out')));
    },
  },
  {
    name: 'the server fails after it has done it',
    weight: 2,
    strikes: 'request',
    strike: async (flight, { network }) => {
      await network.carryOut(flight);
      flight.fail(refusal(504, 'Timeout', 'etcdserver: request timed out'));
    },
  },
  { name: '409', weight: 2, at: writes, ...refused(409, 'Conflict', 'the object has been modified') },
  { name: '429', weight: 2, ...refused(429, 'TooManyRequests', 'too many requests') },
  { name: '500', weight: 2, ...refused(500, 'InternalError', 'etcd has no leader') },
  { name: 'refused by a quota', weight: 2, at: creates, ...refused(403, 'Forbidden', 'exceeded quota: objects') },
];

const processFaults: readonly ProcessFault[] = [
  { name: 'the process is paused', weight: 5, strikes: 'process', strike: (process) => process.pause() },
  { name: 'its wall clock is set', weight: 2, strikes: 'process', strike: setClock },
  { name: 'it is stopped in good order', weight: 2, strikes: 'process', strike: (process) => void process.stop() },
];

function setClock(process: OperatorProcess, { ledger }: World, random: Random): void {
  process.clock.offset += (random.number() - 0.5) * 4 * hours;
  // Every deadline may seem to be over from now on.
  ledger.harm('a clock was set', 10);
  ledger.clockWasSet = true;
}

const clusterFaults: readonly ClusterFault[] = [
  {
    name: 'a second leader that believes it leads',
    weight: 3,
    strikes: 'cluster',
    strike: (world) => {
      if (world.alive().length < 3) world.startProcess(false);
    },
  },
  {
    name: 'a watch breaks',
    weight: 3,
    strikes: 'cluster',
    strike: (world, random) => endWatch(world, random, new Error('reset')),
  },
  { name: 'a watch ends', weight: 2, strikes: 'cluster', strike: (world, random) => endWatch(world, random) },
  {
    name: '410',
    weight: 3,
    strikes: 'cluster',
    strike: ({ api }) => {
      const versions = [...api.objects.values()].map(({ metadata }) => Number(metadata.resourceVersion));
      api.log.compactedUpTo = Math.max(0, ...versions);
    },
  },
  {
    name: 'hours pass while all sleep',
    weight: 2,
    strikes: 'cluster',
    strike: async ({ time, ledger }, random) => {
      ledger.harm('hours passed');
      ledger.hasSlept = true;
      await time.jump(random.number() * 3 * hours);
    },
  },
  {
    name: 'a quota is used up',
    weight: 2,
    strikes: 'cluster',
    strike: ({ admission }) => {
      admission.quotaIsUsedUp = true;
    },
  },
  {
    name: 'the webhook is away',
    weight: 2,
    strikes: 'cluster',
    strike: ({ admission, kind }, random) => {
      // The driver that spark-submit makes has its owner from the webhook: without one nobody knows whose it is.
      const mayBeGone = kind.submitter === undefined && random.chance(0.5);
      admission.webhook = mayBeGone ? 'unregistered' : 'away';
    },
  },
];

function endWatch({ network }: World, random: Random, failure?: Error): void {
  const watch = random.pick(network.watches.filter(({ process }) => !process.isDead));
  watch?.end(failure && new ApiUnreachable('watch', failure));
}

/** Of the requests under way one to be struck: mostly of those that change something, as looks are many. */
export function pickVictim(fault: Fault, { network }: World, random: Random): Flight | undefined {
  const able = network.flights.filter(({ step, process }) => !process.isDead && isAble(fault, step));
  const changing = able.filter(({ step }) => changes.includes(step));
  return random.pick(changing.length > 0 && random.chance(0.8) ? changing : able);
}

const isAble = ({ at }: Fault, step: ProtocolStep) => at?.includes(step) ?? true;

export const faults: readonly Fault[] = [...requestFaults, ...processFaults, ...clusterFaults];

interface Condition {
  readonly name: string;
  /** Of a process that sends something. */
  holds(process: OperatorProcess, world: World): boolean;
}

const pendingOf = (process: OperatorProcess, { network }: World) =>
  network.watches.filter((watch) => watch.process === process).map(({ pending }) => pending);

/** Where they are looked for: at what changes an application and its pods. */
export const conditionSteps: readonly ProtocolStep[] = changes;

export const conditions: readonly Condition[] = [
  {
    name: 'its cache is stale',
    holds: (process, world) => pendingOf(process, world).some((pending) => pending !== undefined),
  },
  {
    name: 'its caches are out of order',
    holds: (process, world) => {
      const pending = pendingOf(process, world);
      return pending.length > 1 && new Set(pending.map((entry) => entry === undefined)).size === 2;
    },
  },
  { name: 'garbage is not collected yet', holds: (_, { api }) => garbageIn(api).length > 0 },
  {
    name: 'the name was of another application',
    holds: (_, { ledger, api }) => ledger.applications.size > 1 && api.objects.has(applicationPath),
  },
  {
    name: 'two processes work',
    holds: (process, world) =>
      world.alive().some((other) => other !== process && other.lastStep !== 'lease' && other.lastStep !== 'look'),
  },
];

/** Counted where they strike without being struck. */
const noticed = ['the answer comes too late'] as const;

/** Everything that must have met every step that it can meet. */
export const coverage: readonly { readonly fault: string; readonly steps: readonly ProtocolStep[] }[] = [
  ...faults.map(({ name, at = protocolSteps }) => ({ fault: name, steps: at })),
  ...conditions.map(({ name }) => ({ fault: name, steps: conditionSteps })),
  ...noticed.map((name) => ({ fault: name, steps: writes })),
];
