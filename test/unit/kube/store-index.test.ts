import assert from 'node:assert/strict';
import { test } from 'node:test';
import { objectKey } from '../../../src/kube/objects.js';
import { StoreIndex } from '../../../src/kube/store-index.js';

test('an index keeps nothing of a value that no object has any more', () => {
  const index = new StoreIndex((object: { colour: string }) => object.colour);
  for (let turn = 0; turn < 1_000; turn += 1) {
    const key = objectKey({ name: `n${turn}` });
    const red = { colour: `red-${turn}` };
    const blue = { colour: `blue-${turn}` };
    index.move(key, undefined, red);
    index.move(key, red, blue);
    assert.deepEqual(index.get(`red-${turn}`), []);
    assert.deepEqual(index.get(`blue-${turn}`), [blue]);
    index.move(key, blue, undefined);
  }
  assert.equal(index.size, 0);
});
