/**
 * `npm run simulate-rotation -- [--runs N] [--seed S]`: many runs of both kinds, with figures; or, with a seed alone, the one run
 * of each kind that a failing seed names. Outside of a test runner, which would watch every promise of them.
 */
import { parseArgs } from 'node:util';
import { messageOf } from '../../../src/errors.js';
import { type SimulationResult, simulateRotation } from './rotation-simulation.js';

const kinds = [
  { name: 'crashes, losses and pauses', options: {} },
  { name: 'others who damage and delete', options: { outsiders: true } },
] as const;

const print = (text: string) => process.stdout.write(`${text}\n`);

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '1' }, seed: { type: 'string', default: '0' } },
});
const first = Number(values.seed);
const runs = Number(values.runs);
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(runs) || runs < 1) {
  print('usage: npm run simulate-rotation -- [--runs N] [--seed S]');
  process.exit(2);
}

const counted = ['crashes', 'lost', 'pauses', 'switches', 'writes'] as const satisfies (keyof SimulationResult)[];

for (const { name, options } of kinds) {
  const totals = new Map<string, number>(counted.map((figure) => [figure, 0]));
  const begun = performance.now();
  for (let seed = first; seed < first + runs; seed += 1) {
    try {
      const result = await simulateRotation({ ...options, seed });
      for (const figure of counted) totals.set(figure, (totals.get(figure) ?? 0) + result[figure]);
    } catch (fault) {
      print(`${name}: seed ${seed}: ${messageOf(fault)}`);
      process.exit(1);
    }
  }
  const figures = [...totals].map(([figure, total]) => `${figure} ${total}`).join(', ');
  print(`${name}: ${runs} runs in ${((performance.now() - begun) / 1_000).toFixed(0)} s hold: ${figures}`);
}
