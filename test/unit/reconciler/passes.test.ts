/** Passes over an application against an API server that answers from a script. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApplicationRecord } from '../../../reconciler/application-record.js';
import type { Observation } from '../../../reconciler/decision.js';
import { ApplicationReconciler } from '../../../reconciler/reconcile.js';
import { ReconcilerMetrics } from '../../../reconciler/reconciler-metrics.js';
import { defaultSettings } from '../../../reconciler/settings.js';
import { systemClock } from '../../../src/clock.js';
import type { ApiRequest } from '../../../src/kube/api-client.js';
import { ApiError } from '../../../src/kube/api-error.js';
import { application, driverPod, present, seen, submittedStatus } from './applications.js';

const notFound = () => {
  throw new ApiError('request', 404, { reason: 'NotFound', message: 'not found' });
};

async function pass(record: ApplicationRecord, observation: Observation, answer: (request: ApiRequest) => unknown) {
  const asked: string[] = [];
  const gone: string[] = [];
  const reconciler = new ApplicationReconciler({
    client: {
      request: async (request) => {
        asked.push(request.method);
        return answer(request);
      },
      lines: () => {
        throw new Error('nobody watches');
      },
    },
    events: { record: () => {} },
    clock: systemClock,
    settings: defaultSettings,
    newSubmissionId: () => '11111111-2222-4333-8444-555555555555',
    newConfigMapId: () => '0123456789abcdef',
    onSeen: () => {},
    onGone: ({ name }) => gone.push(name),
    metrics: new ReconcilerMetrics(),
  });
  return { asked, gone, result: await reconciler.reconcile(record, observation) };
}

describe('a pass', () => {
  it('deletes nothing of an application that is gone: its driver may be meant to stay', async () => {
    const running = application({ ...submittedStatus('pod-uid'), applicationState: { state: 'SUBMITTED' } });
    const view = seen({ ...present(driverPod({ phase: 'Running' })), released: true });
    const { asked, gone, result } = await pass(running, view, notFound);
    assert.deepEqual(asked, ['PATCH', 'GET']);
    assert.equal(result.record, undefined);
    assert.deepEqual(gone, ['pi']);
  });

  for (const message of ['404 page not found', 'the server could not find the requested resource']) {
    it(`takes nothing for gone because of a 404 that is about something else: ${message}`, async () => {
      const running = application({ ...submittedStatus('pod-uid'), applicationState: { state: 'SUBMITTED' } });
      const view = seen({ ...present(driverPod({ phase: 'Running' })), released: true });
      const reason = message.startsWith('the server') ? { reason: 'NotFound' } : {};
      const answer = () => {
        throw new ApiError('request', 404, { message, ...reason });
      };
      await assert.rejects(pass(running, view, answer), new RegExp(message, 'u'));
    });
  }

  it('releases no driver of an application that has changed since it was seen', async () => {
    const claimed = application(submittedStatus('pod-uid'));
    const view = seen({ ...present(driverPod()), configMap: 'absent' });
    const metadata = { name: 'pi', namespace: 'team', uid: claimed.uid, resourceVersion: '2' };
    const status = { ...claimed.status, applicationState: { state: 'SUSPENDED' }, driverInfo: {} };
    const suspended = { apiVersion: 'v1', kind: 'SparkApplication', metadata, spec: { suspend: true }, status };
    const { asked, result } = await pass(claimed, view, () => suspended);
    assert.deepEqual([...new Set(asked)], ['GET']);
    assert.equal(result.record?.status.applicationState?.state, 'SUSPENDED');
  });

  it('says in the status whose deletion is refused, as long as something waits for it', async () => {
    const status = submittedStatus('pod-uid');
    const replaced = { ...status.submission, specHash: status.submission?.specHash ?? '', replacedPods: ['pi-driver'] };
    const rerun = application({
      ...status,
      applicationState: { state: 'PENDING_RERUN' },
      driverInfo: {},
      submission: { ...replaced, renderer: status.submission?.renderer ?? '' },
    });
    const written: unknown[] = [];
    const object = {
      apiVersion: 'v1',
      kind: 'SparkApplication',
      metadata: { name: 'pi', uid: rerun.uid, resourceVersion: rerun.resourceVersion },
    };
    const answer = ({ method, body }: ApiRequest) => {
      if (method === 'DELETE')
        throw new ApiError('request', 403, { reason: 'Forbidden', message: 'pods is forbidden' });
      if (method === 'PATCH') written.push(Object(body).status);
      return object;
    };
    const view = seen({ replaced: { kind: 'present', pod: driverPod({ phase: 'Running' }) } });
    const { asked, result } = await pass(rerun, view, answer);
    assert.equal(asked.filter((method) => method === 'DELETE').length, 1);
    assert.ok(result.recheckAfterMilliseconds);
    const [{ applicationState }] = written as [{ applicationState: { errorMessage: string } }];
    assert.match(
      applicationState.errorMessage,
      /waiting for pod pi-driver to go: its deletion is refused: .*forbidden/u,
    );
  });

  it('after a restart follows a pending driver: once its ConfigMap is found, nothing holds it off', async () => {
    const view = seen(present(driverPod()));
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', uid: 'u', resourceVersion: '1' } };
    const { result } = await pass(application(submittedStatus('pod-uid')), view, () => configMap);
    assert.deepEqual([result.released, result.holdsOff], [true, false]);
  });
});
