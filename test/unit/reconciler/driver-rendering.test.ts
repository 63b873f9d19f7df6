/** What the reconciler makes of an application beyond what Spark makes of its properties. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderDriver } from '../../../reconciler/driver-rendering.js';
import { application } from '../api/manifests.js';

const id = '5d2c7b1e-0f4a-4c2f-9d3e-6a7b8c9d0e1f';
const render = (spec: object) =>
  renderDriver(
    application(spec),
    { id, submitTime: Date.UTC(2026, 0, 1) },
    { master: 'k8s://https://h', podMutation: 'webhook' },
  );

describe('an application with pod templates', () => {
  const driver = {
    labels: { both: 'field' },
    template: {
      metadata: { labels: { both: 'template', own: 'x' }, annotations: { count: 1 }, namespace: 'other' },
      spec: {
        priorityClassName: 'high',
        containers: [
          { name: 'proxy', image: 'envoy' },
          {
            name: 'spark-kubernetes-driver',
            env: [
              { name: 'A', value: '1' },
              { name: 'B', value: null },
            ],
          },
        ],
      },
    },
  };
  const executor = { template: { metadata: { labels: { pool: 'spot' } } } };

  it('has a driver that starts from the template, and the fields come on top', () => {
    const { pod } = render({ driver, executor });
    assert.equal(pod.metadata?.labels?.['both'], 'field');
    assert.equal(pod.metadata?.labels?.['own'], 'x');
    assert.equal(pod.metadata?.annotations?.['count'], '1');
    assert.equal(pod.metadata?.namespace, 'jobs');
    assert.equal(pod.spec?.priorityClassName, 'high');
    assert.deepEqual(
      pod.spec?.containers.map(({ name }) => name),
      ['proxy', 'spark-kubernetes-driver'],
    );
    assert.deepEqual(pod.spec?.containers[1]?.env?.slice(0, 2), [{ name: 'A', value: '1' }, { name: 'B' }]);
    assert.equal(pod.spec?.containers[1]?.image, 'spark:4.1.4');
  });

  it("hands the executors' template to the driver in a ConfigMap, as a Pod that Spark can read", () => {
    const { resources, properties } = render({ driver, executor });
    const [text] = resources.flatMap((one) =>
      one.kind === 'ConfigMap' ? (one.data?.['podspec-configmap-key'] ?? []) : [],
    );
    assert.deepEqual(JSON.parse(text ?? ''), { apiVersion: 'v1', kind: 'Pod', spec: {}, ...executor.template });
    assert.equal(
      properties.get('spark.kubernetes.executor.podTemplateFile'),
      '/opt/spark/pod-template/pod-spec-template.yml',
    );
  });
});

describe('an application whose properties ask for more objects', () => {
  const claim = 'spark.kubernetes.driver.volumes.persistentVolumeClaim.work.';
  const sparkConf = {
    'spark.kubernetes.driver.pod.featureSteps': 'org.apache.spark.deploy.k8s.features.VolcanoFeatureStep',
    [`${claim}mount.path`]: '/work',
    [`${claim}options.claimName`]: 'OnDemand',
    [`${claim}options.storageClass`]: 'standard',
    [`${claim}options.sizeLimit`]: '1Gi',
  };

  it('gets them all before the ConfigMap for which its driver waits', () => {
    const { preResources, resources } = render({ image: 'spark:4.3.0', sparkConf });
    assert.deepEqual(
      [...preResources, ...resources].map(({ kind }) => kind),
      ['PodGroup', 'Service', 'NetworkPolicy', 'PersistentVolumeClaim', 'ConfigMap'],
    );
  });

  it('names them after its submission, so that a retry makes no second ones', () => {
    const names = () => render({ image: 'spark:4.3.0', sparkConf }).resources.map(({ metadata }) => metadata.name);
    assert.deepEqual(names(), names());
  });
});

describe("files of the submitter's disk", () => {
  for (const key of ['spark.kubernetes.driver.podTemplateFile', 'spark.kubernetes.kerberos.krb5.path']) {
    it(`are none that an operator has: ${key} is refused`, () => {
      assert.throws(() => render({ sparkConf: { [key]: '/etc/passwd' } }), {
        code: 'SUBMISSION_REFUSED',
        message: /\/etc\/passwd does not exist/,
      });
    });
  }
});
