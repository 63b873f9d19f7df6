/**
 * The end of a run: faults are over, users have gone home, everybody does what is to be done at once, and time passes until
 * nothing has been written for longer than any routine look waits.
 */
import { collectGarbage } from './cluster/garbage-collector.js';
import { Random } from './random.js';
import { settled } from './virtual-time.js';
import type { World } from './world.js';

const minute = 60_000;
/** Longer than the pause of any recheck that looks for what no event told. */
const quietMilliseconds = 11 * minute;
const longestPause = 2 * minute;
/** Renewals of leases take several each. */
const mostRounds = 4_000;

export async function calm(world: World): Promise<void> {
  await endTrouble(world);
  const random = new Random(world.seed, 4);
  world.latestWriteAt = world.time.now;
  for (let round = 0; round < mostRounds && world.broken === undefined; round += 1) {
    const isBusy = await work(world, random);
    world.judge((invariant) => invariant.afterEachStep?.(world));
    if (isBusy) continue;
    // What is under way from before comes at the worst of times: when everything seems to be at rest.
    const late = world.network.late.shift();
    if (late !== undefined) {
      world.say(() => `late: ${late.request.method} ${late.request.path} of ${late.process.identity} arrives`);
      await world.network.arrive(late);
      continue;
    }
    if (world.time.now - world.latestWriteAt > quietMilliseconds) return;
    await world.time.pass(Math.min(world.time.untilNextTimer ?? longestPause, longestPause));
  }
  world.breaks('everything comes to rest', `something is still written after ${mostRounds} rounds`);
}

async function endTrouble(world: World): Promise<void> {
  world.isCalm = true;
  world.endTrouble();
  for (const process of world.alive()) {
    if (process.isPaused) await process.resume();
    // What a wrong clock has put off for hours is not put right with the clock.
    if (!process.usesLease || process.clock.offset !== 0) process.crash();
  }
  if (world.alive().length === 0) world.startProcess(true);
  await world.time.jump(Math.max(0, world.time.latestShown - world.time.now));
  await settled();
}

/** Whether anything was done. */
async function work(world: World, random: Random): Promise<boolean> {
  const { network, node, api } = world;
  let isBusy = false;
  for (const flight of network.flights.slice()) {
    await network.arrive(flight);
    isBusy ||= flight.step !== 'lease' && flight.step !== 'look';
  }
  await settled();
  for (const watch of network.watches) while (!watch.process.isDead && watch.tell()) isBusy = true;
  await settled();
  for (const path of node.podPaths()) isBusy = (await node.work(random, path)) !== undefined || isBusy;
  if ((await collectGarbage(api)) > 0) isBusy = true;
  if (world.alive().length === 0) world.startProcess(true);
  await settled();
  return isBusy || network.flights.length > 0;
}
