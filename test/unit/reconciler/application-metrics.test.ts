import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { applicationMetrics, type Transition } from '../../../reconciler/application-metrics.js';
import { progressMetrics } from '../../../reconciler/progress-metrics.js';
import {
  defaultMetricsSettings,
  type MetricsSettings,
  ReconcilerMetrics,
} from '../../../reconciler/reconciler-metrics.js';
import type { SparkApplicationStatus } from '../../../src/api/status.js';
import { systemClock } from '../../../src/clock.js';
import { EventLoopLag } from '../../../src/event-loop-lag.js';
import { exposition } from '../../../src/metrics.js';
import { projectRoot } from '../../e2e/operator-process.js';
import { application, now } from './applications.js';

const seconds = 1_000;

const settingsWith = (changes: Partial<MetricsSettings>): MetricsSettings => ({
  ...defaultMetricsSettings,
  ...changes,
});

/** Values by name and labels, of those that are not 0 after a transition. */
function movedBy(transition: Partial<Transition>): Record<string, number> {
  const metrics = new ReconcilerMetrics();
  metrics.moved({ record: application(), status: {}, events: [], now, ...transition });
  return Object.fromEntries(samples(metrics).filter(([, value]) => value !== 0));
}

function samples(metrics: ReconcilerMetrics, applications = [application()]): [name: string, value: number][] {
  return [...exposition(metrics.read(applications)).matchAll(/^([a-z_]+(?:\{.*\})?) (\S+)$/gm)].map(
    ([, name, value]) => [name ?? '', Number(value)],
  );
}

const state = (name: string, more: SparkApplicationStatus = {}): SparkApplicationStatus => ({
  applicationState: { state: name },
  ...more,
});

const times = {
  lastSubmissionAttemptTime: '2026-11-22T12:00:00Z',
  terminationTime: '2026-11-22T12:01:30Z',
};

describe('the metrics of applications', () => {
  const cases: readonly (readonly [what: string, transition: Partial<Transition>, expected: Record<string, number>])[] =
    [
      [
        'an application that is taken up',
        { status: state('SUBMITTED'), events: [{ reason: 'SparkApplicationAdded' }] },
        { spark_application_count: 1 },
      ],
      [
        'its first submission, with its latency',
        {
          record: application(state('SUBMITTED'), { createdAt: now - 3 * seconds }),
          status: state('SUBMITTED', { submissionAttempts: 1 }),
          events: [{ reason: 'SparkApplicationSubmitted' }],
        },
        {
          spark_application_submit_count: 1,
          spark_application_submit_latency_seconds_sum: 3,
          spark_application_submit_latency_seconds_count: 1,
          'spark_application_submit_latency_seconds_histogram_bucket{le="4"}': 1,
          'spark_application_submit_latency_seconds_histogram_bucket{le="8"}': 1,
          'spark_application_submit_latency_seconds_histogram_bucket{le="16"}': 1,
          'spark_application_submit_latency_seconds_histogram_bucket{le="32"}': 1,
          'spark_application_submit_latency_seconds_histogram_bucket{le="64"}': 1,
          'spark_application_submit_latency_seconds_histogram_bucket{le="128"}': 1,
          'spark_application_submit_latency_seconds_histogram_bucket{le="256"}': 1,
          'spark_application_submit_latency_seconds_histogram_bucket{le="+Inf"}': 1,
          spark_application_submit_latency_seconds_histogram_sum: 3,
          spark_application_submit_latency_seconds_histogram_count: 1,
        },
      ],
      [
        'a later submission, without',
        { status: state('SUBMITTED', { submissionAttempts: 2 }), events: [{ reason: 'SparkApplicationSubmitted' }] },
        { spark_application_submit_count: 1 },
      ],
      [
        'a start, of which the latency is beyond all buckets',
        {
          record: application(state('SUBMITTED'), { createdAt: now - 301 * seconds }),
          status: state('RUNNING', { executionAttempts: 1 }),
        },
        {
          spark_application_start_latency_seconds_sum: 301,
          spark_application_start_latency_seconds_count: 1,
          'spark_application_start_latency_seconds_histogram_bucket{le="+Inf"}': 1,
          spark_application_start_latency_seconds_histogram_sum: 301,
          spark_application_start_latency_seconds_histogram_count: 1,
        },
      ],
      [
        'nothing while it goes on running',
        { record: application(state('RUNNING')), status: state('RUNNING', { executionAttempts: 1 }) },
        { spark_application_running_count: 0 },
      ],
      [
        'its completion, with the length of its run',
        {
          record: application(state('RUNNING')),
          status: state('COMPLETED', times),
          events: [{ reason: 'SparkApplicationCompleted' }],
        },
        {
          spark_application_success_count: 1,
          spark_application_success_execution_time_seconds_sum: 90,
          spark_application_success_execution_time_seconds_count: 1,
        },
      ],
      [
        'its failure',
        {
          record: application(state('RUNNING')),
          status: state('FAILED', times),
          events: [{ reason: 'SparkApplicationFailed' }],
        },
        {
          spark_application_failure_count: 1,
          spark_application_failure_execution_time_seconds_sum: 90,
          spark_application_failure_execution_time_seconds_count: 1,
        },
      ],
      [
        'a run that is tried again, apart from failures',
        { record: application(state('RUNNING')), status: state('FAILING') },
        { spark_application_retry_count: 1 },
      ],
      [
        'a submission that failed and is tried again',
        { status: state('SUBMISSION_FAILED'), events: [{ reason: 'SparkApplicationSubmissionFailed' }] },
        { spark_application_failed_submission_count: 1, spark_application_retry_count: 1 },
      ],
      [
        'executors by what is new',
        {
          record: application({ executorCounts: { COMPLETED: 1, FAILED: 4, RUNNING: 2 } }),
          status: { executorCounts: { COMPLETED: 3, FAILED: 4 } },
        },
        { spark_executor_success_count: 2 },
      ],
      [
        'no executor when a run begins anew',
        { record: application({ executorCounts: { FAILED: 4 } }), status: {} },
        {},
      ],
      [
        'each unmutated pod',
        { events: [{ reason: 'SparkPodUnmutated' }, { reason: 'SparkPodUnmutated' }] },
        { unmutated_pods_total: 2 },
      ],
    ];
  for (const [what, transition, expected] of cases) {
    it(`count ${what}`, () => {
      assert.deepEqual(movedBy(transition), Object.fromEntries(Object.entries(expected).filter(([, value]) => value)));
    });
  }

  it('are there from the start, at 0', () => {
    const names = samples(new ReconcilerMetrics(), []);
    assert.ok(names.every(([, value]) => value === 0));
    const heads = new Set(names.map(([name]) => name.replace(/(_bucket|_sum|_count)?(\{.*)?$/, '')));
    assert.equal(heads.size, new Set(applicationMetrics.map(({ name }) => name.replace(/_count$/, ''))).size);
  });

  it('say what runs now, right after a restart', () => {
    const running = application(state('RUNNING', { executorCounts: { RUNNING: 3, COMPLETED: 1 } }));
    const ended = application(state('COMPLETED', { ...times, executorCounts: { RUNNING: 1 } }));
    const metrics = new ReconcilerMetrics();
    assert.deepEqual(
      samples(metrics, [running, running, ended]).filter(([, value]) => value !== 0),
      [
        ['spark_application_running_count', 2],
        ['spark_executor_running_count', 6],
      ],
    );
    assert.deepEqual(
      samples(metrics, []).filter(([, value]) => value !== 0),
      [],
    );
  });

  it('have the prefix that was asked for', () => {
    const metrics = new ReconcilerMetrics(settingsWith({ prefix: 'team-a_' }));
    assert.match(exposition(metrics.read([])), /^# TYPE team_a_spark_application_count counter$/m);
  });

  it('list every metric in docs/operations.md, with its type', () => {
    const page = readFileSync(join(projectRoot, 'docs/operations.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z0-9_]+)` \| (counter|gauge|summary|histogram) \| (.+?) \|$/gm)];
    assert.deepEqual(
      rows.map(([, name, type]) => ({ name, type })),
      [...applicationMetrics, ...progressMetrics(noProgress, ''), ...new EventLoopLag(systemClock).read()].map(
        ({ name, type }) => ({ name, type }),
      ),
    );
  });
});

const noProgress = {
  waiting: { status: 0, submission: 0 },
  longestWaitMilliseconds: 0,
  longestPassMilliseconds: 0,
  stalledMilliseconds: 0,
  watches: [],
};

describe('the labels of metrics', () => {
  const labelled = (labels: readonly string[]) => new ReconcilerMetrics(settingsWith({ labels }));
  const count = (metrics: ReconcilerMetrics, name: string) =>
    samples(metrics, []).filter(([sample]) => sample.startsWith(`${name}{`));

  it('are those of the application, by their sanitised names; namespace falls back to its namespace', () => {
    const metrics = labelled(['app-type', 'namespace']);
    metrics.added(application({}, { labels: { app_type: 'etl' } }));
    assert.deepEqual(count(metrics, 'spark_application_count'), [
      ['spark_application_count{app_type="Unknown",namespace="Unknown"}', 0],
      ['spark_application_count{app_type="etl",namespace="team"}', 0],
    ]);
  });

  it('of executors are those of their pods', () => {
    const metrics = labelled(['tier']);
    const spec = { executor: { labels: { tier: 'executor', odd: 1 } } };
    metrics.moved({
      record: application({}, { labels: { tier: 'application' }, spec }),
      status: { executorCounts: { FAILED: 1 } },
      events: [{ reason: 'SparkApplicationAdded' }],
      now,
    });
    assert.deepEqual(count(metrics, 'spark_executor_failure_count').at(-1), [
      'spark_executor_failure_count{tier="executor"}',
      1,
    ]);
    assert.deepEqual(count(metrics, 'spark_application_count').at(-1), [
      'spark_application_count{tier="application"}',
      1,
    ]);
  });

  it('are no more than bounded, whatever users write', () => {
    const metrics = labelled(['app_type']);
    for (let index = 0; index < 3_000; index += 1) {
      metrics.added(application({}, { labels: { app_type: `type-${index}` } }));
    }
    const series = count(metrics, 'spark_application_count');
    assert.equal(series.length, 1_001);
    assert.deepEqual(series.at(-1), ['spark_application_count{app_type="Other"}', 0]);
  });

  it('are written so that no value breaks a line', () => {
    const metrics = labelled(['app_type']);
    metrics.added(application({}, { labels: { app_type: 'a"b\\c\nd' } }));
    assert.match(exposition(metrics.read([])), /^spark_application_count\{app_type="a\\"b\\\\c\\nd"\} 0$/m);
  });
});
