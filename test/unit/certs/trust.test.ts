import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Anchor } from '../../../certs/anchor.js';
import {
  isTrusted,
  missingBundle,
  nothingSeen,
  observeTrusted,
  observeWanted,
  type Registration,
} from '../../../certs/trust.js';

const now = 1_000_000;
const hour = 3_600_000;

function anchor(id: string, { isOurs = true, notAfter = now + 100 * hour } = {}): Anchor {
  return { id, pem: id, issuedAt: 0, notAfter, isOurs };
}

const [present, next, stranger] = [anchor('present'), anchor('next'), anchor('stranger', { isOurs: false })];

const entryOf = (...anchors: Anchor[]) => ({ name: 'entry', bundle: { anchors, isUntidy: false } });

function registration(name: string, ...bundles: Anchor[][]): Registration {
  return { name, found: { version: '1', entries: bundles.map((anchors) => entryOf(...anchors)) } };
}

describe('an authority is trusted', () => {
  it('when every entry of every registration has had it for long enough', () => {
    const everywhere = [registration('one', [present, next], [next]), registration('two', [next])];
    const memory = observeTrusted(nothingSeen, everywhere, now);
    assert.ok(!isTrusted(memory, 'next', now + 59_999, 60_000));
    assert.ok(isTrusted(observeTrusted(memory, everywhere, now + 60_000), 'next', now + 60_000, 60_000));
    assert.ok(!isTrusted(memory, 'present', now + hour, 0));
  });

  it('not where it was away in between, nor where a registration is missing or has no entry', () => {
    const there = [registration('one', [next])];
    const memory = observeTrusted(nothingSeen, there, now);
    for (const away of [
      [registration('one', [present])],
      [...there, { name: 'two' }],
      [...there, registration('two')],
    ]) {
      const after = observeTrusted(observeTrusted(memory, away, now + 1_000), there, now + 2_000);
      assert.ok(!isTrusted(after, 'next', now + 60_000, 60_000));
    }
  });

  it('from now on where the clock was put back', () => {
    const there = [registration('one', [next])];
    const memory = observeTrusted(observeTrusted(nothingSeen, there, now + hour), there, now);
    assert.ok(isTrusted(memory, 'next', now + 60_000, 60_000));
  });
});

describe('a bundle', () => {
  const rules = { retention: hour, keepsStrangers: false };
  const unwantedFor = (milliseconds: number, ...anchors: Anchor[]) =>
    observeWanted(nothingSeen, [registration('one', anchors)], [], now - milliseconds);
  const ids = (anchors: readonly Anchor[] | undefined) => anchors?.map(({ id }) => id);

  it('is left alone where it holds what is wanted, in whatever order', () => {
    assert.equal(missingBundle(entryOf(next, present), [present, next], nothingSeen, now, rules), undefined);
  });

  it('is written where something is missing, and keeps what may still be in use', () => {
    const memory = unwantedFor(hour - 1, present);
    assert.deepEqual(ids(missingBundle(entryOf(present), [next], memory, now, rules)), ['next', 'present']);
  });

  it('lets go of what nobody has wanted for the retention, and of what has expired', () => {
    assert.deepEqual(ids(missingBundle(entryOf(next, present), [next], unwantedFor(hour, present), now, rules)), [
      'next',
    ]);
    const expired = anchor('expired', { notAfter: now });
    assert.deepEqual(ids(missingBundle(entryOf(next, expired), [next], nothingSeen, now, rules)), ['next']);
  });

  it('lets go of strangers at once, unless they may be those of another replica', () => {
    const entry = entryOf(next, stranger);
    assert.deepEqual(ids(missingBundle(entry, [next], nothingSeen, now, rules)), ['next']);
    assert.equal(missingBundle(entry, [next], nothingSeen, now, { ...rules, keepsStrangers: true }), undefined);
    const known = { ...nothingSeen, known: new Set(['stranger']) };
    assert.equal(missingBundle(entry, [next], known, now, rules), undefined);
  });

  it('is written anew where something else is in it', () => {
    const untidy = { name: 'entry', bundle: { anchors: [next], isUntidy: true } };
    assert.deepEqual(ids(missingBundle(untidy, [next], nothingSeen, now, rules)), ['next']);
  });
});
