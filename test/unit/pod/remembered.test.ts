import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Remembered } from '../../../src/pod/remembered.js';

describe('what is remembered', () => {
  it('is what was asked for twice', () => {
    const remembered = new Remembered<object>(10_000);
    remembered.get('a', () => ({}));
    const second = remembered.get('a', () => ({}));
    assert.equal(
      remembered.get('a', () => assert.fail('made again')),
      second,
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
      for (let twice = 0; twice < 2; twice += 1) remembered.get(`text ${index}`, make);
      remembered.get('frequent', make);
    }
    assert.equal(made, 20_002);
    remembered.get('text 0', make);
    assert.equal(made, 20_003);
  });

  it('is told of once, when it begins', () => {
    const kept: string[] = [];
    const remembered = new Remembered<string>(10_000, (value) => kept.push(value));
    for (let times = 0; times < 4; times += 1) remembered.get('a', () => 'value of a');
    remembered.get('b', () => 'value of b');
    assert.deepEqual(kept, ['value of a']);
  });

  it('is no text that would take most of the room', () => {
    const remembered = new Remembered<object>(10_000);
    const large = 'x'.repeat(9_000);
    const values = [1, 2, 3].map(() => remembered.get(large, () => ({})));
    assert.equal(new Set(values).size, 3);
  });

  it('is no fault', () => {
    const remembered = new Remembered<string>(10_000);
    const fail = () => {
      throw new Error('no');
    };
    assert.throws(() => remembered.get('a', fail));
    assert.throws(() => remembered.get('a', fail));
    assert.equal(
      remembered.get('a', () => 'yes'),
      'yes',
    );
  });
});
