/** Who is next: lanes, turns between groups, limits, and age. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Place, WorkQueue, type WorkQueueOptions } from '../../../src/kube/work-queue.js';
import { FakeClock, settle } from './fake-clock.js';

type Lane = 'status' | 'submission';

/** Keys look like `submission/namespace/rank`. */
function placeOf(key: string): Place<Lane> {
  const [lane, group = '', rank = ''] = key.split('/');
  return { lane: lane === 'status' ? 'status' : 'submission', group, ...(rank === '' ? {} : { rank: Number(rank) }) };
}

function setUp(options: Partial<WorkQueueOptions<string, Lane>> = {}) {
  const begun: string[] = [];
  const running = new Map<string, () => void>();
  const clock = new FakeClock();
  const queue = new WorkQueue<string, Lane>({
    lanes: { status: { concurrency: 1 }, submission: { concurrency: 1 } },
    placeOf,
    clock,
    random: () => 1,
    handle: (key) => {
      begun.push(key);
      return new Promise((resolve) => running.set(key, resolve));
    },
    onError: () => {},
    ...options,
  });
  const add = (...keys: readonly string[]) => {
    for (const key of keys) queue.add(key);
  };
  const end = async (key: string) => {
    running.get(key)?.();
    running.delete(key);
    await settle();
  };
  /** Ends what was begun first, until nothing is under way. */
  const finish = async () => {
    await settle();
    while (running.size > 0) for (const key of [...running.keys()]) await end(key);
  };
  return { queue, clock, begun, running, add, end, finish };
}

test('status does not wait behind a thousand submissions', async () => {
  const { queue, begun, add } = setUp();
  queue.start();
  add(...Array.from({ length: 1_000 }, (_, index) => `submission/a/${index}`));
  await settle();
  add('status/a/1');
  await settle();
  assert.deepEqual(begun, ['submission/a/0', 'status/a/1']);
  assert.deepEqual([queue.depthOf('status'), queue.depthOf('submission'), queue.depth], [0, 999, 999]);
});

test('namespaces take turns, so that a thousand applications of one keep another waiting for one only', async () => {
  const { queue, begun, add, finish } = setUp();
  add(
    ...Array.from({ length: 1_000 }, (_, index) => `submission/crowd/${index}`),
    'submission/few/1',
    'submission/few/2',
  );
  queue.start();
  await finish();
  assert.equal(begun.length, 1_002);
  assert.deepEqual(begun.slice(0, 4), [
    'submission/crowd/0',
    'submission/few/1',
    'submission/crowd/1',
    'submission/few/2',
  ]);
});

test('within a namespace the oldest application goes first, in whatever order they came', async () => {
  const { queue, begun, add, finish } = setUp();
  add('submission/a/3', 'submission/a/1', 'submission/a/2');
  queue.start();
  await finish();
  assert.deepEqual(begun, ['submission/a/1', 'submission/a/2', 'submission/a/3']);
});

test('no namespace has more submissions under way than its limit, and the others go on', async () => {
  const limits = { status: { concurrency: 1 }, submission: { concurrency: 3, concurrencyPerGroup: 1 } };
  const { queue, begun, running, add, end, finish } = setUp({ lanes: limits });
  add('submission/a/1', 'submission/a/2', 'submission/b/1');
  queue.start();
  await settle();
  assert.deepEqual([...running.keys()], ['submission/a/1', 'submission/b/1']);
  await end('submission/a/1');
  assert.deepEqual([...running.keys()], ['submission/b/1', 'submission/a/2']);
  await finish();
  assert.equal(begun.length, 3);
});

test('a key that waits moves when it belongs into another lane, and is worked on once', async () => {
  let lane: Lane = 'submission';
  const place = (key: string): Place<Lane> => (key === 'x' ? { lane, group: 'a', rank: 1 } : placeOf(key));
  const { queue, begun, add, finish } = setUp({ placeOf: place });
  queue.start();
  add('submission/a/0', 'x');
  await settle();
  assert.deepEqual(begun, ['submission/a/0']);
  lane = 'status';
  add('x');
  await settle();
  assert.deepEqual(begun, ['submission/a/0', 'x']);
  await finish();
  assert.deepEqual(begun, ['submission/a/0', 'x']);
});

test('it can be told who waits since when, and for how long the longest work goes on', async () => {
  const { queue, clock, add, finish } = setUp();
  queue.start();
  const begin = clock.elapsed();
  add('submission/a/1', 'submission/a/2');
  await clock.advance(700);
  assert.deepEqual([...queue.waiting()], [{ key: 'submission/a/2', lane: 'submission', since: begin }]);
  assert.equal(queue.longestWorkMilliseconds, 700);
  await finish();
  assert.deepEqual([...queue.waiting()], []);
  assert.equal(queue.longestWorkMilliseconds, 0);
});

test('what waits when the queue stops is forgotten', async () => {
  const { queue, begun, add, end } = setUp();
  queue.start();
  add('submission/a/1', 'submission/a/2');
  await settle();
  const stopped = queue.stop();
  await end('submission/a/1');
  await stopped;
  assert.deepEqual([begun, queue.depth, queue.depthOf('submission')], [['submission/a/1'], 0, 0]);
});
