/** What may happen next: a row is a kind of move. One move of a run is drawn by the row's weight, the rest by its own luck. */
import { collectGarbage } from './cluster/garbage-collector.js';
import { type Fault, faults, pickVictim } from './faults.js';
import type { OperatorProcess } from './operator-process.js';
import type { ProtocolStep } from './protocol-steps.js';
import { Random } from './random.js';
import { type UserAction, userActions } from './user-actions.js';
import type { World } from './world.js';

interface MoveKind {
  readonly weight: number;
  /** Of a run of this world; undefined: there was nothing to do. */
  happen(world: World, random: Random): Promise<string | undefined>;
}

const seconds = 1_000;

async function requestArrives({ network }: World, random: Random): Promise<string | undefined> {
  const flight = random.pick(network.flights);
  if (flight === undefined) return undefined;
  await network.arrive(flight);
  return `${flight.process.identity}: ${flight.request.method} ${flight.request.path.split('/').slice(5).join('/')} arrives`;
}

async function lateRequestArrives({ network }: World, random: Random): Promise<string | undefined> {
  const flight = random.pick(network.late);
  if (flight === undefined) return undefined;
  network.late.splice(network.late.indexOf(flight), 1);
  await network.arrive(flight);
  return `late: ${flight.request.method} ${flight.request.path.split('/').slice(5).join('/')} of ${flight.process.identity} arrives`;
}

async function watchTells({ network }: World, random: Random): Promise<string | undefined> {
  const ready = network.watches.filter(({ process, pending }) => !process.isDead && pending !== undefined);
  const watch = random.pick(ready);
  if (watch === undefined) return undefined;
  for (let told = 1 + random.below(3); told > 0 && watch.tell(); told -= 1);
  return `a watch of ${watch.process.identity} tells`;
}

async function nodeWorks({ node }: World, random: Random): Promise<string | undefined> {
  const path = random.pick(node.podPaths());
  const did = path === undefined ? undefined : await node.work(random, path);
  return did && `pod ${path?.split('/').at(-1)} ${did}`;
}

async function garbageGoes({ api }: World): Promise<string | undefined> {
  return (await collectGarbage(api)) > 0 ? 'garbage is collected' : undefined;
}

async function timePasses({ time }: World, random: Random): Promise<string> {
  // From a tenth of a second to two minutes: short ones as often as long ones.
  const milliseconds = Math.floor(0.1 * seconds * 1_200 ** random.number());
  await time.pass(milliseconds);
  return `${milliseconds} ms pass`;
}

async function processStarts(world: World): Promise<string | undefined> {
  if (world.alive().length >= 2) return undefined;
  return `process ${world.startProcess(true).identity} starts`;
}

async function processGoesOn(world: World, random: Random): Promise<string | undefined> {
  const process = random.pick(world.alive().filter(({ isPaused }) => isPaused));
  await process?.resume();
  return process && `process ${process.identity} goes on`;
}

async function troubleIsOver(world: World): Promise<string | undefined> {
  return world.endTrouble() ? 'quota, webhook and rights are there again' : undefined;
}

async function userActs(world: World, random: Random): Promise<string | undefined> {
  // Whoever has deleted it in a test of deletions makes it anew.
  const action = random.pick(world.kind.users);
  return action && (await act(world, random, action));
}

async function act(world: World, random: Random, action: UserAction): Promise<string | undefined> {
  if (!(await userActions[action](world, random))) return undefined;
  world.figures.countAction(action);
  return `user: ${action}`;
}

async function faultStrikes(world: World, random: Random): Promise<string | undefined> {
  const fault = random.weighted(faults);
  return fault && (await strike(fault, world, random));
}

async function strike(fault: Fault, world: World, random: Random): Promise<string | undefined> {
  const { figures } = world;
  if (fault.strikes === 'request') {
    const flight = pickVictim(fault, world, random);
    if (flight === undefined) return undefined;
    figures.count(fault.name, flight.step);
    await fault.strike(flight, world);
    return `FAULT: ${fault.name}: ${flight.process.identity}: ${flight.request.method} ${flight.request.path}`;
  }
  const process = random.pick(world.alive().filter(({ isPaused }) => !isPaused));
  if (process === undefined) return undefined;
  for (const step of stepsUnderWay(process, world)) figures.count(fault.name, step);
  if (fault.strikes === 'process') await fault.strike(process, world, random);
  else await fault.strike(world, random);
  return `FAULT: ${fault.name} (${process.identity})`;
}

/** Those of requests that have no answer yet, or the latest. */
function stepsUnderWay(process: OperatorProcess, { network }: World): readonly ProtocolStep[] {
  const steps = network.flights.filter((flight) => flight.process === process).map(({ step }) => step);
  return steps.length > 0 ? steps : [process.lastStep];
}

const table = {
  'a request arrives': { weight: 52, happen: requestArrives },
  'a late request arrives': { weight: 1.5, happen: lateRequestArrives },
  'a watch tells': { weight: 16, happen: watchTells },
  'the node works': { weight: 9, happen: nodeWorks },
  'garbage is collected': { weight: 1.5, happen: garbageGoes },
  'time passes': { weight: 6, happen: timePasses },
  'a process starts': { weight: 4, happen: processStarts },
  'a paused process goes on': { weight: 1.5, happen: processGoesOn },
  'trouble is over': { weight: 1.5, happen: troubleIsOver },
  'a user acts': { weight: 2.5, happen: userActs },
  'a fault strikes': { weight: 8, happen: faultStrikes },
} as const satisfies Readonly<Record<string, MoveKind>>;

export type MoveName = keyof typeof table;

const rows = Object.entries(table).map(([name, row]) => ({ name: name as MoveName, ...row }));

/** Move number `index` of the run of a seed: the same whatever came before. */
export function moveAt(
  seed: number,
  index: number,
): { name: MoveName; happen: (world: World) => Promise<string | undefined> } {
  const random = new Random(seed, index);
  const { name, happen } = random.weighted(rows) ?? rows[0] ?? { name: 'time passes', happen: timePasses };
  return { name, happen: (world) => happen(world, random) };
}
