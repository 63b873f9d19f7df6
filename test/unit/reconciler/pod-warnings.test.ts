import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { latestWarning } from '../../../reconciler/pod-warnings.js';
import type { ApiRequest } from '../../../src/kube/api-client.js';

const since = Date.UTC(2026, 10, 22, 12, 0, 0);
const at = (seconds: number) => new Date(since + seconds * 1_000).toISOString();

function apiServer(items: readonly object[]) {
  const asked: ApiRequest[] = [];
  const client = {
    async request(request: ApiRequest) {
      asked.push(request);
      return { items };
    },
    async *lines() {},
  };
  return { asked, client };
}

describe('what Kubernetes warns of about a pod', () => {
  it('is the latest of its warnings, whichever way their time is told', async () => {
    const { asked, client } = apiServer([
      { reason: 'FailedMount', message: 'first', lastTimestamp: at(10) },
      { reason: 'FailedAttachVolume', message: 'latest', lastTimestamp: at(5), series: { lastObservedTime: at(40) } },
      { reason: 'FailedCreatePodSandBox', message: 'between', eventTime: at(30), lastTimestamp: null },
    ]);
    assert.deepEqual(await latestWarning(client, 'team', 'pod-uid', since), {
      reason: 'FailedAttachVolume',
      message: 'latest',
    });
    assert.equal(asked[0]?.path, '/api/v1/namespaces/team/events');
    assert.equal(asked[0]?.query?.['fieldSelector'], 'involvedObject.uid=pod-uid,type=Warning');
  });

  it('is none where all are of an earlier stage, or can not be dated', async () => {
    const { client } = apiServer([
      { reason: 'FailedScheduling', lastTimestamp: at(-60) },
      { reason: 'Odd', series: null },
    ]);
    assert.equal(await latestWarning(client, 'team', 'pod-uid', since), 'none');
  });
});
