import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../../src/clock.js';
import { type DelayHistogram, EventLoopLag } from '../../../src/event-loop-lag.js';
import { FakeClock } from '../kube/fake-clock.js';

class FakeHistogram implements DelayHistogram {
  milliseconds: number[] = [];

  get max(): number {
    return Math.max(0, ...this.milliseconds) * 1e6;
  }

  percentile(): number {
    return (this.milliseconds[0] ?? 0) * 1e6;
  }

  reset(): void {
    this.milliseconds = [];
  }

  enable(): void {}
  disable(): void {}
}

const valuesOf = (lag: EventLoopLag) => lag.read().flatMap((metric) => metric.samples().map(([, value]) => value));

describe('the lag of the event loop', () => {
  it('is what comes on top of the time between two looks', () => {
    const histogram = new FakeHistogram();
    histogram.milliseconds = [20, 1_520];
    assert.deepEqual(valuesOf(new EventLoopLag(new FakeClock(), histogram)), [0, 1.5]);
  });

  it('is told of a stall in its minute and the next one, and not any more after that', async (test) => {
    const clock = new FakeClock();
    const histogram = new FakeHistogram();
    const lag = new EventLoopLag(clock, histogram);
    lag.start();
    test.after(() => lag.stop());
    histogram.milliseconds = [520];
    assert.deepEqual(valuesOf(lag), [0.5, 0.5]);
    await clock.advance(60_000);
    histogram.milliseconds = [20];
    assert.deepEqual(valuesOf(lag), [0.5, 0.5]);
    await clock.advance(60_000);
    assert.deepEqual(valuesOf(lag), [0, 0]);
  });

  it('shows a loop that was really held up', async (test) => {
    const lag = new EventLoopLag(systemClock);
    lag.start();
    test.after(() => lag.stop());
    await new Promise((resolve) => setTimeout(resolve, 100));
    const until = performance.now() + 300;
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const [, longest = 0] = valuesOf(lag);
    assert.ok(longest >= 0.2, String(longest));
  });

  it('leaves no timer behind', () => {
    const clock = new FakeClock();
    const lag = new EventLoopLag(clock, new FakeHistogram());
    lag.start();
    lag.stop();
    assert.equal(clock.pending, 0);
  });
});
