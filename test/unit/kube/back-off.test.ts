import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BackOff } from '../../../src/kube/back-off.js';

function delays(random: () => number, count: number): number[] {
  const backOff = new BackOff({ initialMilliseconds: 100, maximumMilliseconds: 1_000, random });
  return Array.from({ length: count }, () => backOff.next());
}

test('delays double up to the maximum, and chance takes away at most half of each', () => {
  assert.deepEqual(
    delays(() => 0, 6),
    [50, 100, 200, 400, 500, 500],
  );
  assert.deepEqual(
    delays(() => 1, 6),
    [100, 200, 400, 800, 1_000, 1_000],
  );
});

test('after a reset the first delay is the initial one again', () => {
  const backOff = new BackOff({ initialMilliseconds: 100, maximumMilliseconds: 1_000, random: () => 1 });
  backOff.next();
  backOff.next();
  backOff.reset();
  assert.equal(backOff.next(), 100);
});
