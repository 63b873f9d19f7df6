/** In a cluster whose CustomResourceDefinition is the peer's: it drops what is not in its status. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { projectApplication } from '../../../reconciler/application-record.js';
import { ApplicationReconciler } from '../../../reconciler/reconcile.js';
import { defaultSettings } from '../../../reconciler/settings.js';
import type { SparkApplicationStatus } from '../../../src/api/status.js';
import { systemClock } from '../../../src/clock.js';
import type { ApiClient } from '../../../src/kube/api-client.js';
import { readObject } from '../../../src/kube/read-object.js';
import { seen, spec } from './applications.js';

/** Fields of the peer's status that matter here. */
const known = ['applicationState', 'driverInfo', 'submissionID', 'submissionAttempts', 'terminationTime'];

/** Reconciles an application of that status; gives what was asked of the API server and what is stored then. */
async function reconcile(status: SparkApplicationStatus) {
  let stored = { ...status };
  let version = 1;
  const asked: string[] = [];
  const object = () =>
    readObject({
      apiVersion: 'sparkoperator.k8s.io/v1beta2',
      kind: 'SparkApplication',
      metadata: { name: 'pi', namespace: 'team', uid: 'u', resourceVersion: String(version), generation: 1 },
      spec,
      status: stored,
    });
  const client: ApiClient = {
    request: async ({ method, body }) => {
      asked.push(method);
      const next = { ...stored, ...Object(body)['status'] };
      const kept = Object.fromEntries(Object.entries(next).filter(([field]) => known.includes(field)));
      if (JSON.stringify(kept) !== JSON.stringify(stored)) version += 1;
      stored = kept;
      return object();
    },
    lines: () => {
      throw new Error('nobody watches');
    },
  };
  const reconciler = new ApplicationReconciler({
    client,
    events: { record: () => {} },
    metrics: { moved: () => {} },
    clock: systemClock,
    settings: defaultSettings,
    newSubmissionId: () => '11111111-2222-4333-8444-555555555555',
    newConfigMapId: () => '0123456789abcdef',
    onSeen: () => {},
    onGone: () => {},
  });
  await reconciler.reconcile(projectApplication(object()), seen());
  return { asked, stored };
}

describe('under the definition of the peer', () => {
  for (const state of ['COMPLETED', 'FAILED']) {
    it(`an application that the peer has left ${state} stays so`, async () => {
      const { asked, stored } = await reconcile({ applicationState: { state }, driverInfo: { podName: 'pi-driver' } });
      assert.equal(stored.applicationState?.state, state);
      assert.ok(asked.length <= 1, asked.join());
    });
  }

  it('a new application is refused in words, before anything is made', async () => {
    const { asked, stored } = await reconcile({});
    assert.equal(stored.applicationState?.state, 'FAILED');
    assert.match(stored.applicationState?.errorMessage ?? '', /firesteel crds/);
    assert.deepEqual(asked, ['PATCH', 'PATCH']);
  });
});
