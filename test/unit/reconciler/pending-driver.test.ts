/** Nothing waits for ever: what is said of a driver that does not start, and when it is given up. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../reconciler/decide.js';
import type { Observation } from '../../../reconciler/decision.js';
import type { PendingStage } from '../../../reconciler/pending-pod.js';
import { defaultTimeouts, timeoutAnnotation } from '../../../src/api/timeouts.js';
import {
  application,
  cached,
  context,
  driverPod,
  now,
  pending,
  present,
  seen,
  submittedStatus,
} from './applications.js';

const stages: readonly PendingStage[] = ['scheduling', 'container creation', 'image pull', 'init containers'];
const because = { reason: 'Unschedulable', message: '0/1 nodes: Insufficient memory' };
const annotations = Object.fromEntries(stages.map((stage) => [timeoutAnnotation(stage), '10m']));
const tenMinutes = 600_000;

const at = (milliseconds: number) => ({ ...context, now: now + milliseconds });
const record = application(submittedStatus('pod-uid'), { annotations });
const waiting = (stage: PendingStage, changes: Partial<Observation> = {}, reason = because) =>
  seen({ ...present(driverPod(pending(stage, reason))), released: true, ...changes });
const silent = (changes: Partial<Observation> = {}) =>
  seen({ ...present(driverPod(pending('container creation'))), released: true, ...changes });

describe('a driver that does not start', () => {
  for (const stage of stages) {
    it(`is given up when its ${stage} has taken too long, to the millisecond, with Kubernetes' reason`, () => {
      const early = decide(record, waiting(stage), at(tenMinutes - 1));
      assert.deepEqual(early.status?.applicationState, {
        state: 'SUBMITTED',
        errorMessage: 'driver pod is pending: Unschedulable: 0/1 nodes: Insufficient memory',
      });
      assert.equal(early.recheckAfterMilliseconds, 1);
      const late = decide(record, waiting(stage), at(tenMinutes));
      assert.equal(late.status?.applicationState?.state, 'FAILED');
      assert.match(
        late.status?.applicationState?.errorMessage ?? '',
        new RegExp(
          `driver pod pi-driver did not start: ${stage} took more than 10m \\(--driver-.*\\): Unschedulable: 0/1`,
        ),
      );
    });

    it(`has ${defaultTimeouts[stage] / 60_000} minutes for ${stage} unless its application says otherwise`, () => {
      const plain = application(submittedStatus('pod-uid'));
      const state = (milliseconds: number) =>
        decide(plain, waiting(stage), at(milliseconds)).status?.applicationState?.state;
      assert.deepEqual([state(defaultTimeouts[stage] - 1), state(defaultTimeouts[stage])], ['SUBMITTED', 'FAILED']);
    });
  }

  it('is given up only when the API server itself shows it so: what a cache shows may be old', () => {
    const observation = waiting('scheduling', cached(driverPod(pending('scheduling', because))));
    assert.deepEqual(decide(record, observation, at(tenMinutes)), { action: { kind: 'look-up-driver' } });
  });

  it('for want of a node is the fault of the cluster, of an image that of the application', () => {
    const failures = (stage: PendingStage) =>
      decide(record, waiting(stage), at(tenMinutes)).status?.infrastructureFailures;
    assert.deepEqual(stages.map(failures), [1, undefined, undefined, undefined]);
  });

  it('and whose application failed is deleted, lest it starts after all', () => {
    const failed = decide(record, waiting('image pull'), at(tenMinutes)).status ?? {};
    for (const state of ['FAILED', 'FAILING']) {
      const after = application({ ...failed, applicationState: { state } });
      assert.equal(decide(after, waiting('image pull'), at(tenMinutes)).action?.kind, 'delete-driver');
    }
  });

  it('has its time from the release on: before it could not start', () => {
    const released = waiting('container creation', { releasedAt: now + tenMinutes });
    assert.equal(decide(record, released, at(2 * tenMinutes - 1)).status?.applicationState?.state, 'SUBMITTED');
    assert.equal(decide(record, released, at(2 * tenMinutes)).status?.applicationState?.state, 'FAILED');
  });
});

describe('a driver that says no more than that it is on its way', () => {
  it('is left in peace for half a minute, without a word', () => {
    const decision = decide(record, silent(), at(29_999));
    assert.deepEqual(decision.status?.applicationState, { state: 'SUBMITTED' });
    assert.deepEqual([decision.action, decision.recheckAfterMilliseconds], [undefined, 1]);
  });

  it('is asked for what Kubernetes warns of, and that is told', () => {
    const asking = decide(record, silent(), at(30_000));
    assert.deepEqual(asking.action, {
      kind: 'look-up-driver-warning',
      pod: driverPod(pending('container creation')),
      since: now,
    });
    const driverWarning = { reason: 'FailedMount', message: 'configmap "settings" not found' };
    const told = decide(record, silent({ driverWarning }), at(30_000));
    assert.equal(
      told.status?.applicationState?.errorMessage,
      'driver pod is pending: FailedMount: configmap "settings" not found',
    );
    assert.equal(told.recheckAfterMilliseconds, 30_000);
  });

  it('is looked at ever more rarely', () => {
    const after = (minutes: number) =>
      decide(application(submittedStatus('pod-uid')), silent({ driverWarning: 'none' }), at(minutes * 60_000))
        .recheckAfterMilliseconds;
    assert.deepEqual([1, 8, 30].map(after), [30_000, 120_000, 300_000]);
  });

  it('is given up with that warning, or with the stage that it is in', () => {
    const message = (driverWarning: Observation['driverWarning'] & object) =>
      decide(record, silent({ driverWarning }), at(tenMinutes)).status?.applicationState?.errorMessage ?? '';
    assert.match(message({ reason: 'FailedMount', message: 'no such claim' }), /10m .*: FailedMount: no such claim$/);
    const without = decide(record, silent({ driverWarning: 'none' }), at(tenMinutes));
    assert.match(without.status?.applicationState?.errorMessage ?? '', /volumes are mounted, images are pulled$/);
  });
});
