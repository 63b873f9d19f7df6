import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type SimulationOptions, type SimulationResult, simulate } from './simulation.js';

/** More by SIMULATION_SEEDS=10000, say. */
const seeds = Array.from({ length: Number(process.env['SIMULATION_SEEDS'] ?? 150) }, (_, seed) => seed);

/** Runs all seeds; a failing one is named, and `simulate({ seed })` replays it exactly. */
async function forEachSeed(options: Omit<SimulationOptions, 'seed'>, check: (result: SimulationResult) => void) {
  let crashes = 0;
  for (const seed of seeds) {
    const result = await simulate({ ...options, seed });
    try {
      assert.equal(result.misled, 0, 'a driver started with the monitoring files of another spec');
      check(result);
    } catch (cause) {
      throw new Error(`seed ${seed}: ${JSON.stringify(result)}`, { cause });
    }
    crashes += result.crashes;
  }
  assert.ok(crashes > seeds.length, 'the runs must crash reconcilers, or they prove nothing');
}

describe('whatever crashes, is lost, late or stale', () => {
  it('an application completes with exactly one driver started and none left over', () =>
    forEachSeed({}, ({ started, state, livePods }) => {
      assert.deepEqual({ started: started.length, state, livePods }, { started: 1, state: 'COMPLETED', livePods: 0 });
    }));

  it('edits of the spec on the way never start a second driver of one submission', () =>
    forEachSeed({ edits: 'valid' }, ({ started, live, state, livePods, isCurrent }) => {
      assert.ok(isCurrent, 'the last run is of an older spec');
      assert.equal(new Set(started).size, started.length);
      assert.ok(live <= 1);
      assert.deepEqual({ state, livePods }, { state: 'COMPLETED', livePods: 0 });
    }));

  it('edits of the name of the driver pod never make two drivers run, and leave none over', () =>
    forEachSeed({ edits: 'pod-names' }, ({ started, live, state, livePods, isCurrent }) => {
      assert.ok(isCurrent, 'the last run is of an older spec');
      assert.equal(new Set(started).size, started.length);
      assert.ok(live <= 1);
      assert.deepEqual({ state, livePods }, { state: 'COMPLETED', livePods: 0 });
    }));

  it('edits and deletions together never start one submission twice', () =>
    forEachSeed({ edits: 'valid', deletions: true }, ({ started, live, state, livePods, isCurrent }) => {
      assert.ok(isCurrent, 'the last run is of an older spec');
      assert.equal(new Set(started).size, started.length);
      assert.ok(live <= 1);
      assert.match(state, /^(COMPLETED|FAILED)$/);
      assert.equal(livePods, 0);
    }));

  it('an edit that must be refused ends the application unless its driver runs already', () =>
    forEachSeed({ edits: 'any' }, ({ started, state, errorMessage, livePods }) => {
      assert.equal(new Set(started).size, started.length);
      assert.equal(livePods, 0);
      if (state !== 'COMPLETED') assert.match(errorMessage, /^invalid SparkApplication: spec\.mode/);
    }));

  it('failures are followed by new runs up to the budget, one at a time', () =>
    forEachSeed(
      { setbacks: true, restartPolicy: { type: 'OnFailure', onFailureRetries: 2 } },
      ({ started, live, state, livePods, isCurrent, executionAttempts }) => {
        assert.ok(isCurrent, 'the last run is of an older spec');
        assert.ok(executionAttempts <= started.length + 1, 'a driver that never ran counts as a run');
        assert.equal(new Set(started).size, started.length);
        assert.ok(live <= 1);
        assert.match(state, /^(COMPLETED|FAILED)$/);
        assert.equal(livePods, 0);
        assert.ok(started.length <= executionAttempts);
        if (state === 'FAILED') assert.ok(executionAttempts >= 3);
      },
    ));

  it('failures, suspensions, edits and deletions together never make two drivers run, and leave none over', () =>
    forEachSeed(
      {
        setbacks: true,
        edits: 'pod-names',
        deletions: true,
        restartPolicy: { type: 'OnFailure', onFailureRetries: 1, onSubmissionFailureRetries: 1 },
      },
      ({ started, live, state, livePods, isCurrent }) => {
        assert.ok(isCurrent, 'the last run is of an older spec');
        assert.equal(new Set(started).size, started.length);
        assert.ok(live <= 1);
        assert.match(state, /^(COMPLETED|FAILED)$/);
        assert.equal(livePods, 0);
      },
    ));

  it('driver pods that somebody deletes end in COMPLETED or FAILED, and never two start', () =>
    forEachSeed({ deletions: true }, ({ started, state, livePods }) => {
      assert.ok(started.length <= 1);
      assert.match(state, /^(COMPLETED|FAILED)$/);
      assert.equal(livePods, 0);
    }));

  it('by a submission pod, an application completes with exactly one driver started and none left over', () =>
    forEachSeed({ submitter: 'pod' }, ({ started, submitting, state, livePods }) => {
      assert.deepEqual(
        { started: started.length, submitting, state, livePods },
        { started: 1, submitting: 1, state: 'COMPLETED', livePods: 0 },
      );
    }));

  it('by submission pods, edits never make two drivers or two spark-submits run, and leave none over', () =>
    forEachSeed({ submitter: 'pod', edits: 'pod-names' }, ({ started, live, submitting, state, livePods }) => {
      assert.equal(new Set(started).size, started.length);
      assert.ok(live <= 1);
      assert.ok(submitting <= 1);
      assert.deepEqual({ state, livePods }, { state: 'COMPLETED', livePods: 0 });
    }));

  it('whoever submits, failures, suspensions, edits and deletions never make two drivers run, and leave none over', () =>
    forEachSeed(
      {
        submitter: 'either',
        setbacks: true,
        edits: 'pod-names',
        deletions: true,
        restartPolicy: { type: 'OnFailure', onFailureRetries: 1, onSubmissionFailureRetries: 1 },
      },
      ({ started, live, submitting, state, livePods }) => {
        assert.equal(new Set(started).size, started.length);
        assert.ok(live <= 1);
        assert.ok(submitting <= 1);
        assert.match(state, /^(COMPLETED|FAILED)$/);
        assert.equal(livePods, 0);
      },
    ));
});
