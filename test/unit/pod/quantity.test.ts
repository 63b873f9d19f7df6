import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryLimitQuantity } from '../../../src/pod/memory-limit.js';
import { formatQuantity, parseQuantity } from '../../../src/pod/quantity.js';

const canonical = (text: string) => {
  const quantity = parseQuantity(text);
  return quantity === undefined ? undefined : formatQuantity(quantity);
};

describe('a quantity of Kubernetes', () => {
  /** As `resource.ParseQuantity(text).String()` of apimachinery gives them. */
  const rows: readonly (readonly [text: string, canonical: string])[] = [
    ['1.5Gi', '1536Mi'],
    ['1024Mi', '1Gi'],
    ['1023', '1023'],
    ['512Ki', '512Ki'],
    ['0.001Ti', '1099511627776m'],
    ['0.5Ki', '512'],
    ['2147483648', '2147483648'],
    ['2000', '2k'],
    ['1500M', '1500M'],
    ['2e9', '2e9'],
    ['2E', '2E'],
    ['1E3', '1e3'],
    ['0.5', '500m'],
    ['100m', '100m'],
    ['.5', '500m'],
    ['5.', '5'],
    ['+1', '1'],
    ['-1Gi', '-1Gi'],
    ['0', '0'],
    ['0Gi', '0'],
    ['1n', '1n'],
  ];
  for (const [text, expected] of rows) it(`${text} is ${expected}`, () => assert.equal(canonical(text), expected));

  for (const text of ['', '.', 'Gi', '1g', '1 Gi', '1GiB', 'e3', '1e', '0x1', '1e9999', 'NaN', '١']) {
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(canonical(text), undefined));
  }
});

describe('a memory limit', () => {
  const rows: readonly (readonly [text: string, canonical: string | undefined])[] = [
    ['2g', '2Gi'],
    ['2G', '2Gi'],
    ['2gb', '2Gi'],
    ['512m', '512Mi'],
    ['1500M', '1500Mi'],
    ['2097152k', '2Gi'],
    ['1.5t', '1536Gi'],
    ['1P', '1Pi'],
    ['1024b', '1024'],
    ['2 g', '2Gi'],
    ['4Gi', '4Gi'],
    ['2E', '2E'],
    ['1073741824', '1073741824'],
    ['', undefined],
    ['g', undefined],
    ['..g', undefined],
    ['1.2.3g', undefined],
    ['-1g', undefined],
    ['0', undefined],
    ['2x', undefined],
  ];
  for (const [text, expected] of rows) {
    it(`${JSON.stringify(text)} is ${expected ?? 'refused'}`, () => assert.equal(memoryLimitQuantity(text), expected));
  }
});
