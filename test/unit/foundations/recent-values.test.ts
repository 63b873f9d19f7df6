/** Values that are remembered for the objects that were asked about last. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { RecentValues } from '../../../src/recent-values.js';

it('a value is made once for an object, and again for another that only looks the same', () => {
  const recent = new RecentValues<object, number>(2);
  let made = 0;
  const make = () => {
    made += 1;
    return made;
  };
  const one = {};
  assert.deepEqual([recent.get(one, make), recent.get(one, make), recent.get({}, make)], [1, 1, 2]);
});

it('no more values are kept than there is room for, and the oldest goes', () => {
  const recent = new RecentValues<object, string>(2);
  const [a, b, c] = [{}, {}, {}];
  for (const object of [a, b, c]) recent.get(object, () => 'old');
  assert.equal(
    recent.get(b, () => 'new'),
    'old',
  );
  assert.equal(
    recent.get(a, () => 'new'),
    'new',
  );
});

it('a value that does not fit is made anew, and what is thrown is not remembered', () => {
  const recent = new RecentValues<object, string>(2);
  const key = {};
  recent.get(key, () => 'for one');
  assert.equal(
    recent.get(
      key,
      () => 'for the other',
      (value) => value.endsWith('other'),
    ),
    'for the other',
  );
  const fails = () => {
    throw new Error('not now');
  };
  assert.throws(() => recent.get({}, fails), /not now/);
});
