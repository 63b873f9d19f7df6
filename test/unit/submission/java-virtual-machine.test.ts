/** What is written here is read by a real `java.util.Properties`, where a JDK is installed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { formatJavaProperties } from '../../../reconciler/submission/java-properties.js';
import { parseJavaProperties } from '../../../src/java-properties.js';
import { temporaryFiles } from '../commands/temporary-files.js';

const write = temporaryFiles();
// The tests run from dist/, where no Java source is.
const reader = fileURLToPath(new URL('../../../../test/unit/submission/PropertiesReader.java', import.meta.url));

/** All code points, and often those that mean something in the format. */
const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...'\\=:#! \t\n\r\f', '\u00a0', '\u0085', '\u2028', '\0', 'u', 'n'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 12,
});
const anyProperties = fc.array(fc.tuple(anyText, anyText), { maxLength: 8 }).map((entries) => new Map(entries));

function javaReads(texts: readonly string[]): Map<string, string>[] {
  const paths = texts.map((text, index) => write(`${index}.properties`, text));
  const { status, stdout, stderr } = spawnSync('java', [reader, ...paths], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const maps = texts.map(() => new Map<string, string>());
  for (const line of stdout.split('\n').filter((one) => one !== '')) {
    const [index, key = '', value = ''] = line.split(' ');
    maps[Number(index)]?.set(decoded(key), decoded(value));
  }
  return maps;
}

const decoded = (text: string) => Buffer.from(text.slice(1), 'base64').toString('utf8');

/** Whether `java` can run a source file: a JDK of 11 or later, and no mere runtime. */
function hasJavaDevelopmentKit(): boolean {
  return spawnSync('javac', ['-version']).status === 0 && spawnSync('java', ['-version']).status === 0;
}

describe('spark.properties', () => {
  it('of any keys and values mean the same to a Java virtual machine, and to our own reader', (test) => {
    if (!hasJavaDevelopmentKit()) {
      test.skip('no JDK is installed here');
      return;
    }
    const seed = Date.now();
    const properties = fc.sample(anyProperties, { numRuns: 400, seed });
    const texts = properties.map((entries) => formatJavaProperties(entries, 'comment', 0));
    const read = javaReads(texts);
    for (const [index, entries] of properties.entries()) {
      assert.deepEqual(read[index], entries, `seed ${seed}`);
      assert.deepEqual(parseJavaProperties(texts[index] ?? ''), entries, `seed ${seed}`);
    }
  });

  it('in any text mean the same to our own reader as to a Java virtual machine', (test) => {
    if (!hasJavaDevelopmentKit()) {
      test.skip('no JDK is installed here');
      return;
    }
    const seed = Date.now();
    // A backslash and u ask for four digits, which Java insists on. What a backslash at the very end continues is undefined.
    const texts = fc
      .sample(anyText, { numRuns: 1_000, seed })
      .map((text) => text.replaceAll('u', 'v').replace(/[\\\r\n]+$/, ''));
    const read = javaReads(texts);
    for (const [index, text] of texts.entries()) {
      assert.deepEqual(parseJavaProperties(text), read[index], `${JSON.stringify(text)}, seed ${seed}`);
    }
  });
});
