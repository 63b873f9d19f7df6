/** Who does not lead may look, and writes nothing. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { FiresteelError } from '../../../src/errors.js';
import type { ApiClient, ApiRequest } from '../../../src/kube/api-client.js';
import { LeaderOnlyClient } from '../../../src/kube/leader-only-client.js';

function recording(): { client: ApiClient; sent: string[] } {
  const sent: string[] = [];
  const client: ApiClient = {
    request: async ({ method }) => sent.push(method),
    async *lines() {
      yield '{}';
    },
  };
  return { client, sent };
}

const request = (method: ApiRequest['method']): ApiRequest => ({ method, path: '/api/v1/namespaces/default/pods' });

it('a leader writes', async () => {
  const { client, sent } = recording();
  const fenced = new LeaderOnlyClient(client, () => true);
  await fenced.request(request('POST'));
  await fenced.request(request('GET'));
  assert.deepEqual(sent, ['POST', 'GET']);
});

it('who leads no more still looks, and every write is refused before it is sent', async () => {
  const { client, sent } = recording();
  const fenced = new LeaderOnlyClient(client, () => false);
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
    await assert.rejects(
      fenced.request(request(method)),
      (error) => error instanceof FiresteelError && error.code === 'NOT_LEADING',
    );
  }
  await fenced.request(request('GET'));
  for await (const line of fenced.lines(request('GET'), new AbortController().signal)) sent.push(line);
  assert.deepEqual(sent, ['GET', '{}']);
});
