import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { boundMessage, formatTime, maximumMessageBytes, parseTime, readStatus } from '../../../src/api/status.js';

/** As the peer leaves it. */
const peersStatus = {
  applicationState: { state: 'RUNNING' },
  driverInfo: { podName: 'pi-driver', webUIServiceName: 'pi-ui-svc', webUIPort: 4040, webUIAddress: '10.0.0.1:4040' },
  executionAttempts: 1,
  executorState: { 'pi-exec-1': 'RUNNING' },
  lastSubmissionAttemptTime: '2026-01-02T03:04:05Z',
  sparkApplicationId: 'spark-1',
  submissionAttempts: 1,
  submissionID: '5d2c7b1e-0f4a-4c2f-9d3e-6a7b8c9d0e1f',
  terminationTime: null,
};

describe('a status', () => {
  it('is read as the peer wrote it, unknown fields included', () =>
    assert.deepEqual(readStatus(peersStatus), peersStatus));

  it('that is not there is empty', () => {
    for (const nothing of [undefined, null, {}]) assert.deepEqual(readStatus(nothing), {});
  });

  it('keeps its meaning where a newer version wrote a state that is unknown here', () => {
    const status = {
      ...peersStatus,
      applicationState: { state: 'PAUSING', since: 'x' },
      executorState: { a: 'LOST', b: 'FAILED' },
      conditions: [],
    };
    const { applicationState, executorState, submissionID } = readStatus(status);
    assert.deepEqual(applicationState, { state: 'PAUSING', since: 'x' });
    assert.deepEqual(executorState, { a: 'UNKNOWN', b: 'FAILED' });
    assert.equal(submissionID, peersStatus.submissionID);
  });

  it('that makes no sense counts as none, and never throws', () => {
    for (const nonsense of [5, 'x', [], { submissionID: 5 }, { executionAttempts: 'many' }, { driverInfo: 'x' }]) {
      for (const value of Object.values(readStatus(nonsense))) assert.equal(value, undefined);
    }
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        readStatus(value);
      }),
    );
  });
});

describe('a time', () => {
  it('is written in whole seconds', () => {
    assert.equal(formatTime(0), '1970-01-01T00:00:00Z');
    assert.equal(formatTime(Date.UTC(2026, 7, 23, 5, 6, 7, 999)), '2026-08-23T05:06:07Z');
  });

  it('is read back to the second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (seconds) => {
        assert.equal(parseTime(formatTime(seconds * 1_000)), seconds * 1_000);
      }),
    );
  });

  it('is read with fractions and with an offset', () => {
    assert.equal(parseTime('2026-08-23T05:06:07.123456Z'), Date.UTC(2026, 7, 23, 5, 6, 7, 123));
    assert.equal(parseTime('2026-08-23T07:06:07+02:00'), Date.UTC(2026, 7, 23, 5, 6, 7));
  });

  for (const text of [
    undefined,
    null,
    '',
    'soon',
    '7',
    'try 2',
    '2026-08-23',
    '2026-13-01T00:00:00Z',
    '2026-08-23T05:06:07',
  ]) {
    it(`is undefined for ${JSON.stringify(text)}`, () => assert.equal(parseTime(text), undefined));
  }
});

describe('a bounded message', () => {
  it('is the message itself where it fits', () => {
    for (const message of ['', 'short', 'é'.repeat(maximumMessageBytes / 2), 'x'.repeat(maximumMessageBytes)]) {
      assert.equal(boundMessage(message), message);
    }
  });

  it('keeps beginning and end of a longer one', () => {
    const bounded = boundMessage(`what happened ${'x'.repeat(10_000)} the last words`);
    assert.match(bounded, /^what happened x+ … x+ the last words$/);
    assert.ok(Buffer.byteLength(bounded) > maximumMessageBytes - 10);
  });

  it('cuts no character in two', () => {
    for (const character of ['é', '字', '👩']) {
      for (const shift of ['', 'a', 'ab', 'abc']) {
        const bounded = boundMessage(`${shift}${character.repeat(3_000)}`);
        assert.deepEqual(new Set(bounded.replace(shift, '')), new Set([character, ' ', '…']));
      }
    }
  });

  it('is valid UTF-8 within the limit for any text, and bounding it again changes nothing', () => {
    const pieces = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\ud800', '\udc00', '\ufffd', '\ufeff', '\0', '👩', 'x'.repeat(700)),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 300 }), (parts) => {
        const bounded = boundMessage(parts.join(''));
        assert.ok(Buffer.byteLength(bounded) <= maximumMessageBytes);
        assert.equal(Buffer.from(bounded).toString(), bounded);
        assert.equal(boundMessage(bounded), bounded);
      }),
      { numRuns: 300 },
    );
  });
});
