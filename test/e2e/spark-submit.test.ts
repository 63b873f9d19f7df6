/** `firesteel spark-submit` as a process, against a real API server: what it makes, what it says, and how it ends. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ObjectMeta } from 'kubernetes-types/meta/v1.js';
import { z } from 'zod';
import { getObject } from '../../src/kube/api-client.js';
import { configMaps, networkPolicies, persistentVolumeClaims, pods, services } from '../../src/kube/resources.js';
import { firesteel, type Outcome } from '../unit/commands/run-command.js';
import { eventually } from './eventually.js';
import { Site } from './site.js';

const meta = z.custom<ObjectMeta>((value) => typeof value === 'object' && value !== null);
const claim = 'spark.kubernetes.driver.volumes.persistentVolumeClaim.work.';

describe('firesteel spark-submit', () => {
  let site: Site;
  before(async () => {
    site = await Site.open('e2e-spark-submit');
  });
  after(() => site.close());

  /** @param conf beside the image and the namespace */
  function submit(name: string, conf: Record<string, string>): Promise<Outcome> {
    const properties = {
      'spark.kubernetes.container.image': 'spark:4.3.0',
      'spark.kubernetes.namespace': site.namespace,
      ...conf,
    };
    const keys = Object.entries(properties).flatMap(([key, value]) => ['--conf', `${key}=${value}`]);
    return run('--deploy-mode', 'cluster', '--name', name, '--class', 'x.Y', ...keys, 'local:///a.jar');
  }

  function run(...args: string[]): Promise<Outcome> {
    const master = ['--master', `k8s://${site.connection.server}`];
    return firesteel(['spark-submit', ...master, ...args], { KUBECONFIG: site.kubeconfig });
  }

  const podOf = async (name: string) =>
    z.object({ metadata: meta }).parse(await getObject(site.client, pods, { namespace: site.namespace, name }))
      .metadata;

  it('creates the driver and all that belongs to it, tells its states, and ends with it', async () => {
    const { code, err } = await submit('pi', {
      'spark.kubernetes.driver.pod.name': 'pi-driver',
      'spark.kubernetes.driver.annotation.sandbox.firesteel/duration': '2s',
      [`${claim}mount.path`]: '/work',
      [`${claim}options.claimName`]: 'OnDemand',
      [`${claim}options.storageClass`]: 'standard',
      [`${claim}options.sizeLimit`]: '1Gi',
    });
    assert.equal(code, 0, err);
    assert.match(err, new RegExp(`submission ID ${site.namespace}:pi-driver submitted into Kubernetes`));
    assert.match(err, /phase: Running/);
    assert.match(err, /container state: terminated[\s\S]*exit code: 0[\s\S]*pi-driver finished/);
    const { uid } = await podOf('pi-driver');
    for (const resource of [services, networkPolicies, persistentVolumeClaims, configMaps]) {
      const owned = (await site.list(resource)).filter(({ metadata }) =>
        meta.parse(metadata).ownerReferences?.some((owner) => owner.uid === uid && owner.controller === true),
      );
      // The simulated driver removes its Service and its claims when it stops, as Spark's does.
      const left =
        resource === services || resource === persistentVolumeClaims ? owned.length <= 1 : owned.length === 1;
      assert.ok(left, `${resource.kind}: ${owned.length}`);
    }
  });

  it('returns when everything is created, where it shall not wait, and knows the driver by its id afterwards', async () => {
    const conf = { 'spark.kubernetes.submission.waitAppCompletion': 'false' };
    const long = { 'spark.kubernetes.driver.annotation.sandbox.firesteel/duration': '600s' };
    for (const name of ['etl-1', 'etl-2', 'other']) {
      const outcome = await submit(name, { ...conf, ...long, 'spark.kubernetes.driver.pod.name': name });
      assert.equal(outcome.code, 0, outcome.err);
    }
    const status = await run('--status', `${site.namespace}:etl-1`);
    assert.equal(status.code, 0, status.err);
    assert.match(status.out, /Application status \(driver\):[\s\S]*pod name: etl-1/);
    const all = await run('--status', `${site.namespace}:etl*`);
    assert.deepEqual(all.out.match(/pod name: .*/g), ['pod name: etl-1', 'pod name: etl-2']);
    const kill = await run('--kill', `${site.namespace}:etl*`);
    assert.equal(kill.code, 0, kill.err);
    assert.match(kill.err, /Deleting driver pod: etl-1\.\nDeleting driver pod: etl-2\./);
    await eventually('the killed drivers to be gone', async () => {
      const names = (await site.list(pods)).map(({ metadata }) => metadata.name);
      return !names.includes('etl-1') && !names.includes('etl-2') && names.includes('other');
    });
    assert.match((await run('--kill', `${site.namespace}:etl-1`)).err, /No applications found/);
  });

  it('fails with the words of the API server, and takes back what it has made', async () => {
    const conf = {
      'spark.kubernetes.driver.pod.name': 'taken',
      'spark.kubernetes.submission.waitAppCompletion': 'false',
    };
    assert.equal((await submit('taken', conf)).code, 0);
    const second = await submit('taken', conf);
    assert.equal(second.code, 1);
    assert.match(second.err, /pods "taken" already exists/);
    const broken = await submit('broken', {
      ...conf,
      'spark.kubernetes.driver.pod.name': 'broken',
      'spark.kubernetes.driver.service.label.bad': 'not a label!',
    });
    assert.equal(broken.code, 1);
    assert.match(broken.err, /Invalid value: "not a label!"/);
    await eventually('the pod to be taken back', async () => !(await site.exists(pods, 'broken')));
  });
});
