/** One run: a seed, a kind, moves drawn from the seed one after the other, then calm; after every move all invariants hold. */
import { calm } from './calm.js';
import type { ClusterApi } from './cluster/api-server.js';
import type { ObjectChange } from './cluster/stored-object.js';
import { Figures } from './figures.js';
import { moveAt } from './moves.js';
import type { Elect } from './operator-process.js';
import type { PlantedBug } from './planted-bugs.js';
import { Random } from './random.js';
import { kindOf, type RunKind } from './run-kinds.js';
import { userActions } from './user-actions.js';
import { settled } from './virtual-time.js';
import { type BrokenInvariant, World } from './world.js';

export const movesOfRun = 200;

export interface RunOptions {
  readonly seed: number;
  /** Default: by the seed. */
  readonly kind?: RunKind;
  /** Which of the moves happen; default: all. */
  readonly moves?: readonly number[];
  readonly figures?: Figures;
  readonly plantedBug?: PlantedBug;
  /** Told of everything that happens. */
  readonly tell?: (what: string) => void;
  /** Told of the world as the run leaves it. */
  readonly onEnd?: (world: World) => void;
  /** Default: the model. */
  readonly createApi?: (now: () => number, onChange: (change: ObjectChange) => void) => ClusterApi;
  /** Default: as the product does it. */
  readonly elect?: Elect;
}

export const allMoves: readonly number[] = Array.from({ length: movesOfRun }, (_, index) => index);

/** The first invariant that did not hold, or undefined. */
export async function run(options: RunOptions): Promise<BrokenInvariant | undefined> {
  const {
    seed,
    kind = kindOf(seed),
    moves = allMoves,
    figures = new Figures(),
    plantedBug,
    tell,
    createApi,
    elect,
    onEnd,
  } = options;
  // Refusals are made by the dozen here, and nobody reads where.
  Error.stackTraceLimit = 0;
  const world = new World({
    seed,
    kind,
    figures,
    plantedBug,
    tell,
    ...(createApi === undefined ? {} : { createApi }),
    ...(elect === undefined ? {} : { elect }),
  });
  figures.runs += 1;
  await userActions.create(world, new Random(seed, 5));
  world.startProcess(true);
  await settled();
  for (const index of moves) {
    if (world.broken !== undefined) break;
    await make(world, index);
  }
  if (world.broken === undefined) await calm(world);
  world.judge((invariant) => invariant.atTheEnd?.(world));
  for (const process of world.alive()) process.crash();
  onEnd?.(world);
  return world.broken;
}

async function make(world: World, index: number): Promise<void> {
  const { happen } = moveAt(world.seed, index);
  world.figures.steps += 1;
  const what = await happen(world);
  await settled();
  if (what !== undefined) world.say(() => `${index}. ${what}`);
  world.judge((invariant) => invariant.afterEachStep?.(world));
}
