import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { podState, projectPod } from '../../../reconciler/spark-pod.js';

function pod(status: object, labels: Record<string, string> = { 'spark-role': 'driver' }) {
  return projectPod({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'n', uid: 'u', resourceVersion: '1', labels },
    ...{ status },
  });
}

describe('what is kept of a pod', () => {
  it('the Spark container ends it, found by name among others', () => {
    const ended = { name: 'spark-kubernetes-driver', state: { terminated: { exitCode: 0 } } };
    const sidecar = { name: 'logs', state: { terminated: { exitCode: 1 } } };
    assert.equal(podState(pod({ phase: 'Running', containerStatuses: [sidecar, ended] })), 'COMPLETED');
    assert.equal(podState(pod({ phase: 'Running', containerStatuses: [sidecar] })), 'RUNNING');
  });

  it('the ordinary steps of a start are no reason to wait', () => {
    for (const reason of ['ContainerCreating', 'PodInitializing']) {
      const containerStatuses = [{ name: 'spark-kubernetes-driver', state: { waiting: { reason } } }];
      assert.equal(pod({ phase: 'Pending', containerStatuses }).pending?.because, undefined);
    }
  });

  it('the reason of a container goes before that of the scheduler', () => {
    const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no node' }];
    assert.deepEqual(pod({ phase: 'Pending', conditions }).pending?.because, {
      reason: 'Unschedulable',
      message: 'no node',
    });
    const initContainerStatuses = [
      { name: 'init', state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } } },
    ];
    assert.deepEqual(pod({ phase: 'Pending', conditions, initContainerStatuses }).pending?.because, {
      reason: 'CrashLoopBackOff',
      message: 'container init: back-off',
    });
  });

  it('labels that make no sense are no executor ids', () => {
    for (const id of ['', 'x', '-1', '1e3', '99999999999']) {
      assert.equal(pod({}, { 'spark-role': 'executor', 'spark-exec-id': id }).executorId, undefined);
    }
    assert.equal(pod({}, { 'spark-role': 'executor', 'spark-exec-id': '12' }).executorId, 12);
  });
});
