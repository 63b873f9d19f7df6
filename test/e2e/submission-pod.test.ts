/** An application that spark-submit submits in a pod, on a real API server: the simulated node does what spark-submit would. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { pods } from '../../src/kube/resources.js';
import { eventually } from './eventually.js';
import { Site } from './site.js';

const spec = {
  mainApplicationFile: 'file:///opt/app.jar',
  sparkConf: { 'spark.kubernetes.file.upload.path': 's3a://bucket/uploads' },
  driver: { env: [{ name: 'A', value: '1' }] },
};

describe('an application with a file to upload', () => {
  let site: Site;
  before(async () => {
    site = await Site.open('submission-pod');
    await site.startRun();
  });
  after(() => site.close());

  it('completes with one driver, which the webhook gave its owner and its features, and leaves no submission pod', async () => {
    await site.submit('upload', spec);
    const { metadata, status } = await site.untilState('upload', 'COMPLETED');
    const drivers = site.pods.of('upload', 'driver');
    assert.equal(drivers.length, 1);
    const [driver] = drivers;
    assert.equal(driver?.pod.metadata?.ownerReferences?.[0]?.uid, metadata.uid);
    assert.deepEqual(driver?.pod.spec?.containers[0]?.env, [{ name: 'A', value: '1' }]);
    assert.equal(status.submissionAttempts, 1);
    assert.equal(status.executionAttempts, 1);
    await eventually('the submission pod to be gone', async () => !(await site.exists(pods, 'upload-submission')));
  });
});
