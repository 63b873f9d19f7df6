/**
 * `npm run simulate -- [--runs N] [--seed S] [--kind K] [--moves 3-5,17] [--bug NAME]`: many runs with figures, or one that is
 * told move by move. A run that breaks an invariant is shown with the command that repeats it, made as short as it gets.
 */
import { parseArgs } from 'node:util';
import { Figures, faultTable } from './figures.js';
import { plantedBugs } from './planted-bugs.js';
import { protocolSteps } from './protocol-steps.js';
import { run } from './run.js';
import { kindNamed, kindOf, runKinds } from './run-kinds.js';
import { formatMoves, parseMoves, shrink } from './shrinking.js';

const print = (text: string) => process.stdout.write(`${text}\n`);

const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    seed: { type: 'string', default: process.env['SEED'] ?? '0' },
    kind: { type: 'string' },
    moves: { type: 'string' },
    bug: { type: 'string' },
  },
});

const bug = plantedBugs.find(({ name }) => name === values.bug);
if (values.bug !== undefined && bug === undefined) throw new RangeError(`no planted bug is called '${values.bug}'`);

/** Of one run, given in words: what a seed means. */
function optionsOf(seed: number) {
  const kind = values.kind === undefined ? kindOf(seed) : kindNamed(values.kind);
  return { seed, kind, ...(bug === undefined ? {} : { plantedBug: bug }) };
}

async function runMany(first: number, count: number): Promise<boolean> {
  const figures = new Figures();
  const begun = performance.now();
  for (let seed = first; seed < first + count; seed += 1) {
    const broken = await run({ ...optionsOf(seed), figures });
    if (broken !== undefined) {
      print(`seed ${seed}: ${broken.invariant}: ${broken.detail}`);
      await showShortest(seed, broken.invariant);
      return false;
    }
    if ((seed - first + 1) % 10_000 === 0) print(`${seed - first + 1} runs hold`);
  }
  report(figures, (performance.now() - begun) / 1_000);
  return true;
}

async function showShortest(seed: number, invariant: string): Promise<void> {
  const { kind } = optionsOf(seed);
  const moves = await shrink(optionsOf(seed), invariant);
  print(`again: SEED=${seed} npm run simulate -- --kind '${kind.name}' --moves ${formatMoves(moves)}`);
  await run({ ...optionsOf(seed), moves, tell: print });
}

async function runOne(seed: number): Promise<boolean> {
  const moves = values.moves === undefined ? {} : { moves: parseMoves(values.moves) };
  const broken = await run({ ...optionsOf(seed), ...moves, tell: print });
  print(broken === undefined ? 'all invariants hold' : `${broken.invariant}: ${broken.detail}`);
  return broken === undefined;
}

function report(figures: Figures, seconds: number): void {
  const { runs, steps, requests, crashes, drivers } = figures;
  const kinds = values.kind === undefined ? `${runKinds.length} kinds` : values.kind;
  print(`${runs} runs of ${kinds} in ${seconds.toFixed(0)} s, all invariants hold`);
  print(`${steps} moves, ${requests} requests, ${crashes} crashes, ${drivers} drivers started`);
  print(`users: ${[...figures.actions].map(([action, times]) => `${action} ${times}`).join(', ')}`);
  print(faultTable(figures, protocolSteps));
}

const seed = Number(values.seed);
const holds = values.runs === undefined ? await runOne(seed) : await runMany(seed, Number(values.runs));
process.exitCode = holds ? 0 : 1;
