/** The rights of charts/plain/rbac.yaml are enough: both processes run with the token of that service account alone. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { stringify } from 'yaml';
import { z } from 'zod';
import { createObject, deleteObject, getObject } from '../../src/kube/api-client.js';
import { configMaps, mutatingWebhookConfigurations, namespaces } from '../../src/kube/resources.js';
import { applyRegistration, registrationManifest } from '../../webhook/registration.js';
import { freePort } from './free-port.js';
import { applyManifest } from './manifests.js';
import type { OperatorProcess } from './operator-process.js';
import { Site } from './site.js';

const registrationName = 'firesteel-webhook';

describe('with the rights of the plain manifests', () => {
  let site: Site;
  let folder: string;
  let processes: readonly OperatorProcess[] = [];

  before(async () => {
    site = await Site.open('e2e-rights');
    folder = mkdtempSync(join(tmpdir(), 'firesteel-rights-'));
    await applyManifest(site.client, 'charts/plain/rbac.yaml');
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, await kubeconfigOfServiceAccount(site), { mode: 0o600 });
    const port = await freePort();
    const endpoint = { url: `https://127.0.0.1:${port}` };
    await applyRegistration(
      site.client,
      registrationManifest({ name: registrationName, endpoint, namespaces: [site.namespace] }),
    );
    processes = [
      site.spawn('webhook', { kubeconfig, 'webhook-port': port, 'webhook-secret-namespace': 'firesteel' }),
      site.spawn('reconciler', {
        kubeconfig,
        'leader-election': 'true',
        'leader-election-lock-namespace': 'firesteel',
      }),
    ];
    for (const process of processes) await process.ready();
  });

  after(async () => {
    await deleteObject(site.client, mutatingWebhookConfigurations, { name: registrationName });
    await deleteObject(site.client, namespaces, { name: 'firesteel' });
    await site.close();
    rmSync(folder, { recursive: true });
  });

  it('an application with features completes, and nothing that the processes asked for was forbidden', async () => {
    // As a deleted application may leave it behind: it is taken over, which takes more than creating it.
    await createObject(site.client, configMaps, site.namespace, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'pi-prom-conf', labels: { 'sparkoperator.k8s.io/created-by-spark-operator': 'true' } },
    });
    const claim = 'spark.kubernetes.driver.volumes.persistentVolumeClaim.work.';
    await site.submit('pi', {
      // A release that makes a NetworkPolicy.
      sparkVersion: '4.3.0',
      driver: { env: [{ name: 'A', value: '1' }] },
      monitoring: {
        exposeDriverMetrics: true,
        exposeExecutorMetrics: false,
        prometheus: { jmxExporterJar: '/p/jmx.jar' },
      },
      sparkConf: {
        [`${claim}mount.path`]: '/work',
        [`${claim}options.claimName`]: 'OnDemand',
        [`${claim}options.storageClass`]: 'standard',
        [`${claim}options.sizeLimit`]: '1Gi',
      },
    });
    await site.untilState('pi', 'COMPLETED');
    const address = { namespace: site.namespace, name: 'pi-prom-conf' };
    assert.match(JSON.stringify(await getObject(site.client, configMaps, address)), /metrics\.properties/u);
    for (const process of processes) assert.doesNotMatch(process.log.join('\n'), /forbidden|cannot \w+ resource/);
  });
});

async function kubeconfigOfServiceAccount({ client, connection }: Site): Promise<string> {
  const answer = await client.request({
    method: 'POST',
    path: '/api/v1/namespaces/firesteel/serviceaccounts/firesteel/token',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  });
  const { token } = z.looseObject({ status: z.looseObject({ token: z.string() }) }).parse(answer).status;
  const authority = connection.ca === undefined ? '' : Buffer.from(connection.ca).toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'c',
        cluster: { server: connection.server, ...(authority && { 'certificate-authority-data': authority }) },
      },
    ],
    users: [{ name: 'u', user: { token } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
}
