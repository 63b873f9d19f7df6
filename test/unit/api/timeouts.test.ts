import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { formatDuration, parseDuration } from '../../../src/api/duration.js';
import { readSparkApplication } from '../../../src/api/spark-application.js';
import { defaultTimeouts, timeoutAnnotation, timeouts, timeoutsOf } from '../../../src/api/timeouts.js';

const second = 1_000;
const hour = 3_600 * second;

describe('a length of time', () => {
  const rows: readonly [text: string, milliseconds: number | undefined][] = [
    ['90s', 90 * second],
    ['15m', 900 * second],
    ['1h30m', 1.5 * hour],
    ['500ms', 500],
    ['87600h', 87_600 * hour],
    ['0s', undefined],
    ['87601h', undefined],
    ['5', undefined],
    ['-5m', undefined],
    ['1.5h', undefined],
    ['1 h', undefined],
    ['', undefined],
    ['s', undefined],
    ['1d', undefined],
    ['9999999999h', undefined],
  ];
  for (const [text, milliseconds] of rows) {
    it(`${JSON.stringify(text)} is ${milliseconds ?? 'none'}`, () => assert.equal(parseDuration(text), milliseconds));
  }

  it('is shown as people write it', () => {
    const texts = [0, 45 * second, 15 * 60 * second, 1.5 * hour, 6 * hour].map(formatDuration);
    assert.deepEqual(texts, ['0s', '45s', '15m', '1h30m', '6h']);
  });
});

describe('a timeout', () => {
  it('stands in docs/operations.md, with its default', () => {
    const operations = readFileSync('docs/operations.md', 'utf8');
    for (const timeout of Object.values(timeouts)) {
      assert.ok(operations.includes(`| \`--${timeout.name}\` | ${timeout.default} | ${timeout.help} |`), timeout.name);
    }
  });

  const annotation = timeoutAnnotation('image pull');

  it('is the operator’s unless the application has an annotation', () => {
    assert.deepEqual(timeoutsOf({}, defaultTimeouts), defaultTimeouts);
    assert.deepEqual(timeoutsOf({ [annotation]: '2h' }, defaultTimeouts), {
      ...defaultTimeouts,
      'image pull': 2 * hour,
    });
  });

  it('that can not be read is told about, with its annotation', () => {
    const reading = readSparkApplication({
      apiVersion: 'sparkoperator.k8s.io/v1beta2',
      kind: 'SparkApplication',
      metadata: { name: 'pi', namespace: 'team', annotations: { [annotation]: 'soon' } },
      spec: {
        type: 'Python',
        mode: 'cluster',
        sparkVersion: '4.1.4',
        image: 'spark',
        mainApplicationFile: 'local:///a.py',
      },
    });
    assert.ok(!reading.ok);
    const [problem] = reading.problems;
    assert.match(problem?.path ?? '', /driver-image-pull-timeout/);
    assert.equal(
      problem?.message,
      '"soon" is not a length of time such as 90s, 15m or 1h30m, above 0 and up to 87600h',
    );
  });
});
