import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isDefinite, setbackOf } from '../../../reconciler/setbacks.js';
import { FiresteelError } from '../../../src/errors.js';
import { ApiError, ApiUnreachable } from '../../../src/kube/api-error.js';

const rows: [what: string, error: unknown, kind: string | undefined, definite: boolean][] = [
  ['no answer', new ApiUnreachable('POST pods', new Error('reset')), 'wait', false],
  ['a webhook that can not be reached', new ApiError('r', 500, { message: 'failed calling webhook' }), 'wait', false],
  ['an overloaded API server', new ApiError('r', 429, { message: 'too many requests' }), 'wait', true],
  [
    'a quota that is used up',
    new ApiError('r', 403, { message: 'pods "x" is forbidden: exceeded quota: q' }),
    'wait',
    true,
  ],
  [
    'a right that the operator lacks',
    new ApiError('r', 403, { message: 'User "u" cannot create resource "pods" in API group ""' }),
    'wait',
    true,
  ],
  [
    'the policy, because the webhook is not registered',
    new ApiError('r', 403, {
      message:
        "ValidatingAdmissionPolicy 'spark-tagged-pods' with binding 'spark-tagged-pods' denied request: the pod asks for features " +
        "by annotations under pod.sparkoperator.k8s.io/, and Firesteel's webhook has not applied them; check that",
    }),
    'wait',
    true,
  ],
  ['a proxy that has nothing there', new ApiError('r', 404, { message: '404 page not found' }), 'wait', true],
  ['a missing service account', new ApiError('r', 403, { message: 'serviceaccount "x" not found' }), 'refused', true],
  [
    'a pod that the webhook denies',
    new ApiError('r', 403, { message: 'admission webhook denied the request' }),
    'refused',
    true,
  ],
  [
    'a pod that makes no sense',
    new ApiError('r', 422, { message: 'spec.containers[0].image: Required' }),
    'refused',
    true,
  ],
  ['what Spark would refuse', new FiresteelError('SUBMISSION_REFUSED', 'no'), 'refused', false],
  ['a fault of our own code', new TypeError('undefined is not a function'), undefined, false],
];

for (const [what, error, kind, definite] of rows) {
  it(`${what}: ${kind ?? 'not taken for an answer'}`, () => {
    assert.equal(setbackOf(error)?.kind, kind);
    assert.equal(isDefinite(error), definite);
  });
}
