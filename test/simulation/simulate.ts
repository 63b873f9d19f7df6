/**
 * `npm run simulate -- [--runs N] [--threads T] [--seed S] [--kind K] [--moves 3-5,17] [--bug NAME] [--go-on]`: many runs with
 * figures, on all cores unless said otherwise (interrupted, it shows those of the runs so far), or one that is told move by move.
 * A run that breaks an invariant is shown with the command that repeats it, made as short as it gets, and ends them all; with
 * `--go-on` such runs are only named.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type FiguresData, faultTable } from './figures.js';
import { bugNamed } from './planted-bugs.js';
import { protocolSteps } from './protocol-steps.js';
import { run } from './run.js';
import { kindNamed, kindOf, runKinds } from './run-kinds.js';
import { runBatches } from './seed-batches.js';
import { formatMoves, parseMoves, shrink } from './shrinking.js';

const print = (text: string) => process.stdout.write(`${text}\n`);

const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    threads: { type: 'string', default: String(availableParallelism()) },
    seed: { type: 'string', default: process.env['SEED'] ?? '0' },
    kind: { type: 'string' },
    moves: { type: 'string' },
    bug: { type: 'string' },
    'go-on': { type: 'boolean', default: false },
  },
});

const bug = values.bug === undefined ? undefined : bugNamed(values.bug);

/** Of one run, given in words: what a seed means. */
function optionsOf(seed: number) {
  const kind = values.kind === undefined ? kindOf(seed) : kindNamed(values.kind);
  return { seed, kind, ...(bug === undefined ? {} : { plantedBug: bug }) };
}

async function runMany(first: number, count: number): Promise<boolean> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const begun = performance.now();
  let told = 0;
  const onProgress = (runs: number) => {
    if (runs < told + 1_000) return;
    told = runs;
    print(`${runs} runs`);
  };
  const { kind, bug } = values;
  const goOn = values['go-on'];
  const { figures, broken } = await runBatches({
    first,
    count,
    kind,
    bug,
    goOn,
    threads: Number(values.threads),
    signal: stop.signal,
    onProgress,
    onBroken: ({ seed, invariant, detail }) => print(`seed ${seed}: ${invariant}: ${detail}`),
  });
  const [shown] = broken;
  if (goOn || shown === undefined) report(figures, broken.length, (performance.now() - begun) / 1_000);
  else await showShortest(shown.seed, shown.invariant);
  return shown === undefined;
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

function report(figures: FiguresData, broken: number, seconds: number): void {
  const { runs, steps, requests, crashes, drivers, executors, surrenders } = figures;
  const kinds = values.kind === undefined ? `${runKinds.length} kinds` : values.kind;
  const verdict = broken === 0 ? 'all invariants hold' : `${broken} of them break an invariant`;
  print(`${runs} runs of ${kinds} in ${seconds.toFixed(0)} s, ${verdict}`);
  print(
    `${steps} moves, ${requests} requests, ${crashes} crashes, ${drivers} drivers and ${executors} executors started`,
  );
  print(`${surrenders} waits given up`);
  print(`users: ${[...figures.actions].map(([action, times]) => `${action} ${times}`).join(', ')}`);
  print(`pods: ${[...figures.fates].map(([fate, times]) => `${fate} ${times}`).join(', ')}`);
  print(faultTable(figures, protocolSteps));
}

const seed = Number(values.seed);
const holds = values.runs === undefined ? await runOne(seed) : await runMany(seed, Number(values.runs));
process.exitCode = holds ? 0 : 1;
