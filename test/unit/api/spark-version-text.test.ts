import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sparkVersionText } from '../../../src/api/spark-version-text.js';

const vectors: readonly (readonly [image: string, version: string | undefined])[] = [
  ['spark:3.5.1', '3.5.1'],
  ['apache/spark:4.1.4-java17', '4.1.4'],
  ['apache/spark:4.1.4-scala2.13-java17-python3-ubuntu', '4.1.4'],
  ['apache/spark:4.2.0-preview2', '4.2.0'],
  ['team/spark:v3.5.1', '3.5.1'],
  ['team/spark:spark-3.5.1', '3.5.1'],
  ['team/spark:java17_3.5.1_r2', '3.5.1'],
  ['registry.example.com:5000/team/spark:4.1.4', '4.1.4'],
  ['registry.example.com:5000/team/spark', undefined],
  ['registry.example.com:5000/team/spark:v4.1.4-java17@sha256:00112233', '4.1.4'],
  ['team/spark@sha256:1.2.3', undefined],
  ['127.0.0.1:5000/spark', undefined],
  ['team/spark-3.5.1', undefined],
  ['team/spark-3.5.1:latest', undefined],
  ['team/spark:3.5', undefined],
  ['team/spark:3.5.1.2', undefined],
  ['team/spark:latest', undefined],
  ['team/spark:', undefined],
  ['', undefined],
];

describe('the version of Spark', () => {
  for (const [image, version] of vectors) {
    it(`of image "${image}" is ${version}`, () => assert.equal(sparkVersionText({ image }), version));
  }

  it('is what the manifest says, whatever the image says', () => {
    assert.equal(sparkVersionText({ sparkVersion: '4.1.4', image: 'spark:3.5.1' }), '4.1.4');
  });

  it("is that of the driver's image, and never that of another one", () => {
    assert.equal(sparkVersionText({ image: 'spark:3.5.1', driver: { image: 'spark:4.1.4' } }), '4.1.4');
    assert.equal(sparkVersionText({ image: 'spark:3.5.1', driver: { image: 'spark:latest' } }), undefined);
    assert.equal(sparkVersionText({ image: 'spark:3.5.1', driver: {} }), '3.5.1');
    assert.equal(sparkVersionText({}), undefined);
  });
});
