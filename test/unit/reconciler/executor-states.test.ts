import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { unmutatedPodReason } from '../../../reconciler/application-events.js';
import { executorChange } from '../../../reconciler/executor-states.js';
import { podState, type SparkPod } from '../../../reconciler/spark-pod.js';
import { formatRanges, parseRanges } from '../../../src/api/id-ranges.js';
import { type PodState, readStatus, type SparkApplicationStatus } from '../../../src/api/status.js';
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

/** What happens to an application: the limit of each moment, and the state of its application at the end. */
const events = fc.record({
  moments: history,
  limits: fc.array(fc.constantFrom(0, 3, limit, 10), { minLength: 6, maxLength: 6 }),
  end: fc.constantFrom('RUNNING', 'COMPLETED', 'FAILED', 'UNKNOWN'),
});

const endOfVanished: Readonly<Record<string, PodState>> = { RUNNING: 'UNKNOWN', COMPLETED: 'COMPLETED' };

const hasEnded = (state: PodState | undefined) => state === 'COMPLETED' || state === 'FAILED';

/** Counts by a model that forgets nobody, and believes of none that has ended that it lives. */
function counted(moments: readonly (readonly [pods: readonly SparkPod[], applicationState: string])[]) {
  const states = new Map<number | undefined, PodState>();
  for (const [pods, applicationState] of moments) {
    const present = new Map(pods.map((pod) => [pod.executorId, podState(pod)]));
    for (const [id, state] of states) {
      if (!hasEnded(state)) states.set(id, endOfVanished[applicationState] ?? 'FAILED');
    }
    for (const [id, state] of present) if (!hasEnded(states.get(id)) || hasEnded(state)) states.set(id, state);
  }
  return countsOf([...states.values()]);
}

function countsOf(states: readonly PodState[]): Partial<Record<PodState, number>> {
  const counts: Partial<Record<PodState, number>> = {};
  for (const state of states) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** As it comes back from an API server after a restart. */
function stored(status: SparkApplicationStatus): SparkApplicationStatus {
  return readStatus(JSON.parse(JSON.stringify(status)));
}

/** The status after one moment after another. */
function after(
  moments: readonly (readonly [pods: readonly SparkPod[], applicationState?: string, limit?: number])[],
  before: SparkApplicationStatus = {},
): SparkApplicationStatus {
  let status = before;
  for (const [pods, state = 'RUNNING', maximum = limit] of moments) {
    const change = executorChange(status, pods, state, maximum);
    status = stored({ ...status, ...change.status });
  }
  return status;
}

const running = (...ids: number[]) => ids.map((id) => executorPod(id, { phase: 'Running' }));
const ended = (...ids: number[]) => ids.map((id) => executorPod(id, ends['completed']));
const ids = (count: number, first = 1) => Array.from({ length: count }, (_, index) => index + first);

describe('the counts of executors', () => {
  it('are those of all that were ever seen, by name or not, whatever comes back and whichever limit holds', () => {
    fc.assert(
      fc.property(events, ({ moments, limits, end }) => {
        const pods = moments.map(podsOf);
        const known = pods.map((present, index) => [present, 'RUNNING', limits[index] ?? limit] as const);
        const status = after([...known, [[], end, limit]]);
        const expected = counted([...pods.map((present) => [present, 'RUNNING'] as const), [[], end]]);
        assert.deepEqual({ ...status.executorCounts }, expected);
      }),
      { numRuns: 1_000 },
    );
  });

  it('count an executor beyond the limit once that was out of sight for a moment', () => {
    assert.deepEqual(after([[running(11)], [[]], [running(11)]]).executorCounts, { RUNNING: 1 });
  });

  it('say that an executor which vanished completed once its application has, beyond the limit too', () => {
    const gone = after([[running(1, 11)], [[]]]);
    assert.deepEqual(gone.executorCounts, { UNKNOWN: 2 });
    assert.deepEqual(after([[[], 'COMPLETED']], gone).executorCounts, { COMPLETED: 2 });
  });

  it('do not bring to life what has ended, by name or number: a cache may be behind what was seen before', () => {
    const before = after([[ended(1, 11)]]);
    const change = executorChange(before, running(1, 11), 'FAILED', limit);
    assert.deepEqual(change.status.executorCounts, { COMPLETED: 2 });
    assert.deepEqual(change.events, []);
    const failed = [1, 11].map((id) => executorPod(id, ends['failed']));
    assert.deepEqual(executorChange(before, failed, 'FAILED', limit).status.executorCounts, { FAILED: 2 });
  });

  it('stay when the limit is lowered: a name that was kept is kept, without an event', () => {
    const before = after([[running(1, 5), 'RUNNING', 10]]);
    const change = executorChange(before, running(1, 5), 'RUNNING', 3);
    assert.deepEqual(change.status.executorCounts, { RUNNING: 2 });
    assert.deepEqual(Object.keys(change.status.executorState ?? {}).length, 2);
    assert.deepEqual(change.events, []);
  });

  it('stay when the limit is raised: a number stays a number', () => {
    const before = after([[running(1, 5), 'RUNNING', 3]]);
    const change = executorChange(before, running(1, 5), 'RUNNING', 10);
    assert.deepEqual(change.status.executorCounts, { RUNNING: 2 });
    assert.deepEqual(change.status.untrackedExecutors, { byState: { RUNNING: '5' } });
    assert.deepEqual(change.events, []);
  });

  it('count one once that a status has both by name and by number', () => {
    const [pod] = running(5);
    const status = {
      executorState: { [pod?.name ?? '']: 'RUNNING' as const },
      untrackedExecutors: { byState: { UNKNOWN: '5' } },
    };
    assert.deepEqual(after([[running(5)]], status).executorCounts, { RUNNING: 1 });
  });

  it('keep no more names than the limit, also of pods without a number', () => {
    const strange = ids(50).map((id) => ({ ...executorPod(id, { phase: 'Running' }), executorId: undefined }));
    const status = after([[[...strange, ...running(1, 2)]]]);
    assert.equal(Object.keys(status.executorState ?? {}).length, limit);
    assert.deepEqual(status.untrackedExecutors, { byState: { RUNNING: '1-2' } });
  });

  it('take bounded room however many executors are gone, and stay exact', () => {
    const generations = ids(30).map((generation) => {
      const first = generation * 1_000 + limit + 1;
      return [
        ...running(...ids(1_000, first).filter((id) => id % 2 === 0)),
        ...ended(...ids(1_000, first).filter((id) => id % 2 === 1)),
      ];
    });
    const gone = after([...generations.map((pods) => [pods] as const), [[]]]);
    assert.deepEqual(gone.executorCounts, { UNKNOWN: 15_000, COMPLETED: 15_000 });
    assert.ok(JSON.stringify(gone.untrackedExecutors).length < 50_000);
    const [oldest = [], latest = []] = [generations.at(0), generations.at(-1)];
    assert.deepEqual(after([[latest]], gone).executorCounts, { RUNNING: 500, UNKNOWN: 14_500, COMPLETED: 15_000 });
    assert.deepEqual(after([[oldest]], gone).executorCounts, { UNKNOWN: 15_000, COMPLETED: 15_000 });
    assert.deepEqual(after([[[], 'COMPLETED']], gone).executorCounts, { COMPLETED: 30_000 });
  });

  it('need no more room for ten thousand executors beyond the limit than for ten', () => {
    const pods = Array.from({ length: 10_000 }, (_, index) => executorPod(index + 1, { phase: 'Running' }));
    const { status } = executorChange({}, pods, 'RUNNING', limit);
    assert.equal(status.executorCounts?.RUNNING, 10_000);
    assert.deepEqual(status.untrackedExecutors, { byState: { RUNNING: '5-10000' } });
  });

  it('tell once of each that was admitted without its features, beyond the limit too', () => {
    const pods = [1, 5, 12].map((id) => executorPod(id, { phase: 'Running', isTagged: true }));
    const first = executorChange({}, pods, 'RUNNING', limit);
    const unmutated = ({ events }: typeof first) => events.filter(({ reason }) => reason === unmutatedPodReason).length;
    assert.equal(unmutated(first), 3);
    assert.equal(unmutated(executorChange(stored(first.status), pods, 'RUNNING', limit)), 0);
    const gone = after([[[]]], stored(first.status));
    assert.equal(unmutated(executorChange(gone, pods, 'RUNNING', limit)), 0);
  });

  it('tell of none without a number that nobody keeps by name: it would be told of again and again', () => {
    const strange = executorPod(7, { isTagged: true, executorId: undefined });
    assert.deepEqual(executorChange({}, [strange], 'RUNNING', 0).events, []);
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
