/** The test of the test: bugs that are planted are found, by runs that hold without them. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { plantedBugs } from './planted-bugs.js';
import { run } from './run.js';
import { kindNamed } from './run-kinds.js';
import { RunThread } from './run-thread.js';
import { formatMoves, parseMoves, shrink } from './shrinking.js';

const mostRuns = 2_000;

describe(`within ${mostRuns} runs it is found that`, () => {
  const thread = new RunThread();
  after(() => thread.end());

  for (const { name, kind } of plantedBugs) {
    it(name, async () => {
      const { broken } = await thread.run({ first: 0, count: mostRuns, kind, bug: name, goOn: false });
      const [found] = broken;
      assert.ok(found, 'nothing was found');
      const withoutBug = await run({ seed: found.seed, kind: kindNamed(kind) });
      assert.equal(withoutBug, undefined, `seed ${found.seed} breaks without the bug, too`);
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
