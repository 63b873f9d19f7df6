import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type SimulationOptions, type SimulationResult, simulateRotation } from './rotation-simulation.js';

/** `npm run simulate-rotation` runs more. */
const seeds = Array.from({ length: 12 }, (_, seed) => seed);

/** Runs all seeds; a failing one is named, and `simulateRotation({ seed })` replays it exactly. */
async function forEachSeed(options: Omit<SimulationOptions, 'seed'>): Promise<SimulationResult[]> {
  const results: SimulationResult[] = [];
  for (const seed of seeds) {
    try {
      results.push(await simulateRotation({ ...options, seed }));
    } catch (cause) {
      throw new Error(`seed ${seed}`, { cause });
    }
  }
  return results;
}

const sum = (results: readonly SimulationResult[], of: (result: SimulationResult) => number) =>
  results.reduce((total, result) => total + of(result), 0);

describe('whatever crashes, is lost, late or paused', () => {
  it('no certificate is served whose authority a registration lacks, and none before the overlap is over', async () => {
    const results = await forEachSeed({});
    assert.ok(sum(results, ({ crashes }) => crashes) > seeds.length, 'the runs must crash replicas');
    assert.ok(sum(results, ({ lost }) => lost) > seeds.length, 'the runs must lose requests and answers');
    assert.ok(sum(results, ({ switches }) => switches) > seeds.length, 'the runs must rotate authorities');
    assert.deepEqual([...new Set(results.map(({ anchorsLeft }) => anchorsLeft > 3))], [false], 'old ones go out');
    assert.ok(
      results.every(({ writes }) => writes < 60),
      'nothing is written without need',
    );
  });

  it('what somebody takes away or damages is put right, and never taken away by us', async () => {
    const results = await forEachSeed({ outsiders: true });
    assert.ok(sum(results, ({ switches }) => switches) > seeds.length);
  });
});
