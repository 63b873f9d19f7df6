/**
 * The chart grants exactly what is used: releases of each kind run with the tokens of their own service accounts, and do all
 * that the operator can do; the audit log of the API server says which role let them. The admission plug-in
 * OwnerReferencesPermissionEnforcement is on. What drivers may do is held to real Spark (test/spark/driver-rights.test.ts).
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { type ApiClient, getObject, mergePatch } from '../../src/kube/api-client.js';
import { connect } from '../../src/kube/connection.js';
import { HttpApiClient } from '../../src/kube/http-api-client.js';
import type { Resource } from '../../src/kube/resources.js';
import { findAssets } from './assets.js';
import { type ControlPlane, startControlPlane } from './control-plane.js';
import { eventually } from './eventually.js';
import { applyManifest } from './manifests.js';
import { type Exception, exceptions, isExcepted } from './rights/exceptions.js';
import { describeRight, grantedRights } from './rights/granted-rights.js';
import { installationKinds } from './rights/installation-kinds.js';
import { TouredInstallation } from './rights/toured-installation.js';
import { type AuditedRequest, auditedRequests, uses } from './rights/used-rights.js';

const assets = findAssets() ?? '';
const helm = join(assets, 'helm');
const missing = ['helm', 'kube-controller-manager'].filter((program) => !existsSync(join(assets, program)));
const skip = missing.length > 0 && `there is no ${missing.join(', no ')}`;

const clusterRoles: Resource = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural: 'clusterroles',
  kind: 'ClusterRole',
  namespaced: false,
};
const roleSchema = z.looseObject({
  rules: z.array(z.looseObject({ resources: z.array(z.string()), verbs: z.array(z.string()) })),
});
type Rules = z.output<typeof roleSchema>['rules'];

const reviewSchema = z.looseObject({ status: z.looseObject({ allowed: z.boolean() }) });

describe('the rights that the chart grants', { skip }, () => {
  let folder: string;
  let controlPlane: ControlPlane;
  const releases: TouredInstallation[] = [];
  let requests: readonly AuditedRequest[] = [];

  const release = (index: number) => {
    const found = releases[index];
    if (found === undefined) throw new Error(`there is no release ${index}`);
    return found;
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'firesteel-rights-'));
    controlPlane = await startControlPlane(assets, {
      apiServerFlags: ['--enable-admission-plugins=OwnerReferencesPermissionEnforcement'],
    });
    const { kubeconfig, auditLog } = controlPlane;
    const client = new HttpApiClient(await connect({ kubeconfig }, {}));
    await applyManifest(client, 'test/e2e/rights/volcano.yaml');
    await client.close();
    for (const [index, kind] of installationKinds.entries()) {
      const isLast = index === installationKinds.length - 1;
      // It serves the namespaces of the others as well: of the drivers there it asks at once.
      if (isLast) await letOthersPass(releases);
      releases.push(await TouredInstallation.open({ kubeconfig, helm, folder, name: `firesteel-${index}`, kind }));
      await release(index).install();
      if (isLast) await release(index).tour();
    }
    requests = auditedRequests(auditLog);
  });

  after(async () => {
    for (const each of releases) await each.close();
    await controlPlane.stop();
    rmSync(folder, { recursive: true });
  });

  for (const [index, { title }] of installationKinds.entries()) {
    describe(`to a release for ${title}`, () => {
      it('are enough', () => {
        const { accounts } = release(index).chart;
        const refused = requests.filter(({ account, isAllowed }) => accounts.has(account) && !isAllowed);
        assert.deepEqual(refused, []);
      });

      it('are all in use, but for the exceptions that have a reason', () => {
        const { chart } = release(index);
        const asked = requests.filter(({ account }) => chart.accounts.has(account)).map(({ right }) => right);
        const idle = grantedRights(chart.objects)
          .filter(({ role }) => !isOfDrivers(role))
          .filter((granted) => !asked.some((one) => uses(one, granted)));
        assert.deepEqual(idle.filter((right) => !isExcepted(right)).map(describeRight), []);
        assert.equal(idle.length, exceptions.length, 'an exception was in use after all');
      });
    });
  }

  for (const [index, exception] of exceptions.entries()) {
    const { group, resource, verb, refusal, submit } = exception;
    it(`are not enough without ${verb} on ${resource}, which leaves no line in the audit log`, async () => {
      const { site, chart, driverAccount } = release(installationKinds.length - 1);
      const address = { name: chart.leaseName };
      const { rules } = roleSchema.parse(await getObject(site.client, clusterRoles, address));
      await mergePatch(site.client, clusterRoles, address, { rules: without(rules, exception) });
      const [account = ''] = chart.accounts;
      const asked = { group, resource, verb, namespace: site.namespace };
      await eventually('the role to count no more', async () => !(await isAllowed(site.client, account, asked)));
      await submit(site, `refused-${index}`, driverAccount);
      await site.untilMessage(`refused-${index}`, refusal);
    });
  }
});

function without(rules: Rules, { resource, verb }: Exception): Rules {
  return rules
    .map((rule) =>
      rule.resources.includes(resource) ? { ...rule, verbs: rule.verbs.filter((each) => each !== verb) } : rule,
    )
    .filter(({ verbs }) => verbs.length > 0);
}

/** The API server's own word, by SubjectAccessReview. */
async function isAllowed(
  client: ApiClient,
  account: string,
  { resource: whole, ...asked }: { group: string; resource: string; verb: string; namespace: string },
): Promise<boolean> {
  const [resource, subresource] = whole.split('/');
  const answer = await client.request({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: `system:serviceaccount:${account}`,
        resourceAttributes: { ...asked, resource, ...(subresource === undefined ? {} : { subresource }) },
      },
    },
  });
  return reviewSchema.parse(answer).status.allowed;
}

const isOfDrivers = (role: string) => role.endsWith('-spark');

/** A driver that says nothing is asked about after half a minute. */
async function letOthersPass(others: readonly TouredInstallation[]): Promise<void> {
  for (const each of others) await each.submitSilent('silent');
  await Promise.all(others.map((each) => each.tour()));
  for (const each of others)
    await each.untilItSays('silent', /driver pod is pending: its containers are being created/);
  for (const each of others) await each.chart.stop();
}
