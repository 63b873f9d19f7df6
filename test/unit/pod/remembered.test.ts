import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Remembered } from '../../../src/pod/remembered.js';

describe('what is remembered', () => {
  it('is made once', () => {
    const remembered = new Remembered<object>(10_000);
    const first = remembered.get('a', () => ({}));
    assert.equal(
      remembered.get('a', () => assert.fail('made again')),
      first,
    );
  });

  it('stays within its bound, and keeps what is asked for again and again', () => {
    const remembered = new Remembered<number>(10_000);
    let made = 0;
    const make = () => {
      made += 1;
      return made;
    };
    for (let index = 0; index < 10_000; index += 1) {
      remembered.get(`text ${index}`, make);
      remembered.get('frequent', make);
    }
    assert.equal(made, 10_001);
    remembered.get('text 0', make);
    assert.equal(made, 10_002);
  });

  it('is no text that would take most of the room', () => {
    const remembered = new Remembered<object>(10_000);
    const large = 'x'.repeat(9_000);
    assert.notEqual(
      remembered.get(large, () => ({})),
      remembered.get(large, () => ({})),
    );
  });

  it('is no fault', () => {
    const remembered = new Remembered<string>(10_000);
    const fail = () => {
      throw new Error('no');
    };
    assert.throws(() => remembered.get('a', fail));
    assert.equal(
      remembered.get('a', () => 'yes'),
      'yes',
    );
  });
});
