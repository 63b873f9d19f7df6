import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Counter, exposition, Gauge, Histogram } from '../../../src/metrics.js';

describe('metrics are written as Prometheus reads them:', () => {
  it('a counter from 0 on, and by its labels', () => {
    const counter = new Counter('seen_total', 'Things seen.');
    assert.equal(exposition([counter]), '# HELP seen_total Things seen.\n# TYPE seen_total counter\nseen_total 0\n');
    counter.increment({ kind: 'a' });
    counter.increment({ kind: 'a' });
    counter.increment({ kind: 'say "b"\\\n' });
    assert.match(exposition([counter]), /\nseen_total\{kind="a"\} 2\nseen_total\{kind="say \\"b\\"\\\\\\n"\} 1\n$/);
    assert.equal(counter.count, 3);
  });

  it('a gauge as it was last set', () => {
    const gauge = new Gauge('level', 'A level.');
    gauge.set(3);
    gauge.set(1.5);
    assert.match(exposition([gauge]), /# TYPE level gauge\nlevel 1.5\n$/);
  });

  it('a histogram with what is below each bound, sum and count', () => {
    const histogram = new Histogram('seconds', 'Times.', [0.1, 1]);
    for (const value of [0.1, 0.5, 3]) histogram.observe(value, { of: 'x' });
    assert.deepEqual(exposition([histogram]).trim().split('\n').slice(2), [
      'seconds_bucket{of="x",le="0.1"} 1',
      'seconds_bucket{of="x",le="1"} 2',
      'seconds_bucket{of="x",le="+Inf"} 3',
      'seconds_sum{of="x"} 3.6',
      'seconds_count{of="x"} 3',
    ]);
  });
});
