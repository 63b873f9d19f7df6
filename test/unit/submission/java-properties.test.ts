import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatJavaProperties, javaDateText } from '../../../reconciler/submission/java-properties.js';
import { parseJavaProperties } from '../../../src/java-properties.js';

describe('the text of spark.properties', () => {
  it('is read back by Java as the same keys and values, whatever they hold', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (pairs) => {
        const entries = new Map(pairs);
        const parsed = parseJavaProperties(formatJavaProperties(entries, 'comment', 0));
        assert.deepEqual(new Map([...parsed].sort()), new Map([...entries].sort()));
      }),
    );
  });

  it('escapes as Properties.store does', () => {
    const entries = new Map([
      ['a key', ' lead=a:b#c!d\\e'],
      ['ключ', '\t\n\r\f ü✓😀\u0001'],
    ]);
    const [, , ...lines] = formatJavaProperties(entries, 'comment', 0).split('\n');
    assert.deepEqual(lines, ['a\\ key=\\ lead\\=a\\:b\\#c\\!d\\\\e', 'ключ=\\t\\n\\r\\f ü✓😀\u0001', '']);
  });

  it('is the same text for the same entries in another order', () => {
    const entries: [string, string][] = [
      ['b', '1'],
      ['a', '2'],
    ];
    assert.equal(
      formatJavaProperties(new Map(entries), 'c', 0),
      formatJavaProperties(new Map(entries.reverse()), 'c', 0),
    );
  });

  it('is dated as Java prints a date in UTC', () => {
    assert.equal(javaDateText(Date.UTC(2026, 10, 12, 6, 42)), 'Thu Nov 12 06:42:00 UTC 2026');
    assert.equal(javaDateText(Date.UTC(2027, 0, 3, 23, 5, 9)), 'Sun Jan 03 23:05:09 UTC 2027');
  });
});
