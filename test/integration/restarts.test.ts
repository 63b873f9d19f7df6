/** When a run or a submission that failed is tried again, and when no more: to the second, on a clock of the test's own. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { parseTime, type SparkApplicationStatus } from '../../src/api/status.js';
import { LifecycleSite } from '../lifecycle/lifecycle-site.js';
import type { LifecycleStage } from '../lifecycle/lifecycle-stage.js';
import { podStatuses } from '../lifecycle/pod-statuses.js';

interface Policy {
  readonly name: string;
  readonly type: 'Never' | 'Always' | 'OnFailure';
  readonly retries?: number;
  /** In seconds. */
  readonly interval?: number;
  /** Seconds from the beginning of each try to the next; after the last of them no other may follow where `ends`. */
  readonly waits: readonly number[];
  readonly ends: boolean;
}

const onFailure = { type: 'OnFailure', retries: 2, interval: 60, waits: [60, 120], ends: true } as const;

const runs: readonly Policy[] = [
  { name: 'never', type: 'Never', retries: 2, interval: 60, waits: [], ends: true },
  { name: 'on-failure', ...onFailure },
  { name: 'on-failure-no-budget', type: 'OnFailure', interval: 60, waits: [], ends: true },
  // Each run of an application that runs for ever waits for its own submissions alone.
  { name: 'always', type: 'Always', retries: 1, interval: 60, waits: [60, 60, 60], ends: false },
];

const submissions: readonly Policy[] = [
  { name: 'submit-never', type: 'Never', retries: 2, interval: 60, waits: [], ends: true },
  { name: 'submit-on-failure', ...onFailure },
  { name: 'submit-always', type: 'Always', retries: 1, interval: 60, waits: [60, 120, 180], ends: false },
];

const begunAt = ({ lastSubmissionAttemptTime }: SparkApplicationStatus) => parseTime(lastSubmissionAttemptTime) ?? 0;

let site: LifecycleSite;
before(async () => {
  site = await LifecycleSite.open('restarts');
});
after(() => site.close());

/** A status has whole seconds, and a timer may ring some milliseconds late. */
const sameSecond = 999;

/** Waits for the next try, which must begin in the second when its time has come and not a millisecond before. */
async function nextTry(stage: LifecycleStage, failed: SparkApplicationStatus, seconds: number) {
  const state = failed.applicationState?.state ?? '';
  const begun = begunAt(failed);
  const due = begun + seconds * 1_000;
  await stage.standAt(due - 1);
  const waiting = await site.witness.untilState(stage.name, state);
  assert.equal(begunAt(waiting), begun, 'it was tried before its time');
  await stage.standAt(due + sameSecond);
  await site.witness.until(stage.name, 'be tried again', ({ status }) => begunAt(status) === due);
}

const title = ({ type, retries, interval, waits, ends }: Policy) =>
  `${type}, ${retries ?? 'no'} retries, interval ${interval} s: ${waits.map((wait) => `${wait} s, `).join('')}${ends ? 'and no more' : 'and so on'}`;

describe('a run that fails is followed by another', () => {
  for (const policy of runs) {
    const { name, type, retries, interval, waits, ends } = policy;
    it(title(policy), async () => {
      await site.play(name, async (stage) => {
        const restartPolicy = {
          type,
          onFailureRetryInterval: interval,
          ...(retries === undefined ? {} : { onFailureRetries: retries }),
        };
        await stage.submit({ restartPolicy });
        for (const [index, seconds] of waits.entries()) {
          await stage.driver(podStatuses.failed);
          const failed = await stage.until('FAILING');
          assert.equal(failed.executionAttempts, index + 1);
          await nextTry(stage, failed, seconds);
          await stage.claimed();
        }
        if (!ends) return;
        await stage.driver(podStatuses.failed);
        const { executionAttempts } = await stage.until('FAILED');
        assert.equal(executionAttempts, waits.length + 1);
      });
    });
  }
});

describe('a submission that fails is followed by another', () => {
  for (const policy of submissions) {
    const { name, type, retries, interval, waits, ends } = policy;
    it(title(policy), async () => {
      await site.play(name, async (stage) => {
        const restartPolicy = { type, onSubmissionFailureRetries: retries, onSubmissionFailureRetryInterval: interval };
        await stage.create({ restartPolicy, sparkConf: { 'spark.driver.memory': 'lots' } });
        await stage.operate();
        for (const [index, seconds] of waits.entries()) {
          const failed = await stage.until('SUBMISSION_FAILED');
          assert.equal(failed.submissionAttempts, index + 1);
          await nextTry(stage, failed, seconds);
        }
        if (!ends) return;
        const { submissionAttempts, executionAttempts } = await stage.until('FAILED');
        assert.deepEqual([submissionAttempts, executionAttempts ?? 0], [waits.length + 1, 0]);
      });
    });
  }
});
