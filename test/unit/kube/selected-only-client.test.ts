import assert from 'node:assert/strict';
import { it } from 'node:test';
import { FiresteelError } from '../../../src/errors.js';
import type { ApiRequest } from '../../../src/kube/api-client.js';
import { SelectedOnlyClient } from '../../../src/kube/selected-only-client.js';

const paths = (namespace: string) => [
  `/api/v1/namespaces/${namespace}/pods`,
  `/apis/sparkoperator.k8s.io/v1beta2/namespaces/${namespace}/sparkapplications/pi/status`,
];

it('a namespace that was let go may be looked at, and nothing is written to it', async () => {
  const sent: ApiRequest[] = [];
  const inner = {
    request: async (request: ApiRequest) => sent.push(request),
    lines: () => assert.fail('nothing is watched'),
  };
  const selected = new Set(['kept', 'lost']);
  const client = new SelectedOnlyClient(inner, (namespace) => selected.has(namespace));
  selected.delete('lost');
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
    for (const path of paths('lost')) {
      await assert.rejects(
        client.request({ method, path }),
        (error) => error instanceof FiresteelError && error.code === 'NAMESPACE_LET_GO',
      );
    }
    for (const path of [...paths('kept'), '/apis/apiextensions.k8s.io/v1/customresourcedefinitions']) {
      await client.request({ method, path });
    }
  }
  assert.equal(sent.length, 4 * 3);
  for (const path of paths('lost')) await client.request({ method: 'GET', path });
  assert.equal(sent.length, 4 * 3 + 2);
});
