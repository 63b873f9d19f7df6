import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ConfReader } from '../../../reconciler/submission/conf-reader.js';
import { javaDoubleText } from '../../../reconciler/submission/java-double.js';

const reader = (conf: Record<string, string>, kubernetesUnits = false) =>
  new ConfReader(new Map(Object.entries(conf)), kubernetesUnits);

const to = (name: string) => `$\{${name}}`;

const sizes: readonly (readonly [text: string, mebibytes: number])[] = [
  ['4500', 4500],
  ['1573887K', 1536],
  ['419430399b', 399],
  ['2G', 2048],
  ['1t', 1_048_576],
  [' 3gb ', 3072],
];

describe('a value of the configuration', () => {
  for (const [text, mebibytes] of sizes) {
    it(`'${text}' is a size of ${mebibytes} MiB`, () => {
      assert.equal(reader({ 'spark.x': text }).mebibytes('spark.x'), mebibytes);
    });
  }

  it('may be a size in Kubernetes units where the version knows them', () => {
    assert.equal(reader({ 'spark.x': '2Gi' }, true).mebibytes('spark.x'), 2048);
    assert.equal(reader({ 'spark.x': '1536MiB' }, true).mebibytes('spark.x'), 1536);
    assert.throws(() => reader({ 'spark.x': '2Gi' }).mebibytes('spark.x'), /spark\.x=2Gi/);
  });

  for (const text of ['', '1.5g', 'lots', '1x', '99999999999p', 'g']) {
    it(`'${text}' is refused as a size`, () => {
      assert.throws(() => reader({ 'spark.x': text }).mebibytes('spark.x'), { code: 'SUBMISSION_REFUSED' });
    });
  }

  it('is refused with its key where it is not of its type', () => {
    assert.throws(() => reader({ 'spark.x': '1.5' }).integer('spark.x'), /spark\.x=1\.5/);
    assert.throws(() => reader({ 'spark.x': '2147483648' }).integer('spark.x'), /spark\.x=2147483648/);
    assert.throws(() => reader({ 'spark.x': 'yes' }).boolean('spark.x'), /spark\.x=yes/);
    assert.throws(() => reader({ 'spark.x': 'half' }).double('spark.x'), /spark\.x=half/);
    assert.throws(() => reader({ 'spark.x': 'c' }).oneOf('spark.x', ['a', 'b'], 'a'), /should be one of a; b/);
  });

  it('is read as Java reads it', () => {
    const conf = reader({ 'spark.i': ' +7 ', 'spark.b': ' TRUE', 'spark.d': '1e-4', 'spark.l': ' a, ,b,,' });
    assert.equal(conf.integer('spark.i'), 7);
    assert.equal(conf.boolean('spark.b'), true);
    assert.equal(conf.double('spark.d'), 0.0001);
    assert.deepEqual(conf.list('spark.l'), ['a', 'b']);
    assert.equal(conf.integer('spark.absent'), undefined);
  });

  it('may refer to other keys', () => {
    const conf = { 'spark.a': `${to('spark.b')}-x`, 'spark.b': `b${to('spark.c')}`, 'spark.c': 'c' };
    assert.equal(reader(conf).text('spark.a'), 'bc-x');
  });

  it('keeps a reference to what is not there', () => {
    const value = `${to('other')} ${to('spark.none')}`;
    assert.equal(reader({ 'spark.a': value }).text('spark.a'), value);
  });

  it('must not refer to itself, nor yet to the environment', () => {
    const circle = { 'spark.a': to('spark.b'), 'spark.b': to('spark.a') };
    assert.throws(() => reader(circle).text('spark.a'), /refers to itself/);
    assert.throws(() => reader({ 'spark.a': to('env:HOME') }).text('spark.a'), /not supported yet/);
  });
});

describe('a number printed as Java prints a double', () => {
  const vectors = { '0.1': 0.1, '1.0': 1, '0.0': 0, '1.0E-4': 0.0001, '1.5E7': 15_000_000, '2.0': 2, '0.001': 0.001 };
  for (const [text, number] of Object.entries(vectors)) {
    it(`is ${text} for ${number}`, () => assert.equal(javaDoubleText(number), text));
  }

  it('is read back as the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }), (number) => {
        assert.equal(reader({ 'spark.x': javaDoubleText(number) }).double('spark.x'), number);
      }),
    );
  });
});
