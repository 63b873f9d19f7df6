/** The test of the test: bugs that are planted are found, by runs that hold without them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plantedBugs } from './planted-bugs.js';
import { run } from './run.js';
import { kindNamed } from './run-kinds.js';
import { formatMoves, parseMoves, shrink } from './shrinking.js';

const mostRuns = 2_000;

async function firstToFind(name: string): Promise<number | undefined> {
  const plantedBug = plantedBugs.find((bug) => bug.name === name);
  if (plantedBug === undefined) return undefined;
  const kind = kindNamed(plantedBug.kind);
  for (let seed = 0; seed < mostRuns; seed += 1) {
    if ((await run({ seed, kind, plantedBug })) !== undefined) return seed;
  }
  return undefined;
}

describe(`within ${mostRuns} runs it is found that`, () => {
  for (const { name, kind } of plantedBugs) {
    it(name, async () => {
      const seed = await firstToFind(name);
      assert.notEqual(seed, undefined, 'nothing was found');
      const broken = await run({ seed: seed ?? 0, kind: kindNamed(kind) });
      assert.equal(broken, undefined, `seed ${seed} breaks without the bug, too`);
    });
  }
});

describe('a failing run', () => {
  it('is made shorter, and breaks the same promise', async () => {
    const plantedBug = plantedBugs.find(({ name }) => name === 'the uid of the pod is not claimed');
    assert.ok(plantedBug);
    const options = { seed: 0, kind: kindNamed(plantedBug.kind), plantedBug };
    const broken = await run(options);
    assert.ok(broken);
    const moves = await shrink(options, broken.invariant);
    assert.ok(moves.length < 40, `${moves.length} moves are left`);
    assert.equal((await run({ ...options, moves }))?.invariant, broken.invariant);
  });

  it('is named by ranges of its moves', () => {
    assert.equal(formatMoves([3, 4, 5, 17]), '3-5,17');
    assert.deepEqual(parseMoves('3-5,17'), [3, 4, 5, 17]);
    assert.throws(() => parseMoves('x'), RangeError);
  });
});
