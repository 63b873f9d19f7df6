/** Each row of the table of transitions is taken by a real object of an API server, its driver pod moved by hand. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ApplicationState } from '../../src/api/status.js';
import { LifecycleSite } from '../lifecycle/lifecycle-site.js';
import type { LifecycleStage } from '../lifecycle/lifecycle-stage.js';
import { podStatuses } from '../lifecycle/pod-statuses.js';
import { type TransitionName, transitions } from '../lifecycle/transitions.js';

const hour = 3_600_000;
const { running, unknown, succeeded, failed } = podStatuses;

const never = { restartPolicy: { type: 'Never' } };
const always = { restartPolicy: { type: 'Always' } };
const retries = { onFailureRetries: 1, onFailureRetryInterval: 60 };
const submissionRetries = { onSubmissionFailureRetries: 1, onSubmissionFailureRetryInterval: 60 };
const retried = { restartPolicy: { type: 'OnFailure', ...retries, ...submissionRetries } };
const refusedBySpark = { sparkConf: { 'spark.driver.memory': 'lots' } };
const nonsense = { 'sparkoperator.k8s.io/driver-init-timeout': 'soon' };

type Play = (stage: LifecycleStage) => Promise<unknown>;

/** The driver is in that state, and the operator has seen it. */
const following = (from: 'SUBMITTED' | 'RUNNING' | 'UNKNOWN', spec: object) => async (stage: LifecycleStage) => {
  await stage.submit(spec);
  if (from === 'SUBMITTED') return;
  await stage.driver(from === 'RUNNING' ? running : unknown);
  await stage.until(from);
};

/** Out of each state in which a driver is followed, by what happens to the driver. */
const fromEach = (spec: object, happens: Play) => ({
  SUBMITTED: first(following('SUBMITTED', spec), happens),
  RUNNING: first(following('RUNNING', spec), happens),
  UNKNOWN: first(following('UNKNOWN', spec), happens),
});

function first(beginning: Play, then: Play): Play {
  return async (stage) => {
    await beginning(stage);
    await then(stage);
  };
}

const ends: Play = (stage) => stage.driver(succeeded);
const fails: Play = (stage) => stage.driver(failed);
const vanishes: Play = (stage) => stage.deleteDriver();
const time: Play = (stage) => stage.advance(7 * hour);
const edited: Play = (stage) => stage.edit({ arguments: ['other'] });
const suspended: Play = (stage) => stage.edit({ suspend: true });
const released: Play = (stage) => stage.letGo();

/** SUBMITTED, without a driver: another pod, of an earlier application of this name, stands in its way. */
const inTheWay =
  (spec: object): Play =>
  async (stage) => {
    await stage.create(spec);
    await stage.takeNameAsPredecessor();
    await stage.operate();
    await stage.untilMessage(/of an earlier application to go/);
  };

const failing: Play = first(following('RUNNING', retried), async (stage) => {
  await fails(stage);
  await stage.until('FAILING');
});

const submissionFailed: Play = async (stage) => {
  await stage.create(retried);
  await stage.takeName();
  await stage.operate();
  await stage.until('SUBMISSION_FAILED');
};

const rerunWaits: Play = async (stage) => {
  await stage.submit(always);
  await stage.hold();
  await ends(stage);
  await stage.until('PENDING_RERUN');
  await stage.untilMessage(/waiting/);
};

const invalidatingWaits: Play = async (stage) => {
  await following('RUNNING', never)(stage);
  await stage.hold();
  await edited(stage);
  await stage.untilMessage(/waiting/);
};

const suspendingWaits: Play = async (stage) => {
  await following('RUNNING', never)(stage);
  await stage.hold();
  await suspended(stage);
  await stage.untilMessage(/waiting/);
};

const ended =
  (spec: object, status: object, state: string): Play =>
  async (stage) => {
    await stage.submit(spec);
    await stage.driver(status);
    await stage.until(state);
  };

/** Another operator, the peer say, was here before. */
const leftBehind =
  (state: string, spec: object = {}): Play =>
  async (stage) => {
    await stage.create(spec);
    await stage.leave(state, { submissionID: 'of-another', driverInfo: { podName: stage.driverName } });
    await stage.operate();
  };

/** By row and state what makes an application take it. */
const plays: Readonly<Record<TransitionName, Partial<Record<ApplicationState, Play>>>> = {
  'taken up': { '': (stage) => stage.submit() },
  'submitted again': {
    SUBMISSION_FAILED: first(submissionFailed, async (stage) => {
      await stage.deleteDriver();
      await time(stage);
    }),
  },
  'run again': { PENDING_RERUN: first(rerunWaits, released), INVALIDATING: first(invalidatingWaits, released) },
  resumed: {
    SUSPENDED: async (stage) => {
      await stage.create({ suspend: true });
      await stage.operate();
      await stage.until('SUSPENDED');
      await stage.edit({ suspend: false });
    },
    RESUMING: leftBehind('RESUMING'),
  },
  invalid: {
    '': async (stage) => {
      await stage.create({ driver: { labels: { 'a b': 'what only the operator checks' } } });
      await stage.operate();
    },
    SUBMITTED: first(inTheWay(never), (stage) => stage.annotate(nonsense)),
    PENDING_RERUN: first(rerunWaits, async (stage) => {
      await stage.annotate(nonsense);
      await stage.letGo();
    }),
  },
  'refused, tries left': {
    '': async (stage) => {
      await stage.create({ ...retried, ...refusedBySpark });
      await stage.operate();
    },
    SUBMITTED: submissionFailed,
  },
  'refused, none left': {
    '': async (stage) => {
      await stage.create({ ...never, ...refusedBySpark });
      await stage.operate();
    },
    SUBMITTED: async (stage) => {
      await stage.create(never);
      await stage.takeName();
      await stage.operate();
    },
    SUBMISSION_FAILED: async (stage) => {
      await stage.create({ ...retried, ...refusedBySpark });
      await stage.operate();
      await stage.until('SUBMISSION_FAILED');
      await time(stage);
    },
  },
  'waited in vain, tries left': { SUBMITTED: first(inTheWay(retried), time) },
  'waited in vain, none left': { SUBMITTED: first(inTheWay(never), time) },
  'driver runs': {
    SUBMITTED: following('RUNNING', never),
    UNKNOWN: first(following('UNKNOWN', never), (stage) => stage.driver(running)),
  },
  'driver unheard of': {
    SUBMITTED: following('UNKNOWN', never),
    RUNNING: first(following('RUNNING', never), (stage) => stage.driver(unknown)),
  },
  'driver ended well': { ...fromEach(never, ends), SUCCEEDING: leftBehind('SUCCEEDING') },
  'driver ended well, Always': { ...fromEach(always, ends), SUCCEEDING: leftBehind('SUCCEEDING', always) },
  'driver failed, tries left': fromEach(retried, fails),
  'driver failed, none left': fromEach(never, fails),
  'driver lost, tries left': fromEach(retried, vanishes),
  'driver lost, none left': fromEach(never, vanishes),
  'driver given up, tries left': {
    SUBMITTED: first(following('SUBMITTED', retried), time),
    UNKNOWN: first(following('UNKNOWN', retried), time),
  },
  'driver given up, none left': {
    SUBMITTED: first(following('SUBMITTED', never), time),
    RUNNING: first(following('RUNNING', never), async (stage) => {
      await stage.hold();
      await vanishes(stage);
      await stage.untilMessage(/is being deleted and does not end/);
      await time(stage);
    }),
    UNKNOWN: first(following('UNKNOWN', never), time),
  },
  due: { FAILING: first(failing, time) },
  'no tries left': {
    FAILING: first(failing, (stage) => stage.annotate(nonsense)),
    SUBMISSION_FAILED: first(submissionFailed, (stage) => stage.annotate(nonsense)),
  },
  'old pods stay': {
    PENDING_RERUN: first(rerunWaits, time),
    INVALIDATING: first(invalidatingWaits, time),
    SUSPENDING: first(suspendingWaits, time),
  },
  'spec changed': {
    SUBMITTED: first(following('SUBMITTED', never), edited),
    RUNNING: first(following('RUNNING', never), edited),
    UNKNOWN: first(following('UNKNOWN', never), edited),
    FAILING: first(failing, edited),
    SUBMISSION_FAILED: first(submissionFailed, edited),
    PENDING_RERUN: first(rerunWaits, edited),
    COMPLETED: first(ended(never, succeeded, 'COMPLETED'), edited),
    FAILED: first(ended(never, failed, 'FAILED'), edited),
  },
  suspended: {
    '': async (stage) => {
      await stage.create({ suspend: true });
      await stage.operate();
    },
    SUBMITTED: first(following('SUBMITTED', never), suspended),
    RUNNING: first(following('RUNNING', never), suspended),
    UNKNOWN: first(following('UNKNOWN', never), suspended),
    FAILING: first(failing, suspended),
    SUBMISSION_FAILED: first(submissionFailed, suspended),
    PENDING_RERUN: first(rerunWaits, suspended),
    INVALIDATING: first(invalidatingWaits, suspended),
  },
  stopped: { SUSPENDING: first(suspendingWaits, released) },
  expired: {
    COMPLETED: first(ended({ ...never, timeToLiveSeconds: 60 }, succeeded, 'COMPLETED'), time),
    FAILED: first(ended({ ...never, timeToLiveSeconds: 60 }, failed, 'FAILED'), time),
  },
};

const entries = Object.entries(plays) as [TransitionName, Partial<Record<ApplicationState, Play>>][];
const slug = (text: string) => text.toLowerCase().replaceAll(/[^a-z]+/g, '-');

describe('an application', () => {
  let site: LifecycleSite;
  before(async () => {
    site = await LifecycleSite.open('lifecycle');
  });
  after(() => site.close());

  for (const [transition, byState] of entries) {
    const { from, to } = transitions[transition];
    for (const [state, act] of Object.entries(byState)) {
      it(`that is ${state || 'new'} comes to ${to}: ${transition}`, async () => {
        assert.ok(
          from.some((known) => known === state),
          `${transition} does not lead out of ${state}`,
        );
        const name = slug(`${transition} ${state || 'new'}`);
        await site.play(name, async (stage) => {
          await act(stage);
          await site.witness.until(name, `go from ${state || 'new'} to ${to}`, () =>
            site.witness.hasSeen(name, state, to),
          );
        });
      });
    }
  }
});
