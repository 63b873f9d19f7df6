/** Each timeout is reached by a real object of an API server: to the second, with what Kubernetes says in the message. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { submitterAnnotation } from '../../src/api/labels.js';
import { parseTime } from '../../src/api/status.js';
import { type TimeoutName, timeoutAnnotation } from '../../src/api/timeouts.js';
import { pods } from '../../src/kube/resources.js';
import { at } from '../../src/sandbox/api-server/objects.js';
import { eventually } from '../e2e/eventually.js';
import { LifecycleSite } from '../lifecycle/lifecycle-site.js';
import type { LifecycleStage } from '../lifecycle/lifecycle-stage.js';
import { podStatuses } from '../lifecycle/pod-statuses.js';

const minute = 60_000;
const limit = 10 * minute;
/** A timer may ring some milliseconds late. */
const sameSecond = 999;

/** Given up at its end, neither before nor after: as FAILED, with those words. */
interface Wait {
  /** Until when, in milliseconds since the epoch. */
  readonly begin: (stage: LifecycleStage, annotations: Record<string, string>) => Promise<number>;
  readonly before: { readonly state: string; readonly message: RegExp };
  readonly message: RegExp;
}

const wholeSeconds = (time: number) => Math.floor(time / 1_000) * 1_000;

let site: LifecycleSite;
before(async () => {
  site = await LifecycleSite.open('timeouts');
});
after(() => site.close());

const waits: Readonly<Record<Exclude<TimeoutName, 'sidecars' | 'submission pod'>, Wait>> = {
  scheduling: {
    begin: async (stage, annotations) => {
      await stage.submit({}, annotations);
      await stage.driver(podStatuses.unschedulable('0/3 nodes are available: 3 Insufficient memory.'));
      return (await site.releasedAt(stage)) + limit;
    },
    before: {
      state: 'SUBMITTED',
      message: /is pending: Unschedulable: 0\/3 nodes are available: 3 Insufficient memory/,
    },
    message: /did not start: scheduling took more than 10m .*3 Insufficient memory\.; infrastructure failure/,
  },
  'container creation': {
    begin: async (stage, annotations) => {
      await stage.submit({}, annotations);
      await stage.warn('FailedMount', 'MountVolume.SetUp failed for volume "settings": configmap "settings" not found');
      const since = wholeSeconds(stage.now()) + 2_000;
      await stage.driver(podStatuses.waiting(since, 'ContainerCreating'));
      await stage.advance(minute);
      return since + limit;
    },
    before: { state: 'SUBMITTED', message: /is pending: FailedMount: .*configmap "settings" not found/ },
    message: /did not start: container creation took more than 10m .*configmap "settings" not found/,
  },
  'image pull': {
    begin: async (stage, annotations) => {
      await stage.submit({}, annotations);
      const since = wholeSeconds(stage.now()) + 2_000;
      await stage.driver(podStatuses.waiting(since, 'ImagePullBackOff', 'Back-off pulling image "spark:typo"'));
      return since + limit;
    },
    before: {
      state: 'SUBMITTED',
      message: /is pending: ImagePullBackOff: container .*: Back-off pulling image "spark:typo"/,
    },
    message: /did not start: image pull took more than 10m .*"spark:typo"/,
  },
  'init containers': {
    begin: async (stage, annotations) => {
      await stage.submit({}, annotations);
      const since = wholeSeconds(stage.now()) + 2_000;
      await stage.driver(podStatuses.initializing(since));
      await stage.advance(minute);
      return since + limit;
    },
    before: { state: 'SUBMITTED', message: /init containers are at work/ },
    message: /did not start: init containers took more than 10m/,
  },
  termination: {
    begin: async (stage, annotations) => {
      await stage.submit({}, annotations);
      await stage.driver(podStatuses.running);
      await stage.until('RUNNING');
      await stage.hold();
      await stage.deleteDriver();
      const { metadata } = await stage.driverPod();
      return (parseTime(String(metadata['deletionTimestamp'])) ?? 0) + limit;
    },
    before: { state: 'RUNNING', message: /is being deleted and does not end/ },
    message: /gave up waiting: driver pod .* does not end; .*infrastructure failure/,
  },
  submission: {
    begin: async (stage, annotations) => {
      await stage.create({}, annotations);
      await stage.takeNameAsPredecessor();
      await stage.operate();
      const { submission } = await stage.untilMessage(/of an earlier application to go/);
      return (parseTime(submission?.waitingSince) ?? 0) + limit;
    },
    before: { state: 'SUBMITTED', message: /waiting for pod .* of an earlier application to go/ },
    message: /failed to submit spark application: gave up waiting for pod .* of an earlier application to go/,
  },
};

const entries = Object.entries(waits) as [keyof typeof waits, Wait][];
const slug = (name: string) => name.replaceAll(' ', '-');

describe('an application that waits is given up when its time is over, and not before:', () => {
  for (const [name, { begin, before: early, message }] of entries) {
    it(name, async () => {
      await site.play(slug(name), async (stage) => {
        const due = await begin(stage, { [timeoutAnnotation(name)]: '10m' });
        await stage.untilMessage(early.message);
        await stage.standAt(due - 1);
        await site.witness.untilState(stage.name, early.state);
        await stage.standAt(due + sameSecond);
        const { applicationState } = await stage.until('FAILED');
        assert.match(applicationState?.errorMessage ?? '', message);
      });
    });
  }
});

describe('a pod of the run before that the operator may not delete', () => {
  it('is given up when the time for its end is over, and the message says why', async () => {
    await site.play('refused', async (stage) => {
      await stage.submit({}, { [timeoutAnnotation('termination')]: '10m' });
      await stage.driver(podStatuses.running);
      await stage.until('RUNNING');
      stage.refuseDeletionOfPods();
      await stage.edit({ arguments: ['another'] });
      const words = /waiting for pod .* to go: its deletion is refused: not allowed/;
      const { submission } = await stage.untilMessage(words);
      const due = (parseTime(submission?.waitingSince) ?? 0) + limit;
      await stage.standAt(due - 1);
      await site.witness.untilState(stage.name, 'INVALIDATING');
      await stage.standAt(due + sameSecond);
      const { applicationState } = await stage.until('FAILED');
      assert.match(applicationState?.errorMessage ?? '', /gave up waiting for the run before to end: .* is refused/);
    });
  });
});

describe('what goes on beside an application has its time too:', () => {
  it('sidecars of a driver that has ended, whose pod is deleted then', async () => {
    await site.play('sidecars', async (stage) => {
      await stage.submit({}, { [timeoutAnnotation('sidecars')]: '10m' });
      const end = wholeSeconds(stage.now());
      await stage.driver(podStatuses.outlived(end));
      await stage.until('COMPLETED');
      await stage.standAt(end + limit - 1);
      await stage.driverPod();
      await stage.standAt(end + limit + sameSecond);
      await site.site.untilGone(pods, stage.driverName);
    });
  });

  it('spark-submit, which Kubernetes ends, and the message says so', async () => {
    await site.play('spark-submit', async (stage) => {
      await stage.create({}, { [submitterAnnotation]: 'pod', [timeoutAnnotation('submission pod')]: '10m' });
      await stage.operate();
      const submitter = `${stage.name}-submission`;
      const { body } = await eventually('the submission pod', () => site.site.get(pods, submitter));
      assert.equal(at(body, 'spec', 'activeDeadlineSeconds'), limit / 1_000);
      const status = {
        phase: 'Failed',
        reason: 'DeadlineExceeded',
        message: 'Pod was active longer than the deadline',
      };
      await site.witness.until(stage.name, 'claim it', ({ status: now }) => now.submission?.submissionPodUid != null);
      await site.site.patch(pods, `${submitter}/status`, 'merge', { status });
      const { applicationState } = await stage.until('FAILED');
      assert.match(
        applicationState?.errorMessage ?? '',
        /submission pod .* failed: DeadlineExceeded: Pod was active longer/,
      );
    });
  });
});
