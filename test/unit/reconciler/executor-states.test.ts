import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { executorChange } from '../../../reconciler/executor-states.js';
import { podState, type SparkPod } from '../../../reconciler/spark-pod.js';
import { formatRanges, parseRanges } from '../../../src/api/id-ranges.js';
import type { PodState, SparkApplicationStatus } from '../../../src/api/status.js';
import { executorPod } from './applications.js';

const limit = 4;

const ends: Readonly<Record<string, Parameters<typeof executorPod>[1]>> = {
  pending: {},
  running: { phase: 'Running' },
  completed: { phase: 'Succeeded', end: { exitCode: 0 } },
  failed: { phase: 'Failed', end: { exitCode: 1 } },
};

/** What the pods of executors are, at one time after another. */
const history = fc.array(fc.dictionary(fc.nat(12).map(String), fc.constantFrom(...Object.keys(ends)), { maxKeys: 8 }), {
  maxLength: 6,
});

const podsOf = (moment: Record<string, string>): SparkPod[] =>
  Object.entries(moment).map(([id, state]) => executorPod(Number(id) + 1, ends[state]));

/** Counts by a model that forgets nobody. */
function counted(moments: readonly SparkPod[][]): Partial<Record<PodState, number>> {
  const states = new Map<number | undefined, PodState>();
  for (const pods of moments) {
    const present = new Map(pods.map((pod) => [pod.executorId, podState(pod)]));
    for (const [id, state] of states) {
      if (!present.has(id) && state !== 'COMPLETED' && state !== 'FAILED') states.set(id, 'UNKNOWN');
    }
    for (const [id, state] of present) states.set(id, state);
  }
  const counts: Partial<Record<PodState, number>> = {};
  for (const state of states.values()) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

describe('the counts of executors', () => {
  it('are those of all that were ever seen, whether kept by name or not', () => {
    // Numbers are not given twice: whoever was gone stays away.
    const withoutReturns = history.map((moments) => {
      const left = new Set<string>();
      return moments.map((moment, index) => {
        for (const id of Object.keys(moments[index - 1] ?? {})) if (!Object.hasOwn(moment, id)) left.add(id);
        return Object.fromEntries(Object.entries(moment).filter(([id]) => !left.has(id)));
      });
    });
    fc.assert(
      fc.property(withoutReturns, (moments) => {
        let status: SparkApplicationStatus = {};
        for (const moment of moments) {
          const change = executorChange(status, podsOf(moment), 'RUNNING', limit);
          // As it comes back from an API server after a restart.
          status = JSON.parse(JSON.stringify({ ...status, ...change.status }));
          assert.ok(Object.keys(status.executorState ?? {}).length <= limit);
        }
        assert.deepEqual({ ...status.executorCounts }, counted(moments.map(podsOf)));
      }),
      { numRuns: 500 },
    );
  });

  it('need no more room for ten thousand executors beyond the limit than for ten', () => {
    const pods = Array.from({ length: 10_000 }, (_, index) => executorPod(index + 1, { phase: 'Running' }));
    const { status } = executorChange({}, pods, 'RUNNING', limit);
    assert.equal(status.executorCounts?.RUNNING, 10_000);
    assert.deepEqual(status.untrackedExecutors, { present: { RUNNING: '5-10000' }, gone: {} });
  });

  it('are not there as long as there was no executor', () => {
    assert.deepEqual(executorChange({}, [], 'RUNNING', limit).status, {});
  });
});

describe('ranges of numbers', () => {
  it('can be read back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(50)), (ids) => {
        assert.deepEqual(
          parseRanges(formatRanges(ids)),
          [...ids].sort((a, b) => a - b),
        );
      }),
    );
  });

  it('that nobody wrote count as absent, and as many as there is memory for', () => {
    assert.deepEqual(parseRanges('a,,-3,5-x,7-6,1.5'), []);
    assert.equal(parseRanges('1-999999999,5').length, 100_000);
  });
});
