/** Whatever goes wrong, the promises hold: sixty runs of each kind, each from one seed. More by `npm run simulate`. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { coldCandidate } from './cold-candidate.js';
import { coverage } from './faults.js';
import { Figures, faultTable } from './figures.js';
import { foundFaults } from './found-faults.js';
import { podFates } from './pod-fates.js';
import { protocolSteps } from './protocol-steps.js';
import { run } from './run.js';
import { kindNamed, kindOf, runKinds } from './run-kinds.js';
import { type BrokenRun, RunThread } from './run-thread.js';
import { userActions } from './user-actions.js';

const seeds = 60 * runKinds.length;

describe('whatever crashes, is lost, late, stale or changed on the way', () => {
  const figures = new Figures();
  let broken: readonly BrokenRun[] = [];

  before(async () => {
    const thread = new RunThread();
    const result = await thread.run({ first: 0, count: seeds, goOn: true });
    figures.add(result.figures);
    broken = result.broken;
    await thread.end();
  });

  for (const kind of runKinds) {
    it(`every promise holds in runs of the kind "${kind.name}"`, () => {
      const first = broken.find(({ seed }) => kindOf(seed) === kind);
      assert.equal(first, undefined, `SEED=${first?.seed} npm run simulate: ${first?.invariant}: ${first?.detail}`);
    });
  }

  it('every fault has met every step of the protocol that it can meet', () => {
    const missed = coverage.flatMap(({ fault, steps }) =>
      steps.filter((step) => figures.times(fault, step) === 0).map((step) => `${fault} at ${step}`),
    );
    assert.deepEqual(missed, [], `\n${faultTable(figures, protocolSteps)}`);
  });

  it('users have done everything that they can do', () => {
    const missed = Object.keys(userActions).filter((action) => !figures.actions.has(action));
    assert.deepEqual(missed, []);
  });

  it('pods have fared in every way that there is', () => {
    const missed = Object.keys(podFates).filter((fate) => !figures.fates.has(fate));
    assert.deepEqual(missed, []);
  });

  it('the runs crash processes, or they prove nothing', () => {
    assert.equal(figures.runs, seeds);
    assert.ok(figures.crashes > seeds / 2, `${figures.crashes} crashes`);
    assert.ok(figures.drivers > seeds, `${figures.drivers} drivers started`);
    assert.ok(figures.executors > seeds / 10, `${figures.executors} executors started`);
    assert.ok(figures.surrenders > seeds / 10, `${figures.surrenders} waits were given up`);
  });
});

describe('a run that once broke a promise holds it now:', () => {
  for (const { fault, kind, seed } of foundFaults) {
    it(fault, async () => {
      assert.equal(await run({ seed, kind: kindNamed(kind) }), undefined);
      assert.equal(await run({ seed, kind: kindNamed(kind), elect: coldCandidate }), undefined);
    });
  }
});

describe('a run', () => {
  it('is the same whenever it is repeated from its seed', async () => {
    for (const seed of [3, 10, 21]) {
      const [first, second] = [await storyOf(seed), await storyOf(seed)];
      assert.ok(first.length > 50);
      assert.deepEqual(first, second);
    }
  });
});

async function storyOf(seed: number): Promise<readonly string[]> {
  const story: string[] = [];
  await run({ seed, tell: (what) => story.push(what) });
  return story;
}
