import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { differencesOf } from '../../../reconciler/submission/differences.js';
import { parseSparkVersion } from '../../../reconciler/submission/spark-version.js';

describe('the version of Spark', () => {
  it('is read with and without a patch number and with a suffix', () => {
    assert.deepEqual(
      { ...parseSparkVersion('4.1.4') },
      { major: 4, minor: 1, patch: 4, text: '4.1.4', brand: 'SparkVersion' },
    );
    assert.equal(parseSparkVersion('3.5').patch, 0);
    assert.equal(parseSparkVersion('4.2.0-preview2').minor, 2);
  });

  for (const text of ['', 'latest', '4', '4.x', '4.1.4 ', 'v4.1.4', '4.1.4/x', '-1.2.3']) {
    it(`is refused when it is '${text}'`, () => {
      assert.throws(() => parseSparkVersion(text), { code: 'SUBMISSION_REFUSED' });
    });
  }
});

describe('the differences between versions', () => {
  const rowOf = (text: string) => differencesOf(parseSparkVersion(text));

  it('are those of the minor release, without a substitute', () => {
    assert.equal(rowOf('4.1.0').substitutedBy, undefined);
    assert.deepEqual(rowOf('4.1.0'), rowOf('4.1.4'));
    assert.equal(rowOf('4.0.5').differences.sparkConnectPort, false);
    assert.equal(rowOf('4.1.4').differences.sparkConnectPort, true);
  });

  it('are the newest for a release that is newer than the table, and that is said', () => {
    for (const text of ['4.4.0', '4.10.0', '5.0.0']) {
      assert.deepEqual(rowOf(text), { differences: rowOf('4.3.0').differences, substitutedBy: '4.3' });
    }
  });

  it('are the oldest for 3.0 to 3.4, and that is said', () => {
    for (const text of ['3.0.0', '3.4.4']) {
      assert.deepEqual(rowOf(text), { differences: rowOf('3.5.9').differences, substitutedBy: '3.5' });
    }
  });

  it('do not exist below 3.0', () => {
    assert.throws(() => rowOf('2.4.8'), /Spark 2\.4\.8 is not supported/);
  });
});
