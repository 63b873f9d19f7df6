/**
 * Everything that the operator does for applications and for itself, so that each of its rights is needed: a row is a stop.
 * Stops go on side by side; each has objects of its own.
 */
import { z } from 'zod';
import { messageOf } from '../../../src/errors.js';

import { createObject, deleteObject, getObject, mergePatch } from '../../../src/kube/api-client.js';
import { isApiError } from '../../../src/kube/api-error.js';
import {
  configMaps,
  events,
  leases,
  mutatingWebhookConfigurations,
  type Resource,
  resourcePath,
  secrets,
  sparkApplications,
} from '../../../src/kube/resources.js';
import { eventually } from '../eventually.js';
import { type Site, script } from '../site.js';
import type { ChartInstallation } from './chart-installation.js';
import { submitMonitored } from './exceptions.js';

export interface TourPlace {
  readonly site: Site;
  readonly chart: ChartInstallation;
  /** Of the release. */
  readonly namespace: string;
  /** Of drivers. */
  readonly serviceAccount: string;
}

const resourceQuotas: Resource = {
  group: '',
  version: 'v1',
  plural: 'resourcequotas',
  kind: 'ResourceQuota',
  namespaced: true,
};

const secretSchema = z.looseObject({ data: z.record(z.string(), z.string()).default({}) });
const leaseSchema = z.looseObject({ spec: z.looseObject({ holderIdentity: z.string().optional() }) });
const eventListSchema = z.object({
  items: z.array(z.looseObject({ reason: z.string().optional(), count: z.number().optional() })),
});
const registrationSchema = z.looseObject({
  webhooks: z.array(
    z.looseObject({ clientConfig: z.looseObject({ url: z.string().optional(), caBundle: z.string().optional() }) }),
  ),
});

export const stops: Readonly<Record<string, (place: TourPlace) => Promise<unknown>>> = {
  'features and executors, whose events one speaks for': async ({ site, serviceAccount }) => {
    const env = [{ name: 'A', value: '1' }];
    await site.submit('many', { driver: { serviceAccount, env }, executor: { instances: 14, env } });
    return site.untilState('many', 'COMPLETED');
  },
  'monitoring, whose ConfigMap is there already': async ({ site, serviceAccount }) => {
    await submitMonitored(site, 'monitored', serviceAccount);
    return site.untilState('monitored', 'COMPLETED');
  },
  'a submission pod': async ({ site, serviceAccount }) => {
    await site.submit('upload', {
      mainApplicationFile: 'file:///opt/app.jar',
      sparkConf: { 'spark.kubernetes.file.upload.path': 's3a://bucket/uploads' },
      driver: { serviceAccount },
    });
    return site.untilState('upload', 'COMPLETED');
  },
  'a driver that fails and is tried again': async ({ site, serviceAccount }) => {
    const annotations = script({ duration: '100ms', 'exit-code': '3' });
    const restartPolicy = { type: 'OnFailure', onFailureRetries: 1, onFailureRetryInterval: 1 };
    await site.submit('failing', { driver: { serviceAccount, annotations }, restartPolicy });
    return site.untilState('failing', 'FAILED');
  },
  'suspension, another spec, and deletion while it runs': async ({ site, serviceAccount }) => {
    const driver = { serviceAccount, annotations: script({ duration: 'forever' }) };
    await site.submit('changed', { driver });
    const change = (spec: object) =>
      mergePatch(site.client, sparkApplications, { namespace: site.namespace, name: 'changed' }, { spec });
    await site.untilState('changed', 'RUNNING');
    await change({ suspend: true });
    await site.untilState('changed', 'SUSPENDED');
    await change({ suspend: false });
    await site.untilState('changed', 'RUNNING');
    await change({ arguments: ['other'] });
    await eventually('its second run', async () => (await site.application('changed')).status.executionAttempts === 1);
    await site.untilState('changed', 'RUNNING');
    await deleteObject(site.client, sparkApplications, { namespace: site.namespace, name: 'changed' });
    return untilGone(site, sparkApplications, 'changed');
  },
  'a time to live': async ({ site, serviceAccount }) => {
    await site.submit('short-lived', { driver: { serviceAccount }, timeToLiveSeconds: 1 });
    return untilGone(site, sparkApplications, 'short-lived');
  },
  // Twice: the same event once more is written by patching the first.
  'the certificate authority, damaged twice, and its Secret lost': async ({ chart, namespace, site }) => {
    const { client } = site;
    const address = { namespace, name: chart.secretName };
    const key = async () =>
      secretSchema.parse(await getObject(client, secrets, address)).data['ca-key.pem'] || undefined;
    await eventually('an authority', key);
    for (const time of ['first', 'second']) {
      await mergePatch(client, secrets, address, { data: { 'ca-key.pem': '' } });
      await eventually(`its ${time} repair`, key);
    }
    await eventually('one event that tells of both', async () => {
      const all = eventListSchema.parse(
        await client.request({ method: 'GET', path: resourcePath(events, { namespace }) }),
      );
      return all.items.some(({ reason, count }) => reason === 'CertificateAuthorityReplaced' && count === 2);
    });
    await deleteObject(client, secrets, address);
    return eventually('a new Secret', key);
  },
  'a caBundle that somebody takes away': async ({ chart, site: { client } }) => {
    const address = { name: chart.webhookName };
    const webhooks = async () =>
      registrationSchema.parse(await getObject(client, mutatingWebhookConfigurations, address)).webhooks;
    const isTrusted = async () => (await webhooks()).every(({ clientConfig }) => clientConfig.caBundle !== undefined);
    await eventually('a caBundle', isTrusted);
    const without = (await webhooks()).map((webhook) => ({
      ...webhook,
      clientConfig: { url: webhook.clientConfig.url },
    }));
    await mergePatch(client, mutatingWebhookConfigurations, address, { webhooks: without });
    return eventually('the caBundle again', isTrusted);
  },
  'a lease that somebody deletes': async ({ chart, namespace, site: { client } }) => {
    const address = { namespace, name: chart.leaseName };
    const holder = async () => leaseSchema.parse(await getObject(client, leases, address)).spec.holderIdentity;
    await eventually('a leader', holder);
    await deleteObject(client, leases, address);
    return eventually('a leader again', holder);
  },
};

/** A quota lets no ConfigMap pass. What was made before it is found there at the next try. */
export async function stopReleaseByQuota(site: Site, serviceAccount: string): Promise<void> {
  const quota = { name: 'no-config-maps', namespace: site.namespace };
  const hard = { 'count/configmaps': '0' };
  await createObject(site.client, resourceQuotas, site.namespace, {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: quota,
    spec: { hard },
  });
  // As the controller would, that is not there.
  const counted = { status: { hard, used: { 'count/configmaps': '0' } } };
  await mergePatch(site.client, resourceQuotas, { ...quota, subresource: 'status' }, counted);
  await eventually('the quota to be obeyed', () => isQuotaObeyed(site));
  const claim = 'spark.kubernetes.driver.volumes.persistentVolumeClaim.work.';
  await site.submit('stopped', {
    // A release that makes a NetworkPolicy.
    sparkVersion: '4.3.0',
    driver: { serviceAccount },
    sparkConf: {
      'spark.kubernetes.scheduler.name': 'volcano',
      'spark.kubernetes.driver.pod.featureSteps': 'org.apache.spark.deploy.k8s.features.VolcanoFeatureStep',
      [`${claim}mount.path`]: '/work',
      [`${claim}options.claimName`]: 'OnDemand',
      [`${claim}options.storageClass`]: 'standard',
      [`${claim}options.sizeLimit`]: '1Gi',
    },
  });
  await site.untilMessage('stopped', /waiting to release the driver: .*quota/);
  await deleteObject(site.client, resourceQuotas, quota);
  await site.untilState('stopped', 'COMPLETED');
}

async function isQuotaObeyed({ client, namespace }: Site): Promise<boolean> {
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'probe' } };
  try {
    await client.request({
      method: 'POST',
      path: resourcePath(configMaps, { namespace }),
      query: { dryRun: 'All' },
      body: configMap,
    });
    return false;
  } catch (error) {
    if (isApiError(error, 403)) return true;
    throw error;
  }
}

/** @throws with what the processes said last */
export async function takeTour(place: TourPlace): Promise<void> {
  await Promise.all(
    Object.entries(stops).map(([name, stop]) =>
      stop(place).catch((error: unknown) => {
        throw new Error(`${name}: ${messageOf(error)}\n${place.chart.tail()}`);
      }),
    ),
  );
}

async function untilGone(site: Site, resource: Resource, name: string): Promise<void> {
  await eventually(`${name} to be gone`, async () => !(await site.exists(resource, name)));
}
