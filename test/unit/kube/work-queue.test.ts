import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { oneLane, type Requeue, WorkQueue, type WorkQueueOptions } from '../../../src/kube/work-queue.js';
import { FakeClock, settle } from './fake-clock.js';

/** A queue whose handlers end when the test says so, unless it says how they end from the start. */
function setUp(options: Partial<WorkQueueOptions<string>> = {}) {
  const clock = new FakeClock();
  const begun: string[] = [];
  const errors: { key: string; retryIn: number }[] = [];
  const running: { key: string; end: (requeue?: Requeue) => void; fail: (error: Error) => void }[] = [];
  const queue = new WorkQueue<string>({
    ...oneLane(2),
    clock,
    random: () => 1,
    handle: (key) => {
      begun.push(key);
      return new Promise((resolve, reject) => running.push({ key, end: resolve, fail: reject }));
    },
    onError: (key, _, retryIn) => errors.push({ key, retryIn }),
    initialBackOffMilliseconds: 100,
    maximumBackOffMilliseconds: 400,
    ...options,
  });
  const take = (key: string) => {
    const index = running.findIndex((one) => one.key === key);
    const [found] = running.splice(index, 1);
    if (index < 0 || found === undefined) throw new Error(`${key} has no worker`);
    return found;
  };
  const end = async (key: string, requeue?: Requeue) => {
    take(key).end(requeue);
    await settle();
  };
  const fail = async (key: string) => {
    take(key).fail(new Error('on purpose'));
    await settle();
  };
  return { clock, queue, begun, errors, running, end, fail };
}

test('keys are worked on in the order in which they came, as many at a time as allowed', async () => {
  const { queue, begun, end } = setUp();
  for (const key of ['a', 'b', 'c', 'd', 'a']) queue.add(key);
  await settle();
  assert.deepEqual(begun, [], 'nothing before start');
  queue.start();
  await settle();
  assert.deepEqual(begun, ['a', 'b']);
  assert.equal(queue.depth, 2);
  await end('b');
  await end('a');
  assert.deepEqual(begun, ['a', 'b', 'c', 'd']);
});

test('a key added many times while it is worked on is worked on once more, after the others that wait', async () => {
  const { queue, begun, end } = setUp(oneLane(1));
  queue.start();
  queue.add('a');
  await settle();
  queue.add('a');
  queue.add('b');
  queue.add('a');
  assert.equal(queue.depth, 1);
  await end('a');
  await end('b');
  await end('a');
  assert.deepEqual(begun, ['a', 'b', 'a']);
});

test('a queue is stalled while keys wait and no worker takes one, and not before it works', async () => {
  const { clock, queue, end } = setUp(oneLane(1));
  queue.add('a');
  queue.add('b');
  await clock.advance(1_000);
  assert.equal(queue.stalledMilliseconds, 0);
  queue.start();
  await clock.advance(5_000);
  assert.equal(queue.stalledMilliseconds, 5_000);
  queue.add('c');
  await end('a');
  assert.equal(queue.stalledMilliseconds, 0);
  await clock.advance(2_000);
  assert.equal(queue.stalledMilliseconds, 2_000);
  await end('b');
  await end('c');
  await clock.advance(9_000);
  assert.equal(queue.stalledMilliseconds, 0);
  queue.add('d');
  queue.add('e');
  await clock.advance(3_000);
  assert.equal(queue.stalledMilliseconds, 3_000);
});

test('the handler never runs inside of add', () => {
  const { queue, begun } = setUp();
  queue.start();
  queue.add('a');
  assert.deepEqual(begun, []);
});

test('of several delays the earliest holds, and an immediate add makes them void', async () => {
  const { clock, queue, begun, end } = setUp();
  queue.start();
  queue.addAfter('a', 500);
  queue.addAfter('a', 100);
  queue.addAfter('a', 300);
  await clock.advance(99);
  assert.deepEqual(begun, []);
  await clock.advance(1);
  assert.deepEqual(begun, ['a']);
  await end('a');
  queue.addAfter('a', 100);
  queue.add('a');
  await settle();
  await end('a');
  await clock.advance(10_000);
  assert.deepEqual(begun, ['a', 'a']);
  assert.equal(clock.pending, 0);
});

test('a delay for a key that waits for a worker anyway is void', async () => {
  const { clock, queue, begun, end } = setUp(oneLane(1));
  queue.start();
  queue.add('a');
  await settle();
  queue.add('b');
  queue.addAfter('b', 100);
  queue.add('a');
  queue.addAfter('a', 100);
  await end('a');
  await end('b');
  await end('a');
  await clock.advance(10_000);
  assert.deepEqual(begun, ['a', 'b', 'a']);
});

test('a handler may ask for another look, and an add that came meanwhile is sooner', async () => {
  const { clock, queue, begun, end } = setUp();
  queue.start();
  queue.add('a');
  await settle();
  await end('a', { requeueAfterMilliseconds: 1_000 });
  await clock.advance(999);
  assert.equal(begun.length, 1);
  await clock.advance(1);
  assert.equal(begun.length, 2);
  queue.add('a');
  await end('a', { requeueAfterMilliseconds: 1_000 });
  assert.equal(begun.length, 3);
});

test('a delay that ends while the key is worked on leads to one more look', async () => {
  const { clock, queue, begun, end } = setUp();
  queue.start();
  queue.add('a');
  await settle();
  queue.addAfter('a', 10);
  await clock.advance(10);
  assert.equal(begun.length, 1);
  await end('a');
  assert.equal(begun.length, 2);
});

test('a delay longer than a timer of Node can hold is kept', async () => {
  const { clock, queue, begun } = setUp();
  const days60 = 60 * 86_400_000;
  queue.start();
  queue.addAfter('a', days60);
  await clock.advance(days60 - 1);
  assert.deepEqual(begun, []);
  await clock.advance(1);
  assert.deepEqual(begun, ['a']);
});

test('a key that fails comes back ever later, and a success forgets that', async () => {
  const { clock, queue, errors, fail, end } = setUp();
  queue.start();
  queue.add('a');
  await settle();
  for (const retryIn of [100, 200, 400, 400]) {
    await fail('a');
    assert.deepEqual(errors.at(-1), { key: 'a', retryIn });
    await clock.advance(retryIn);
  }
  await end('a');
  queue.add('a');
  await settle();
  await fail('a');
  assert.equal(errors.at(-1)?.retryIn, 100);
});

test('a handler that throws before its first await is an error like any other', async () => {
  const { queue, errors } = setUp({
    handle: () => {
      throw new Error('at once');
    },
  });
  queue.start();
  queue.add('a');
  await settle();
  assert.deepEqual(errors, [{ key: 'a', retryIn: 100 }]);
});

test('stopping waits for the handlers that run, starts no other and leaves no timer', async () => {
  const { clock, queue, begun, running, end } = setUp(oneLane(1));
  queue.start();
  queue.add('a');
  queue.add('b');
  queue.addAfter('c', 10);
  await settle();
  let stopped = false;
  const stopping = queue.stop().then(() => {
    stopped = true;
  });
  queue.add('d');
  await settle();
  assert.equal(stopped, false);
  await end('a', { requeueAfterMilliseconds: 5 });
  await stopping;
  await clock.advance(1_000);
  assert.deepEqual(begun, ['a']);
  assert.equal(running.length, 0);
  assert.equal(clock.pending, 0);
  assert.equal(queue.depth, 0);
});

test('under any interleaving no key has two workers and no add is lost', async () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd');
  const step = fc.oneof(
    fc.record({ do: fc.constant('add' as const), key }),
    fc.record({ do: fc.constant('addAfter' as const), key, milliseconds: fc.integer({ min: -1, max: 500 }) }),
    fc.record({ do: fc.constantFrom('end' as const, 'fail' as const), which: fc.nat() }),
    fc.record({ do: fc.constant('advance' as const), milliseconds: fc.nat(300) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      // What has changed about a key since a worker last began to look at it.
      const unseen = new Map<string, number>();
      const working = new Map<string, (error?: Error) => void>();
      const clock = new FakeClock();
      const queue = new WorkQueue<string>({
        ...oneLane(2),
        clock,
        random: () => 0.5,
        handle: (looked) => {
          assert.ok(!working.has(looked), `two workers for ${looked}`);
          assert.ok(working.size < 2, 'too many workers');
          const saw = unseen.get(looked);
          unseen.delete(looked);
          return new Promise((resolve, reject) => {
            working.set(looked, (error) => {
              working.delete(looked);
              if (error === undefined) return resolve();
              // A failed look has seen nothing.
              if (saw !== undefined) unseen.set(looked, saw);
              reject(error);
            });
          });
        },
        onError: (_, error) => assert.equal(String(error), 'Error: on purpose'),
      });
      queue.start();
      for (const one of steps) {
        if (one.do === 'add') {
          unseen.set(one.key, 1);
          queue.add(one.key);
        } else if (one.do === 'addAfter') {
          unseen.set(one.key, 1);
          queue.addAfter(one.key, one.milliseconds);
        } else if (one.do === 'advance') {
          await clock.advance(one.milliseconds);
        } else {
          const finish = [...working.values()][one.which % Math.max(1, working.size)];
          finish?.(one.do === 'fail' ? new Error('on purpose') : undefined);
        }
        await Promise.resolve();
      }
      for (let turn = 0; turn < 20 && (working.size > 0 || unseen.size > 0); turn += 1) {
        for (const finish of [...working.values()]) finish();
        await clock.advance(60_000);
      }
      assert.deepEqual([...unseen.keys()], []);
      for (const finish of [...working.values()]) finish();
      await queue.stop();
      assert.equal(clock.pending, 0);
    }),
    { numRuns: 60 },
  );
});
