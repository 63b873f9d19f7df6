import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withExecutorTemplate } from '../../../src/pod/executor-template.js';
import { application } from '../api/manifests.js';
import { at } from './json-at.js';

const templateOf = (executor: object, spec: object = {}) =>
  withExecutorTemplate(application({ ...spec, executor })).spec.executor;

describe('the template of executors, where there is no webhook,', () => {
  it('has the features of the application, and its owner', () => {
    const { template } =
      templateOf(
        {
          env: [{ name: 'A', value: 'b' }],
          volumeMounts: [{ name: 'v', mountPath: '/v' }],
          sidecars: [{ name: 's', image: 'x' }],
          priorityClassName: 'high',
          gpu: { name: 'x.io/gpu', quantity: 1 },
        },
        { volumes: [{ name: 'v', emptyDir: {} }] },
      ) ?? {};
    assert.deepEqual(at(template, 'spec'), {
      containers: [
        {
          name: 'spark-kubernetes-executor',
          env: [{ name: 'A', value: 'b' }],
          volumeMounts: [{ name: 'v', mountPath: '/v' }],
          resources: { limits: { 'x.io/gpu': '1' } },
        },
        { name: 's', image: 'x' },
      ],
      volumes: [{ name: 'v', emptyDir: {} }],
      priorityClassName: 'high',
    });
    assert.equal(at(template, 'metadata', 'ownerReferences', 0, 'kind'), 'SparkApplication');
    assert.deepEqual(at(template, 'metadata', 'annotations'), {});
    assert.deepEqual(at(template, 'metadata', 'labels'), { 'sparkoperator.k8s.io/mutated-by-spark-operator': 'true' });
  });

  it('hands variables that Spark sets afterwards on by property', () => {
    const executor = templateOf(
      {
        env: [
          { name: 'SPARK_USER', value: 'me' },
          { name: 'A', value: 'b' },
        ],
        envVars: { B: 'c' },
      },
      { sparkConfigMap: 'conf' },
    );
    assert.deepEqual(executor?.envVars, { B: 'c', SPARK_USER: 'me', SPARK_CONF_DIR: '/etc/spark/conf' });
    assert.deepEqual(at(executor, 'template', 'spec', 'containers', 0, 'env'), [{ name: 'A', value: 'b' }]);
  });

  const refusals: readonly (readonly [what: string, executor: object, spec: object, message: RegExp])[] = [
    [
      'a memory limit',
      { memoryLimit: '2g' },
      {},
      /^spec\.executor\.memoryLimit is not possible with --pod-mutation=template/,
    ],
    [
      'a variable of Spark from a Secret',
      { env: [{ name: 'SPARK_USER', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }] },
      {},
      /^spec\.executor\.env \(SPARK_USER\) is not possible/,
    ],
    [
      'a life cycle beside decommissioning',
      { lifecycle: {} },
      { sparkConf: { 'spark.decommission.enabled': 'true' } },
      /^spec\.executor\.lifecycle is not possible/,
    ],
  ];
  for (const [what, executor, spec, message] of refusals) {
    it(`can not do ${what}, and says so`, () => {
      assert.throws(() => templateOf(executor, spec), { code: 'SUBMISSION_REFUSED', message });
    });
  }
});
