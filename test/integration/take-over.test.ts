/**
 * What the Kubeflow operator has left in a namespace goes on under Firesteel: its applications, with labels and status as that
 * operator writes them, and their pods, with and without an owner. No driver is started anew and nothing is lost.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../src/clock.js';
import type { ClusterSession } from '../../src/commands/cluster-session.js';
import { commandFlags } from '../../src/commands/command-flags.js';
import { readFlags } from '../../src/commands/flags.js';
import { startReconciler } from '../../src/commands/reconciler-process.js';
import { pods, sparkApplications } from '../../src/kube/resources.js';
import { silentLogger } from '../../src/log.js';
import { at } from '../../src/sandbox/api-server/objects.js';
import { eventually } from '../e2e/eventually.js';
import { application, ownedBy, pod } from './bodies.js';
import { IntegrationSite } from './site.js';

const submissionId = (index: number) => `00000000-0000-4000-8000-00000000000${index}`;

/** What the peer's status says of an application with a driver. */
const peerStatus = (name: string, index: number, state: string, more: object = {}) => ({
  applicationState: { state },
  driverInfo: {
    podName: `${name}-driver`,
    webUIServiceName: `${name}-ui-svc`,
    webUIPort: 4040,
    webUIAddress: '10.0.0.1:4040',
  },
  executionAttempts: 1,
  submissionAttempts: 1,
  lastSubmissionAttemptTime: '2026-11-20T10:00:00Z',
  terminationTime: null,
  submissionID: submissionId(index),
  sparkApplicationId: `spark-${index}`,
  executorState: { [`${name}-exec-1`]: 'RUNNING' },
  ...more,
});

const driverLabels = (name: string, index: number) => ({
  labels: {
    'spark-role': 'driver',
    'spark-app-selector': `spark-${index}`,
    'sparkoperator.k8s.io/app-name': name,
    'sparkoperator.k8s.io/launched-by-spark-operator': 'true',
    'sparkoperator.k8s.io/mutated-by-spark-operator': 'true',
    'sparkoperator.k8s.io/submission-id': submissionId(index),
  },
});

const driverSpec = { containers: [{ name: 'spark-kubernetes-driver', image: 'spark:3.5.1' }] };

const left = {
  finished: peerStatus('finished', 1, 'COMPLETED', { terminationTime: '2026-11-20T11:00:00Z' }),
  broken: peerStatus('broken', 2, 'FAILED', { terminationTime: '2026-11-20T11:00:00Z' }),
  running: peerStatus('running', 3, 'RUNNING'),
  unowned: peerStatus('unowned', 4, 'RUNNING'),
  lost: peerStatus('lost', 5, 'RUNNING'),
};

let site: IntegrationSite;
before(async () => {
  site = await IntegrationSite.open('take-over');
  for (const [name, status] of Object.entries(left)) {
    await site.create(sparkApplications, application(name));
    await site.patch(sparkApplications, `${name}/status`, 'merge', { status });
  }
  const { body } = await site.get(sparkApplications, 'running');
  const owner = { kind: 'SparkApplication', metadata: body.metadata };
  const [reference] = ownedBy(owner, { controller: true }).ownerReferences;
  const owners = { ownerReferences: [{ ...reference, apiVersion: 'sparkoperator.k8s.io/v1beta2' }] };
  await site.create(pods, pod('running-driver', { ...driverLabels('running', 3), ...owners }, driverSpec));
  await site.create(pods, pod('unowned-driver', driverLabels('unowned', 4), driverSpec));
  for (const name of ['running', 'unowned']) await runs(name, { phase: 'Running' });

  const ending = new AbortController();
  const session: ClusterSession = {
    client: site.client,
    clock: systemClock,
    random: Math.random,
    logger: silentLogger,
    ownNamespace: site.namespace,
    signal: ending.signal,
    close: async () => {},
  };
  const io = { environment: {}, out: () => {}, warn: () => {}, signal: ending.signal };
  const flags = readFlags(commandFlags.reconciler, [`--namespaces=${site.namespace}`], {});
  const reconciler = await startReconciler(session, flags, io, () => {});
  site.finally(() => reconciler.stop());
  // It has looked at all of them when the last one is found to have lost its driver.
  await untilState('lost', 'FAILED');
});
after(() => site.close());

const runs = (name: string, status: object) =>
  site.patch(pods, `${name}-driver/status`, 'merge', {
    status,
  });

const stateOf = async (name: string) =>
  at((await site.get(sparkApplications, name)).body, 'status', 'applicationState', 'state');

const untilState = (name: string, state: string) =>
  eventually(`${name} to be ${state}`, async () => (await stateOf(name)) === state);

describe('an application that the Kubeflow operator has left', () => {
  for (const name of ['finished', 'broken'] as const) {
    it(`${name}: stays as it is, and keeps what the peer wrote`, async () => {
      const { body } = await site.get(sparkApplications, name);
      const { terminationTime, submissionID, executionAttempts, driverInfo } = left[name];
      const status = Object(body['status']);
      assert.equal(status.applicationState.state, left[name].applicationState.state);
      assert.deepEqual(
        [status.terminationTime, status.submissionID, status.executionAttempts, status.driverInfo],
        [terminationTime, submissionID, executionAttempts, driverInfo],
      );
      await site.get(pods, `${name}-driver`, 404);
    });
  }

  for (const name of ['running', 'unowned'] as const) {
    it(`${name}: is followed to its end, by its own driver`, async () => {
      const { uid } = (await site.get(pods, `${name}-driver`)).body.metadata;
      assert.equal(await stateOf(name), 'RUNNING');
      const terminated = { exitCode: 0, reason: 'Completed' };
      const containerStatuses = [
        {
          name: 'spark-kubernetes-driver',
          image: '',
          imageID: '',
          ready: false,
          restartCount: 0,
          state: { terminated },
        },
      ];
      await runs(name, { phase: 'Succeeded', containerStatuses });
      await untilState(name, 'COMPLETED');
      const { body } = await site.get(sparkApplications, name);
      assert.equal(at(body, 'status', 'executionAttempts'), 1);
      assert.equal(at(body, 'status', 'submissionID'), left[name].submissionID);
      assert.equal((await site.get(pods, `${name}-driver`)).body.metadata.uid, uid);
    });
  }

  it('lost: a driver that is gone is not started anew, and its application says so', async () => {
    const { body } = await site.get(sparkApplications, 'lost');
    assert.match(String(at(body, 'status', 'applicationState', 'errorMessage')), /driver pod not found: lost-driver/);
    await site.get(pods, 'lost-driver', 404);
  });
});
