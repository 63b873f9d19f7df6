/** When a reconciler counts as stuck, and how its probe says so. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Progress, stuckBecause } from '../../../reconciler/progress.js';
import { progressMetrics } from '../../../reconciler/progress-metrics.js';
import { serveHealth } from '../../../src/commands/health-server.js';
import { exposition } from '../../../src/metrics.js';

const idle: Progress = {
  waiting: { status: 0, submission: 0 },
  longestWaitMilliseconds: 0,
  longestPassMilliseconds: 0,
  stalledMilliseconds: 0,
  watches: [],
};

describe('a reconciler', () => {
  it('does not count as stuck because the API server is silent or many applications wait', () => {
    const watches = [{ resource: 'pods', silentMilliseconds: 24 * 60 * 60_000 }];
    const waiting = { status: 0, submission: 10_000 };
    const progress = {
      ...idle,
      watches,
      waiting,
      longestWaitMilliseconds: 60 * 60_000,
      longestPassMilliseconds: 300_000,
    };
    assert.equal(stuckBecause(progress), undefined);
  });

  it('counts as stuck when a pass goes on for longer than all its requests could take', () => {
    assert.match(stuckBecause({ ...idle, longestPassMilliseconds: 601_000 }) ?? '', /gone on for 601 s/);
  });

  it('counts as stuck when applications wait and nobody takes one for so long', () => {
    assert.equal(stuckBecause({ ...idle, stalledMilliseconds: 599_000 }), undefined);
    assert.match(stuckBecause({ ...idle, stalledMilliseconds: 601_000 }) ?? '', /taken one for 601 s/);
  });
});

describe('the metrics of progress', () => {
  it('tell the age of what each watch last heard, and who waits in which lane', () => {
    const watches = [
      { resource: 'pods', namespace: 'jobs', silentMilliseconds: 61_500 },
      { resource: 'sparkapplications', silentMilliseconds: 0 },
    ];
    const text = exposition(progressMetrics({ ...idle, watches, waiting: { status: 1, submission: 42 } }, 'our_'));
    for (const line of [
      'our_firesteel_watch_silent_seconds{resource="pods",namespace="jobs"} 61.5',
      'our_firesteel_watch_silent_seconds{resource="sparkapplications",namespace=""} 0',
      'our_firesteel_queue_depth{lane="status"} 1',
      'our_firesteel_queue_depth{lane="submission"} 42',
      'our_firesteel_longest_pass_seconds 0',
    ]) {
      assert.ok(text.split('\n').includes(line), `${line} in\n${text}`);
    }
  });
});

describe('the probe', () => {
  it('is answered with 200 while work goes on, with 500 and the reason when not, and with 404 elsewhere', async () => {
    let reason: string | undefined;
    const health = await serveHealth('127.0.0.1:0', () => reason);
    const ask = async (path: string) => {
      const answer = await fetch(`http://127.0.0.1:${health.port}${path}`);
      return [answer.status, (await answer.text()).trim()];
    };
    assert.deepEqual(await ask('/healthz'), [200, 'ok']);
    reason = 'it hangs';
    assert.deepEqual(await ask('/healthz'), [500, 'it hangs']);
    assert.equal((await ask('/else'))[0], 404);
    await health.stop();
  });
});
