/** The table of transitions is the code's: each row of it is decided, and nothing is decided that it does not have. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ApplicationRecord } from '../../../reconciler/application-record.js';
import { decide } from '../../../reconciler/decide.js';
import type { Decision, Observation } from '../../../reconciler/decision.js';
import { rendererOf, specHash } from '../../../reconciler/driver-rendering.js';
import { defaultSettings } from '../../../reconciler/settings.js';
import type { ApplicationState, SparkApplicationStatus } from '../../../src/api/status.js';
import { arrow, documentedArrows, documentedRows } from '../../lifecycle/documented-transitions.js';
import { leads, steps, type TransitionName, transitions } from '../../lifecycle/transitions.js';
import { anyContext, anyObservation, anyRecord } from './any-application.js';
import { application, context, driverPod, now, pending, present, seen, spec, submittedStatus } from './applications.js';

interface Situation {
  readonly record: ApplicationRecord;
  readonly observation: Observation;
}

const hour = 3_600_000;
/** Long after everything that these applications wait for. */
const later = { ...context, now: now + 10 * hour };

/** An application that is in that state with that spec, its driver claimed. */
function inState(state: ApplicationState, changes: object = {}, status: SparkApplicationStatus = {}) {
  const whole = { ...spec, ...changes };
  if (state === '') return application({}, { spec: whole });
  const marks = { specHash: specHash(whole), renderer: rendererOf(defaultSettings), replacedPods: ['pi-driver'] };
  return application(
    {
      ...submittedStatus('pod-uid'),
      applicationState: { state },
      executionAttempts: 1,
      submission: marks,
      terminationTime: state === 'COMPLETED' || state === 'FAILED' ? '2026-11-22T12:00:00Z' : undefined,
      ...status,
    },
    { spec: whole },
  );
}

const unclaimed: SparkApplicationStatus = { driverInfo: { podName: 'pi-driver' } };
const nothingLeft = seen({ driver: { kind: 'absent' }, replaced: { kind: 'absent' } });
const driver = (changes: Parameters<typeof driverPod>[0]) =>
  seen({ ...present(driverPod(changes)), released: true, replaced: { kind: 'absent' } });
const refused = seen({ ...nothingLeft, setback: { kind: 'refused', message: 'pods is forbidden' } });
const waiting = seen({ ...nothingLeft, setback: { kind: 'wait', message: 'exceeded quota' } });

const retried = { type: 'OnFailure', onFailureRetries: 3, onSubmissionFailureRetries: 3 };
const retriedOnce = { type: 'OnFailure', onFailureRetries: 1, onSubmissionFailureRetries: 1 };
const never = { type: 'Never' };
const refusedBySpark = { sparkConf: { 'spark.driver.memory': 'lots' } };
const stuck = driverPod({ deleting: true, deletionDeadline: now });
const overdue = pending('image pull');

/** A driver that does not start, or that runs and does not go. */
const endless = (from: ApplicationState) =>
  from === 'SUBMITTED' ? driver(overdue) : driver({ phase: 'Running', deleting: true, deletionDeadline: now });

const driverWith =
  (observation: Observation, restartPolicy: object) =>
  (from: ApplicationState): Situation => ({ record: inState(from, { restartPolicy }), observation });

const refusal = (restartPolicy: object, from: ApplicationState): Situation =>
  from === 'SUBMITTED'
    ? { record: inState(from, { restartPolicy }, unclaimed), observation: refused }
    : { record: inState(from, { restartPolicy, ...refusedBySpark }), observation: nothingLeft };

/** It has been waiting since `now`. */
function waitingSinceNow(record: ApplicationRecord): ApplicationRecord {
  const submission = { specHash: '', renderer: '', ...record.status.submission, waitingSince: '2026-11-22T12:00:00Z' };
  return { ...record, status: { ...record.status, submission } };
}

const waitingInVain = (restartPolicy: object, from: ApplicationState): Situation => ({
  record: waitingSinceNow(inState(from, { restartPolicy }, unclaimed)),
  observation: waiting,
});

/** What makes an application in that state take that way. */
const situations: Readonly<Record<TransitionName, (from: ApplicationState) => Situation>> = {
  'taken up': (from) => ({ record: inState(from), observation: seen() }),
  'submitted again': (from) => ({ record: inState(from, { restartPolicy: retried }), observation: nothingLeft }),
  'run again': (from) => ({ record: inState(from), observation: nothingLeft }),
  resumed: (from) => ({ record: inState(from), observation: nothingLeft }),
  invalid: (from) => {
    const annotations = { 'sparkoperator.k8s.io/driver-init-timeout': 'soon' };
    return { record: { ...inState(from, {}, unclaimed), annotations }, observation: nothingLeft };
  },
  'refused, tries left': (from) => refusal(retried, from),
  'refused, none left': (from) => refusal(from === 'SUBMISSION_FAILED' ? retriedOnce : never, from),
  'waited in vain, tries left': (from) => waitingInVain(retried, from),
  'waited in vain, none left': (from) => waitingInVain(never, from),
  'driver runs': driverWith(driver({ phase: 'Running' }), never),
  'driver unheard of': driverWith(driver({ phase: 'Unknown' }), never),
  'driver ended well': driverWith(driver({ phase: 'Succeeded' }), never),
  'driver ended well, Always': driverWith(driver({ phase: 'Succeeded' }), { type: 'Always' }),
  'driver failed, tries left': driverWith(driver({ phase: 'Failed', end: { exitCode: 1 } }), retried),
  'driver failed, none left': driverWith(driver({ phase: 'Failed', end: { exitCode: 1 } }), never),
  'driver lost, tries left': driverWith(nothingLeft, retried),
  'driver lost, none left': driverWith(nothingLeft, never),
  'driver given up, tries left': (from) => driverWith(endless(from), retried)(from),
  'driver given up, none left': (from) => driverWith(endless(from), never)(from),
  due: (from) => ({ record: inState(from, { restartPolicy: retried }), observation: nothingLeft }),
  'no tries left': (from) => ({ record: inState(from, { restartPolicy: never }), observation: nothingLeft }),
  'old pods stay': (from) => ({
    record: waitingSinceNow(inState(from, { restartPolicy: retried })),
    observation: seen({ replaced: { kind: 'present', pod: stuck } }),
  }),
  'spec changed': (from) => ({
    record: { ...inState(from), generation: 2, spec: { ...spec, arguments: ['2'] } },
    observation: driver({ phase: 'Running' }),
  }),
  suspended: (from) => ({ record: inState(from, { suspend: true }), observation: driver({ phase: 'Running' }) }),
  stopped: (from) => ({ record: inState(from, { suspend: true }), observation: nothingLeft }),
  expired: (from) => ({ record: inState(from, { timeToLiveSeconds: 60 }), observation: nothingLeft }),
};

/** Warnings of Kubernetes are as good as looked up: they are asked for before a driver is given up. */
const informed = (observation: Observation): Observation => ({ driverWarning: 'none', ...observation });

function destination({ status, action }: Decision): string | undefined {
  return action?.kind === 'delete-application' ? 'deleted' : status?.applicationState?.state;
}

describe('the table of transitions', () => {
  for (const { name, from, to } of steps) {
    it(`leads an application that is ${from || 'new'} to ${to}: ${name}`, () => {
      const { record, observation } = situations[name](from);
      const decision = decide(record, informed(observation), later);
      assert.equal(destination(decision), to, JSON.stringify(decision));
    });
  }

  it('has every transition that any application takes, whatever is seen of it', () => {
    const taken = new Set<string>();
    fc.assert(
      fc.property(anyRecord, anyObservation, anyContext, (record, observation, anyTime) => {
        const from = record.status.applicationState?.state ?? '';
        const to = destination(decide(record, observation, anyTime)) ?? from;
        if (to === from) return true;
        taken.add(`${from} > ${to}`);
        return leads(from, to);
      }),
      { numRuns: 3_000 },
    );
    assert.ok(taken.size > 20, `the property saw little: ${[...taken].join(', ')}`);
  });

  it('is the one of docs/architecture.md, row by row', () => {
    const rows = Object.entries(transitions).map(([name, { from, to, when }]) => [
      name,
      from.map((state) => state || '(new)').join(', '),
      to,
      when,
    ]);
    assert.deepEqual(documentedRows(), rows);
  });

  it('is the diagram of docs/architecture.md, arrow by arrow', () => {
    const arrows = steps.map(({ name, from, to }) => arrow(name, from, to));
    assert.deepEqual([...documentedArrows()].sort(), arrows.sort());
  });
});
