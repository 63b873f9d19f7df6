import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseJavaProperties } from '../../../src/java-properties.js';

describe('Java properties', () => {
  const cases: [behaviour: string, text: string, expected: [string, string][]][] = [
    ['leave out comments and blank lines', '#made by\n! so\n\na=1\n', [['a', '1']]],
    [
      'keep escaped separators',
      'spark.master=k8s\\://https\\://10.0.0.1\\:443',
      [['spark.master', 'k8s://https://10.0.0.1:443']],
    ],
    ['keep an escaped leading space of a value', 'a=\\ lead\\=a\\:b\\#c\\!d\\\\e', [['a', ' lead=a:b#c!d\\e']]],
    ['keep escaped spaces of a key', 'a\\ b=c', [['a b', 'c']]],
    ['read control characters and code points', 'a=\\t\\n\\u00fc', [['a', '\t\nü']]],
    ['leave a doubled backslash before u alone', 'a={"x"\\:"\\\\u007b\\\\u007b"}', [['a', '{"x":"\\u007b\\u007b"}']]],
    ['go on in the next line after a backslash', 'a=1,\\\n   2', [['a', '1,2']]],
    [
      'take colon, equals sign or blank as separator',
      'a:1\nb = 2\nc 3\nd',
      [
        ['a', '1'],
        ['b', '2'],
        ['c', '3'],
        ['d', ''],
      ],
    ],
    ['keep equals signs in values', 'a=b=c', [['a', 'b=c']]],
  ];
  for (const [behaviour, text, expected] of cases) {
    it(behaviour, () => assert.deepEqual([...parseJavaProperties(text)], expected));
  }
});
