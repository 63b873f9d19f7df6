import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PodStatus } from 'kubernetes-types/core/v1.js';
import { nextStep, type Observation, type Step, stageOf } from '../../../src/sandbox/pod-phases.js';
import { requiredConfigMaps, type SimulatedPod, simulatedPodSchema } from '../../../src/sandbox/simulated-pod.js';
import { pod } from './pods.js';

const start = Date.parse('2026-01-02T03:04:05.600Z');

function step(subject: SimulatedPod, seen: Partial<Observation> = {}): Step {
  return nextStep(subject, { now: start, since: start, missingConfigMaps: [], ...seen });
}

function written(taken: Step): PodStatus {
  assert.equal(taken.does, 'write');
  return taken.does === 'write' ? taken.status : {};
}

/** The pod as the API server has it after the step. */
function after(subject: SimulatedPod, taken: Step): SimulatedPod {
  return simulatedPodSchema.parse({ ...subject, status: written(taken) });
}

function runningPod(traits: Parameters<typeof pod>[0] = {}): SimulatedPod {
  const fresh = pod(traits);
  return after(fresh, step(fresh));
}

describe('the phases of a simulated pod', () => {
  it('runs a pod that lacks nothing, every container of it', () => {
    const status = written(step(pod({ sidecar: 'proxy' })));
    assert.equal(status.phase, 'Running');
    assert.equal(status.startTime, '2026-01-02T03:04:05Z');
    assert.match(status.podIP ?? '', /^10\.\d+\.\d+\.\d+$/u);
    assert.deepEqual(
      status.containerStatuses?.map(({ name, ready, state }) => [name, ready, state]),
      [
        ['proxy', true, { running: { startedAt: '2026-01-02T03:04:05Z' } }],
        ['spark-kubernetes-driver', true, { running: { startedAt: '2026-01-02T03:04:05Z' } }],
      ],
    );
    assert.equal(status.conditions?.find(({ type }) => type === 'Ready')?.status, 'True');
  });

  it('does not start a pod whose ConfigMap is missing, and looks again', () => {
    const fresh = pod({ configMap: 'conf' });
    assert.deepEqual(requiredConfigMaps(fresh), ['conf']);
    const held = after(fresh, step(fresh, { missingConfigMaps: ['conf'] }));
    assert.equal(stageOf(held), 'creating');
    assert.equal(step(held, { missingConfigMaps: ['conf'] }).does, 'look-again');
    assert.equal(written(step(held)).phase, 'Running');
  });

  it('does not wait for an optional ConfigMap, but for one in a projected volume', () => {
    const subject = simulatedPodSchema.parse({
      metadata: { name: 'a', namespace: 'b', uid: 'c', resourceVersion: '1' },
      spec: {
        containers: [{ name: 'main' }],
        volumes: [
          { configMap: { name: 'optional', optional: true } },
          { projected: { sources: [{ serviceAccountToken: { path: 'token' } }, { configMap: { name: 'root-ca' } }] } },
          { emptyDir: {} },
        ],
      },
    });
    assert.deepEqual(requiredConfigMaps(subject), ['root-ca']);
  });

  it('ends a pod when its duration is over, with exit code 0 unless scripted', () => {
    const subject = runningPod({ script: { duration: '2s' } });
    assert.deepEqual(step(subject, { now: start + 500 }), { does: 'look-again', afterMilliseconds: 1_500 });
    const status = written(step(subject, { now: start + 2_000 }));
    assert.equal(status.phase, 'Succeeded');
    assert.deepEqual(status.containerStatuses?.[0]?.state?.terminated, {
      exitCode: 0,
      reason: 'Completed',
      startedAt: '2026-01-02T03:04:05Z',
      finishedAt: '2026-01-02T03:04:07Z',
    });
  });

  it('fails a pod with the scripted exit code, reason and last words; its sidecar ends well', () => {
    const script = { 'exit-code': '137', reason: 'OOMKilled', 'termination-message': 'no memory left' };
    const status = written(step(runningPod({ script, sidecar: 'proxy' }), { now: start + 1_000 }));
    assert.equal(status.phase, 'Failed');
    const [sidecar, main] = status.containerStatuses ?? [];
    assert.equal(sidecar?.state?.terminated?.exitCode, 0);
    assert.equal(main?.state?.terminated?.exitCode, 137);
    assert.equal(main?.state?.terminated?.reason, 'OOMKilled');
    assert.equal(main?.state?.terminated?.message, 'no memory left');
  });

  it('has no last words where the container does not let the kubelet take them from the log', () => {
    const subject = runningPod({ script: { 'exit-code': '3', 'termination-message': 'bye' } });
    for (const container of subject.spec.containers) container.terminationMessagePolicy = 'File';
    const status = written(step(subject, { now: start + 1_000 }));
    assert.equal(status.containerStatuses?.[0]?.state?.terminated?.message, undefined);
  });

  it('fails to pull an image first with the fault and then with a back-off, and never runs', () => {
    const fresh = pod({ script: { 'pull-failure': 'true' } });
    const failed = after(fresh, step(fresh));
    assert.equal(stageOf(failed), 'pull-failed');
    assert.equal(step(failed, { now: start + 1 }).does, 'look-again');
    const backOff = step(failed, { now: start + 60_000 });
    assert.match(
      written(backOff).containerStatuses?.[0]?.state?.waiting?.message ?? '',
      /^Back-off pulling image "spark:4.1.4"/u,
    );
    assert.equal(stageOf(after(failed, backOff)), 'pull-back-off');
    assert.deepEqual(step(after(failed, backOff), { now: start + 3_600_000 }), { does: 'rest' });
  });

  it('leaves a pod that fits no node pending, with the scripted message', () => {
    const fresh = pod({ script: { unschedulable: '0/1 nodes are available' } });
    const subject = after(fresh, step(fresh));
    assert.equal(stageOf(subject), 'unschedulable');
    assert.equal(written(step(fresh)).conditions?.[0]?.message, '0/1 nodes are available');
    assert.deepEqual(step(subject), { does: 'rest' });
  });

  it('never ends a pod that runs forever, nor an executor before it is told to exit', () => {
    const later = { now: start + 3_600_000 };
    assert.deepEqual(step(runningPod({ script: { duration: 'forever' } }), later), { does: 'rest' });
    const executor = runningPod({ role: 'executor' });
    assert.deepEqual(step(executor, later), { does: 'rest' });
    assert.equal(written(step(executor, { ...later, told: 'exit' })).phase, 'Succeeded');
  });

  it('keeps a driver that still asks for executors', () => {
    assert.deepEqual(step(runningPod(), { now: start + 3_600_000, told: 'stay' }), { does: 'rest' });
  });

  it('leaves ended pods alone and removes those that are being deleted', () => {
    const subject = runningPod();
    const over = after(subject, step(subject, { now: start + 1_000 }));
    assert.deepEqual(step(over, { now: start + 2_000 }), { does: 'rest' });
    assert.deepEqual(step(pod({ deletionTimestamp: '2026-01-02T03:04:05Z' })), { does: 'remove' });
  });

  it('refuses a script that it can not read, naming the annotation', () => {
    const status = written(step(pod({ script: { duration: 'soon' } })));
    assert.equal(status.phase, 'Failed');
    assert.match(status.message ?? '', /sandbox\.firesteel\/duration: must be like/u);
  });
});
