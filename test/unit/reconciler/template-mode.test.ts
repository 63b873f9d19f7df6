import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { expectedDigest, renderDriver, rendererOf } from '../../../reconciler/driver-rendering.js';
import { defaultSettings } from '../../../reconciler/settings.js';
import { mutatePod } from '../../../src/pod/mutation.js';
import { application } from '../api/manifests.js';
import { now, submissionId } from './applications.js';

const byWebhook = defaultSettings;
const byTemplate = { ...defaultSettings, podMutation: 'template' as const };
const submission = { id: submissionId, submitTime: now };

describe('a driver without a webhook', () => {
  const asked = application(
    {
      sparkConfigMap: 'conf',
      driver: { env: [{ name: 'A', value: 'b' }], memoryLimit: '4g', sidecars: [{ name: 's', image: 'x' }] },
    },
    { uid: '' },
  );

  it('is what the webhook would make of it, field by field', () => {
    const driver = { ...asked, spec: { ...asked.spec, executor: {} } };
    const { sparkConfigMap: _, ...spec } = driver.spec;
    const withoutExecutorFeatures = { ...driver, spec };
    const made = renderDriver(withoutExecutorFeatures, submission, byTemplate).pod;
    const tagged = renderDriver(withoutExecutorFeatures, submission, byWebhook).pod;
    assert.deepEqual(made, mutatePod(tagged).pod);
    assert.notDeepEqual(made, tagged);
  });

  it('has the evidence that the reconciler looks for before the claim, and none where there is nothing to apply', () => {
    const applied = 'pod.sparkoperator.k8s.io/applied';
    for (const spec of [{ driver: { env: [{ name: 'A', value: 'b' }] } }, {}]) {
      const plain = application(spec, { uid: '' });
      const { metadata } = renderDriver(plain, submission, byTemplate).pod;
      assert.equal(metadata?.annotations?.[applied], expectedDigest(plain));
    }
  });

  it('is refused with the submission where the webhook would deny it', () => {
    const spec = { ...asked.spec, driver: { sidecars: [{ name: 'spark-kubernetes-driver', image: 'x' }] } };
    assert.throws(() => renderDriver({ ...asked, spec }, submission, byTemplate), {
      code: 'SUBMISSION_REFUSED',
      message: /the name spark-kubernetes-driver is that of the Spark container/,
    });
  });

  it('is not what a submission that was begun with a webhook goes on with', () => {
    assert.notEqual(rendererOf(byTemplate), rendererOf(byWebhook));
  });
});
