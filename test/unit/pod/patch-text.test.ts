import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { freezeJson } from '../../../src/pod/json.js';
import type { Operation } from '../../../src/pod/patch.js';
import { patchText } from '../../../src/pod/patch-text.js';

const frozen = (value: unknown) => {
  freezeJson(value);
  return value;
};

/** Values of all kinds: of one pod, shared by many, and lists of one pod that hold what is shared. */
const value = fc.oneof(
  fc.jsonValue(),
  fc.jsonValue().map(frozen),
  fc.array(fc.oneof(fc.jsonValue(), fc.jsonValue().map(frozen))),
);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ op: fc.constantFrom('add', 'replace'), path: fc.string({ unit: 'binary' }), value }),
  fc.record({ op: fc.constant('remove'), path: fc.string({ unit: 'binary' }) }),
);

describe('the text of a patch', () => {
  it('is its JSON, the first time and from then on', () => {
    fc.assert(
      fc.property(fc.array(operation), (patch) => {
        const json = JSON.stringify(patch);
        assert.equal(patchText(patch), json);
        assert.equal(patchText(patch), json);
      }),
      { numRuns: 1_000 },
    );
  });
});
