/** A cluster in which the Kubeflow operator has put its own CustomResourceDefinition, and what it stored by it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createObject, getObject, mergePatch } from '../../src/kube/api-client.js';
import { customResourceDefinitions, pods, sparkApplications } from '../../src/kube/resources.js';
import { findAssets } from './assets.js';
import { type ControlPlane, startControlPlane } from './control-plane.js';
import { eventually } from './eventually.js';
import { projectRoot } from './operator-process.js';
import { peerDefinition } from './peer-definition.js';
import { Site, script, smallestSpec } from './site.js';

const assets = findAssets() ?? '';
const skip = existsSync(join(assets, 'helm')) ? false : 'there is no helm';
const definition = 'sparkapplications.sparkoperator.k8s.io';

/** No pod of the release runs here: it leaves the work to the operator of this test. */
const besideAnother = ['--set', 'webhook.failurePolicy=Ignore'];

/** What the peer asks of every application. */
const spec = { sparkVersion: '3.5.1', executor: { instances: 1 } };
const endless = { annotations: script({ duration: 'forever' }) };

describe('with the definition of the Kubeflow operator', { skip }, () => {
  let controlPlane: ControlPlane;
  let site: Site;

  const helm = (...flags: string[]) =>
    spawnSync(
      join(assets, 'helm'),
      [
        'install',
        'firesteel',
        'charts/firesteel',
        '-n',
        site.namespace,
        ...flags,
        '--set',
        `spark.jobNamespaces={${site.namespace}}`,
      ],
      { cwd: projectRoot, encoding: 'utf8', env: { ...process.env, KUBECONFIG: controlPlane.kubeconfig } },
    );

  before(async () => {
    controlPlane = await startControlPlane(assets);
    site = await Site.open('e2e-peer', 'simulated', controlPlane.kubeconfig, peerDefinition());
    for (const [name, state] of [
      ['finished', 'COMPLETED'],
      ['running', 'RUNNING'],
    ] as const) {
      await site.submit(name, { ...spec, driver: endless });
      const status = {
        applicationState: { state },
        driverInfo: { podName: `${name}-driver` },
        executionAttempts: 1,
        submissionID: name,
      };
      await mergePatch(
        site.client,
        sparkApplications,
        { namespace: site.namespace, name, subresource: 'status' },
        { status },
      );
    }
    await createObject(site.client, pods, site.namespace, driverOfThePeer('running'));
    await site.startRun();
  });

  after(async () => {
    await site.close();
    await controlPlane.stop();
  });

  it('a new application is refused in words, because the definition drops what makes a crash safe', async () => {
    await site.submit('early', { ...spec, driver: endless });
    await site.untilState('early', 'FAILED');
    const { errorMessage } = (await site.application('early')).status.applicationState;
    assert.match(errorMessage, /^the CustomResourceDefinition of SparkApplication in this cluster drops fields/);
    assert.deepEqual(site.pods.of('early', 'driver'), []);
  });

  it('what the peer has stored stays as it is', async () => {
    assert.equal((await site.application('finished')).status.applicationState.state, 'COMPLETED');
    assert.equal((await site.application('running')).status.applicationState.state, 'RUNNING');
  });

  it('the chart does not take the definition over unless it is told to', () => {
    const { status, stderr } = helm();
    assert.notEqual(status, 0);
    assert.match(stderr, /sparkapplications\.sparkoperator\.k8s\.io.*cannot be imported/);
  });

  it('the chart takes it over when it is told to, with all that is stored', async () => {
    const { status, stderr } = helm('--take-ownership', '--force-conflicts', ...besideAnother);
    assert.equal(status, 0, stderr);
    const stored = await getObject(site.client, customResourceDefinitions, { name: definition });
    assert.match(JSON.stringify(stored), /"meta.helm.sh\/release-name":"firesteel"/);
    assert.match(JSON.stringify(stored), /"configMapId"/);
    assert.equal((await site.application('finished')).status.submissionID, 'finished');
  });

  it('then applications run, and those of the peer go on with the drivers that they have', async () => {
    await eventually('the definition to be served', async () => {
      await site.submit('late', spec);
      return true;
    });
    await site.untilState('late', 'COMPLETED');
    const { status } = await site.application('running');
    assert.equal(status.applicationState.state, 'RUNNING');
    assert.equal(status.executionAttempts, 1);
    assert.equal(site.pods.of('running', 'driver').length, 1);
    assert.equal((await site.application('finished')).status.applicationState.state, 'COMPLETED');
  });
});

/** As the peer's spark-submit leaves it, with a simulated life that does not end. */
function driverOfThePeer(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-driver`,
      labels: {
        'spark-role': 'driver',
        'sparkoperator.k8s.io/app-name': name,
        'sparkoperator.k8s.io/launched-by-spark-operator': 'true',
        'sparkoperator.k8s.io/submission-id': name,
      },
      annotations: endless.annotations,
    },
    spec: { containers: [{ name: 'spark-kubernetes-driver', image: smallestSpec.image }] },
  };
}
