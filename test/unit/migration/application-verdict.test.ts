import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { verdictOn } from '../../../src/migration/application-verdict.js';
import { settingsOf } from '../../../src/migration/peer-settings.js';

const plain = {
  type: 'Scala',
  mode: 'cluster',
  sparkVersion: '3.5.1',
  image: 'spark:3.5.1',
  mainClass: 'A',
  mainApplicationFile: 'local:///a.jar',
};

function application(state: string | undefined, spec: object = plain, status: object = {}) {
  return {
    apiVersion: 'sparkoperator.k8s.io/v1beta2',
    kind: 'SparkApplication',
    metadata: { name: 'pi', namespace: 'team', uid: 'u', resourceVersion: '1' },
    ...{ spec, status: { ...status, ...(state === undefined ? {} : { applicationState: { state } }) } },
  };
}

const volumes = {
  ...plain,
  volumes: [{ name: 'data', emptyDir: {} }],
  executor: { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
};

describe('an application of the Kubeflow operator', () => {
  const rows: readonly [name: string, object: ReturnType<typeof application>, kind: string, reason: RegExp][] = [
    ['that has ended', application('COMPLETED', volumes), 'taken over', /stays as it is/],
    ['that failed', application('FAILED'), 'taken over', /stays as it is/],
    ['that is new', application(undefined), 'taken over', /submits it/],
    ['that waits for its next run', application('PENDING_RERUN', volumes), 'taken over', /submits it/],
    ['that runs with plain executors', application('RUNNING'), 'taken over', /need no webhook/],
    [
      'that runs with executors of the webhook',
      application('RUNNING', volumes, { executorState: { a: 'RUNNING', b: 'PENDING' } }),
      'to be drained',
      /their volumes, volume-mounts from the peer's webhook; 1 of 2 known executors are running/,
    ],
    [
      'whose spec is refused',
      application('RUNNING', { ...plain, batchScheduler: 'volcano' }),
      'to be changed',
      /batchScheduler.*not supported yet/,
    ],
    [
      'whose spec is refused, and that has ended',
      application('COMPLETED', { ...plain, batchScheduler: 'volcano' }),
      'taken over',
      /has ended; a changed spec would be refused: .*batchScheduler/,
    ],
  ];
  for (const [name, object, kind, reason] of rows) {
    it(`${name}: ${kind}`, () => {
      const verdict = verdictOn(object);
      assert.equal(verdict.kind, kind);
      assert.match(verdict.reasons.join('; '), reason);
    });
  }
});

describe('a Deployment of the Kubeflow operator', () => {
  it('tells which of its settings mean something else', () => {
    const args = ['controller', 'start', '--namespaces=a', '--enable-ui-service=true', '--zap-log-level=info'];
    const deployment = {
      metadata: { name: 'controller', namespace: 'spark-operator' },
      spec: { template: { spec: { containers: [{ name: 'c', args }] } } },
    };
    assert.deepEqual(settingsOf(deployment), [
      'Deployment spark-operator/controller: --enable-ui-service=true: not supported yet',
      'Deployment spark-operator/controller: --zap-log-level=info: --log-level',
    ]);
  });
});
