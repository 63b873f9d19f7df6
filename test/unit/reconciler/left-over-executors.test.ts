/** Executors of runs that are over: their driver is gone, and the application, which owns them too, keeps them from being collected. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sortExecutors } from '../../../reconciler/cached-pods.js';
import { decide } from '../../../reconciler/decide.js';
import type { SparkApplicationStatus } from '../../../src/api/status.js';
import { application, context, driverPod, executorPod, present, seen, submittedStatus } from './applications.js';

const running: SparkApplicationStatus = { ...submittedStatus('pod-uid'), applicationState: { state: 'RUNNING' } };
const followed = present(driverPod({ phase: 'Running' }));
const earlier = executorPod(1, { submissionId: 'an-earlier-one', phase: 'Running' });
const present1 = executorPod(1, { phase: 'Running' });

describe('executors of an earlier submission', () => {
  it('are told apart from those of the present one', () => {
    const { executors, strayExecutors } = sortExecutors(application(running), [earlier, present1]);
    assert.deepEqual(executors, [present1]);
    assert.deepEqual(strayExecutors, [earlier]);
  });

  it('are deleted while the next run goes on, which is told of first', () => {
    const observation = seen({ ...followed, released: true, strayExecutors: [earlier] });
    const decision = decide(application(submittedStatus('pod-uid')), observation, context);
    assert.equal(decision.status?.applicationState?.state, 'RUNNING');
    assert.deepEqual(decision.action, { kind: 'delete-executors', pods: [earlier] });
  });

  it('that go already are left alone', () => {
    const observation = seen({ ...followed, released: true, strayExecutors: [{ ...earlier, deleting: true }] });
    assert.equal(decide(application(running), observation, context).action, undefined);
  });

  it('and of another application of that name are not touched: its driver may have been orphaned', () => {
    const orphan = { ...earlier, applicationUid: 'of-another' };
    assert.deepEqual(sortExecutors(application(running), [orphan]).strayExecutors, []);
  });
});

describe('executors of the present submission', () => {
  it('are deleted once the status has let go of their run', () => {
    const status: SparkApplicationStatus = {
      ...running,
      applicationState: { state: 'SUSPENDED' },
      driverInfo: {},
    };
    const suspended = { ...application(status), spec: { ...application(status).spec, suspend: true } };
    const decision = decide(suspended, seen({ executors: [present1] }), context);
    assert.deepEqual(decision.action, { kind: 'delete-executors', pods: [present1] });
  });

  it('stay while their driver runs', () => {
    const decision = decide(
      application(running),
      seen({ ...followed, released: true, executors: [present1] }),
      context,
    );
    assert.equal(decision.action, undefined);
  });

  it('go with an application that is deleted and held by a finalizer, and stay where it is orphaned', () => {
    const deleted = { ...application(running), deleting: true };
    const observation = seen({ driver: { kind: 'absent' }, executors: [present1] });
    assert.deepEqual(decide(deleted, observation, context).action, { kind: 'delete-executors', pods: [present1] });
    assert.equal(decide({ ...deleted, orphaning: true }, observation, context).action, undefined);
  });
});
