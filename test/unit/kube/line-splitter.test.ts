import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FiresteelError } from '../../../src/errors.js';
import { splitLines } from '../../../src/kube/line-splitter.js';

async function* cutAt(bytes: Buffer, cuts: number[]): AsyncGenerator<Uint8Array> {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (const [index, start] of places.entries()) yield bytes.subarray(start, places[index + 1] ?? start);
}

async function linesOf(chunks: AsyncIterable<Uint8Array>, maximumBytes?: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of splitLines(chunks, maximumBytes)) lines.push(line);
  return lines;
}

test('lines are the same wherever the chunks are cut, in the middle of a character too', async () => {
  const line = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => text.replaceAll('\n', ' '));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat()), fc.boolean(), async (lines, cuts, ended) => {
      const bytes = Buffer.from(lines.join('\n') + (ended ? '\n' : ''));
      const wellFormed = lines.map((text) => Buffer.from(text).toString());
      assert.deepEqual(await linesOf(cutAt(bytes, cuts)), wellFormed);
    }),
  );
});

test('a character of four bytes that comes byte by byte stays whole', async () => {
  const bytes = Buffer.from('a🔥b\nc');
  assert.deepEqual(await linesOf(cutAt(bytes, [...bytes.keys()])), ['a🔥b', 'c']);
});

test('a line longer than the limit is refused before it is kept', async () => {
  let given = 0;
  async function* endless() {
    for (;;) {
      given += 1_000;
      yield Buffer.alloc(1_000, 'x');
    }
  }
  await assert.rejects(
    linesOf(endless(), 10_000),
    (thrown) => thrown instanceof FiresteelError && thrown.code === 'API_MALFORMED',
  );
  assert.ok(given <= 11_000);
});
