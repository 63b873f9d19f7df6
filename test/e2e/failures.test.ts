/** What users are told when something is wrong with their application, and that nobody else is harmed by it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createObject, getObject } from '../../src/kube/api-client.js';
import { pods, sparkApplications } from '../../src/kube/resources.js';
import { podSchema } from './pod-record.js';
import { Site, script, smallestSpec } from './site.js';

describe('an application that can not succeed', () => {
  let site: Site;
  before(async () => {
    site = await Site.open('e2e-failures');
    await site.startRun();
  });
  after(() => site.close());

  const messageOf = async (name: string) => (await site.application(name)).status.applicationState.errorMessage;

  it('is FAILED with the exit code and the last words of its driver', async () => {
    const annotations = script({ 'exit-code': '3', 'termination-message': 'Traceback: the table is gone' });
    await site.submit('exit-three', { driver: { annotations } });
    await site.untilState('exit-three', 'FAILED');
    const message = await messageOf('exit-three');
    assert.match(message, /driver container failed with ExitCode: 3, Reason: Error/u);
    assert.match(message, /the table is gone/u);
  });

  it('is FAILED with the reason of the container runtime', async () => {
    await site.submit('out-of-memory', {
      driver: { annotations: script({ 'exit-code': '137', reason: 'OOMKilled' }) },
    });
    await site.untilState('out-of-memory', 'FAILED');
    assert.match(await messageOf('out-of-memory'), /ExitCode: 137, Reason: OOMKilled/u);
  });

  it('says that its image can not be pulled while it waits for it', async () => {
    await site.submit('no-image', {
      image: 'spark:3.5.1-typo',
      driver: { annotations: script({ 'pull-failure': 'true' }) },
    });
    const { status } = await site.untilMessage('no-image', /spark:3\.5\.1-typo/u);
    assert.match(status.applicationState.errorMessage, /ImagePull|pull/u);
    assert.equal(status.applicationState.state, 'SUBMITTED');
  });

  it('says that no node has room while it waits for one', async () => {
    const unschedulable = '0/3 nodes are available: 3 Insufficient memory.';
    await site.submit('no-room', { driver: { annotations: script({ unschedulable }) } });
    await site.untilMessage('no-room', /3 Insufficient memory/u);
  });

  const invalid: [behaviour: string, name: string, spec: object, message: RegExp][] = [
    [
      'a field without effect yet',
      'budget',
      { driverPodDisruptionBudget: true },
      /spec\.driverPodDisruptionBudget: not supported yet/u,
    ],
    [
      'a label that no pod can have',
      'two-words',
      { driver: { labels: { team: 'two words' } } },
      /spec\.driver\.labels\.team/u,
    ],
    [
      'another namespace',
      'elsewhere',
      { sparkConf: { 'spark.kubernetes.namespace': 'other' } },
      /spec\.sparkConf\["spark\.kubernetes\.namespace"\]/u,
    ],
  ];
  for (const [behaviour, name, spec, message] of invalid) {
    it(`is FAILED, with the path of the field, for ${behaviour}`, async () => {
      await site.submit(name, spec);
      await site.untilState(name, 'FAILED');
      assert.match(await messageOf(name), message);
      assert.equal(site.pods.of(name, 'driver').length, 0);
    });
  }

  it('does not keep others from completing, however broken it is', async () => {
    await createObject(site.client, sparkApplications, site.namespace, {
      apiVersion: 'sparkoperator.k8s.io/v1beta2',
      kind: 'SparkApplication',
      metadata: { name: 'broken' },
      spec: { ...smallestSpec, sparkConf: { 'spark.executor.memory': 'plenty' } },
    });
    await site.submit('sound');
    await site.untilState('sound', 'COMPLETED');
    await site.untilState('broken', 'FAILED');
  });

  it('does not touch a pod of somebody else that has its name', async () => {
    const foreign = podSchema.parse(
      await createObject(site.client, pods, site.namespace, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'squatted-driver', annotations: script({ duration: 'forever' }) },
        spec: { containers: [{ name: 'main', image: 'other:1' }] },
      }),
    );
    await site.submit('squatted');
    await site.untilState('squatted', 'FAILED');
    assert.match(await messageOf('squatted'), /squatted-driver/u);
    const present = podSchema.parse(
      await getObject(site.client, pods, { namespace: site.namespace, name: 'squatted-driver' }),
    );
    assert.equal(present.metadata?.uid, foreign.metadata?.uid);
    assert.equal(present.metadata?.deletionTimestamp, undefined);
    assert.equal(present.metadata?.labels, undefined);
  });
});
