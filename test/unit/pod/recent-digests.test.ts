import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RecentDigests } from '../../../src/pod/recent-digests.js';
import { digestOf } from '../../../src/pod/tags.js';

describe('digests of tags that were seen before', () => {
  it('are those of tags that never were, whatever came in between', () => {
    const digests = new RecentDigests(3);
    const tags = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('', 'x', 'xx', 'y'));
    fc.assert(
      fc.property(tags, (drawn) => {
        const entries = Object.entries(drawn);
        assert.equal(digests.of(new Map(entries)), digestOf(entries));
      }),
      { numRuns: 2_000 },
    );
  });
});
