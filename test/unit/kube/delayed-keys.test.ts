import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DelayedKeys } from '../../../src/kube/delayed-keys.js';

test('whatever is added and deleted, keys come out by their earliest time and once each', () => {
  const key = fc.integer({ min: 0, max: 15 });
  const step = fc.oneof(
    fc.record({ do: fc.constant('add' as const), key, due: fc.nat(100) }),
    fc.record({ do: fc.constant('delete' as const), key }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const delayed = new DelayedKeys<number>();
      const expected = new Map<number, number>();
      for (const one of steps) {
        if (one.do === 'delete') {
          delayed.delete(one.key);
          expected.delete(one.key);
        } else {
          delayed.add(one.key, one.due);
          expected.set(one.key, Math.min(one.due, expected.get(one.key) ?? one.due));
        }
        assert.equal(delayed.size, expected.size);
        assert.equal(delayed.nextDue, expected.size === 0 ? undefined : Math.min(...expected.values()));
      }
      const taken: number[] = [];
      for (let next = delayed.takeDue(100); next !== undefined; next = delayed.takeDue(100)) taken.push(next);
      assert.deepEqual(
        taken.map((one) => expected.get(one)),
        [...expected.values()].sort((a, b) => a - b),
      );
      assert.deepEqual(new Set(taken), new Set(expected.keys()));
    }),
  );
});

test('what is not due yet stays', () => {
  const delayed = new DelayedKeys<string>();
  delayed.add('a', 10);
  assert.equal(delayed.takeDue(9), undefined);
  assert.equal(delayed.takeDue(10), 'a');
  assert.equal(delayed.takeDue(10), undefined);
});
