/** Whose fault it was that a run ended, and what that means for the next one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../reconciler/decide.js';
import { renderer, specHash } from '../../../reconciler/driver-rendering.js';
import { projectPod, type SparkPod } from '../../../reconciler/spark-pod.js';
import type { SparkApplicationStatus } from '../../../src/api/status.js';
import { application, context, driverPod, now, present, seen, spec, submittedStatus } from './applications.js';

const ended = (changes: Partial<SparkPod>) => driverPod({ phase: 'Failed', ...changes });
const preempted = ended({ end: { exitCode: 143 }, disruption: 'PreemptionByScheduler: preempting' });
const failed = ended({ end: { exitCode: 1 } });

function submitted(restartPolicy: object, status: SparkApplicationStatus = {}) {
  const whole = { ...spec, restartPolicy };
  const submission = { specHash: specHash(whole), renderer };
  return application({ ...submittedStatus('pod-uid'), submission, executionAttempts: 1, ...status }, { spec: whole });
}

const after = (record: ReturnType<typeof submitted>, pod: SparkPod) =>
  decide(record, seen({ ...present(pod), released: true }), context);

describe('a run that the cluster ended', () => {
  const onFailure = { type: 'OnFailure', onFailureRetries: 1 };

  it('is followed by another without using up the tries of the application', () => {
    const first = after(submitted(onFailure), preempted);
    assert.deepEqual([first.status?.applicationState?.state, first.status?.infrastructureFailures], ['FAILING', 1]);
    // One of three runs was the cluster's: two tries are used up.
    const third = submitted(onFailure, { executionAttempts: 3, infrastructureFailures: 1 });
    assert.equal(after(third, failed).status?.applicationState?.state, 'FAILED');
    const second = submitted(onFailure, { executionAttempts: 2, infrastructureFailures: 1 });
    assert.equal(after(second, failed).status?.applicationState?.state, 'FAILING');
  });

  it('is followed by another even where no retries are given, but not with Never', () => {
    assert.equal(after(submitted({ type: 'OnFailure' }), preempted).status?.applicationState?.state, 'FAILING');
    assert.equal(after(submitted({ type: 'OnFailure' }), failed).status?.applicationState?.state, 'FAILED');
    assert.equal(after(submitted({ type: 'Never' }), preempted).status?.applicationState?.state, 'FAILED');
  });

  it('ends the application after too many of them; one that runs for ever goes on', () => {
    const state = (type: string, failures: number) =>
      after(submitted({ type }, { executionAttempts: failures + 1, infrastructureFailures: failures }), preempted)
        .status?.applicationState?.state;
    const { infrastructureRetries } = context.settings;
    assert.equal(state('OnFailure', infrastructureRetries - 1), 'FAILING');
    assert.equal(state('OnFailure', infrastructureRetries), 'FAILED');
    assert.equal(state('Always', infrastructureRetries), 'FAILING');
  });

  it('keeps its budget while it waits for the next run', () => {
    const failing = after(submitted(onFailure), preempted).status ?? {};
    const next = decide({ ...submitted(onFailure), status: failing }, seen({ ...present(preempted) }), {
      ...context,
      now: now + 5_000,
    });
    assert.equal(next.status?.applicationState?.state, 'PENDING_RERUN');
    assert.equal(next.status?.infrastructureFailures, 1);
  });

  it('is forgotten after a run that ends well, and with another spec', () => {
    const succeeded = after(
      submitted({ type: 'Always' }, { infrastructureFailures: 3 }),
      driverPod({ phase: 'Succeeded', end: { exitCode: 0 } }),
    );
    assert.equal(succeeded.status?.applicationState?.state, 'PENDING_RERUN');
    assert.equal(succeeded.status?.infrastructureFailures, undefined);
    const edited = { ...submitted(onFailure, { infrastructureFailures: 3 }), spec, generation: 2 };
    assert.equal(decide(edited, seen(), context).status?.infrastructureFailures, undefined);
  });

  it('may have vanished unseen', () => {
    const lost = decide(submitted(onFailure), seen({ driver: { kind: 'absent' }, released: true }), context);
    assert.deepEqual([lost.status?.applicationState?.state, lost.status?.infrastructureFailures], ['FAILING', 1]);
  });
});

describe('whose fault it is', () => {
  const target = (reason: string) => ({
    conditions: [{ type: 'DisruptionTarget', status: 'True', reason, message: 'why' }],
  });
  const container = (exitCode: number, reason = 'Error') => ({
    containerStatuses: [{ name: 'spark-kubernetes-driver', state: { terminated: { exitCode, reason } } }],
  });
  const rows: readonly [name: string, status: object, isInfrastructure: boolean, message: RegExp][] = [
    ['preempted', { ...target('PreemptionByScheduler'), ...container(143) }, true, /PreemptionByScheduler: why/],
    ['its node was tainted', { ...target('DeletionByTaintManager'), ...container(143) }, true, /signal 15 \(SIGTERM\)/],
    ['drained', { ...target('EvictionByEvictionAPI'), ...container(143) }, true, /EvictionByEvictionAPI/],
    ['its node is gone', { ...target('DeletionByPodGC'), phase: 'Failed' }, true, /container status missing/],
    [
      'evicted from a node that runs full',
      { ...target('TerminationByKubelet'), reason: 'Evicted', message: 'The node was low on resource: memory.' },
      true,
      /Evicted: The node was low on resource: memory/,
    ],
    [
      'evicted for its own use of the disk',
      { reason: 'Evicted', message: 'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi.' },
      false,
      /Evicted: Pod ephemeral local storage/,
    ],
    [
      'its node was shut down',
      { reason: 'Terminated', message: 'Pod was terminated in response to imminent node shutdown.' },
      true,
      /imminent node shutdown/,
    ],
    [
      'its node had no room',
      { reason: 'OutOfcpu', message: "Node didn't have enough resource: cpu" },
      true,
      /OutOfcpu/,
    ],
    ['its own deadline', { reason: 'DeadlineExceeded', message: 'active longer than' }, false, /DeadlineExceeded/],
    ['out of memory', container(137, 'OOMKilled'), false, /used more than the memory of its node/],
    ['killed', container(137), false, /ExitCode: 137, Reason: Error, signal 9 \(SIGKILL\); container spark-kub/],
    ['an exception', container(1), false, /ExitCode: 1, Reason: Error; container/],
  ];
  for (const [name, status, isInfrastructure, message] of rows) {
    it(`${name}: the ${isInfrastructure ? "cluster's" : "application's"}`, () => {
      const pod = projectPod(podObject(status));
      const decision = after(submitted({ type: 'Never' }), { ...pod, ownerUid: 'application-uid' });
      assert.equal(decision.status?.infrastructureFailures, isInfrastructure ? 1 : undefined);
      assert.match(decision.status?.applicationState?.errorMessage ?? '', message);
      assert.match(decision.status?.applicationState?.errorMessage ?? '', /of pod pi-driver on node worker-1/);
    });
  }

  it('a driver that was stopped because its pod was deleted is not to blame', () => {
    const stopped = after(submitted({ type: 'Never' }), ended({ deleting: true, end: { exitCode: 143 } }));
    assert.equal(stopped.status?.infrastructureFailures, 1);
    assert.match(stopped.status?.applicationState?.errorMessage ?? '', /the pod was deleted while it ran/);
    const failedBefore = after(submitted({ type: 'Never' }), ended({ deleting: true, end: { exitCode: 1 } }));
    assert.equal(failedBefore.status?.infrastructureFailures, undefined);
  });

  it('the limit that was too small, the init container and the exception are named', () => {
    const message = (changes: Partial<SparkPod>) =>
      after(submitted({ type: 'Never' }), ended(changes)).status?.applicationState?.errorMessage ?? '';
    const outOfMemory = message({ end: { exitCode: 137, reason: 'OOMKilled' }, memoryLimit: '1408Mi' });
    assert.match(outOfMemory, /more than its memory limit of 1408Mi: raise spec\.driver\.memory/);
    const init = message({
      failedInitContainer: { name: 'fetch', end: { exitCode: 2, reason: 'Error', message: 'no' } },
    });
    assert.match(init, /^init container fetch failed with ExitCode: 2, Reason: Error; container fetch of .*: no$/);
    assert.match(message({ end: { exitCode: 1 }, exception: 'org.A: b' }), /exception: org\.A: b/);
  });
});

function podObject(status: object) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'pi-driver',
      namespace: 'team',
      uid: 'pod-uid',
      resourceVersion: '1',
      labels: { 'spark-role': 'driver' },
    },
    spec: { nodeName: 'worker-1' },
    status: { phase: 'Failed', ...status },
  };
}
