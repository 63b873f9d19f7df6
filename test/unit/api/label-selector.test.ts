import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readLabelSelector } from '../../../src/api/label-selector.js';
import { rightSelectors, wrongSelectors } from './label-selectors.js';

describe('a label selector', () => {
  for (const [text, means] of rightSelectors)
    it(`means as in Kubernetes: ${text}`, () => assert.deepEqual(readLabelSelector(text), means));

  for (const [text, says] of wrongSelectors) {
    it(`is refused in words: ${text}`, () => {
      const read = readLabelSelector(text);
      assert.ok('fault' in read, JSON.stringify(read));
      assert.match(read.fault, says);
    });
  }
});
