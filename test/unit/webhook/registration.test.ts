import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiRequest } from '../../../src/kube/api-client.js';
import { applyRegistration, registrationManifest } from '../../../webhook/registration.js';

const service = { name: 'firesteel-webhook', namespace: 'spark-operator', port: 9443 };

test('only tagged pods come to the webhook, when they are created, and none passes where it does not answer', () => {
  assert.deepEqual(registrationManifest({ name: 'firesteel-webhook', endpoint: { service } }), {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'firesteel-webhook', labels: { 'app.kubernetes.io/managed-by': 'firesteel' } },
    webhooks: [
      {
        name: 'mutate--v1-pod.sparkoperator.k8s.io',
        admissionReviewVersions: ['v1'],
        clientConfig: { service: { ...service, path: '/mutate--v1-pod' } },
        rules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: 'Namespaced' },
        ],
        objectSelector: { matchLabels: { 'pod.sparkoperator.k8s.io/tagged': 'true' } },
        failurePolicy: 'Fail',
        matchPolicy: 'Equivalent',
        reinvocationPolicy: 'IfNeeded',
        sideEffects: 'None',
        timeoutSeconds: 10,
      },
    ],
  });
});

test('a registration by URL has the path of the webhook, and no Service', () => {
  const manifest = registrationManifest({ name: 'w', endpoint: { url: 'https://127.0.0.1:9443' } });
  assert.deepEqual(manifest.webhooks[0]?.clientConfig, { url: 'https://127.0.0.1:9443/mutate--v1-pod' });
});

test('namespaces that are named bound the registration; an empty name among them means all', () => {
  const selector = (namespaces: string[]) =>
    registrationManifest({ name: 'w', endpoint: { service }, namespaces }).webhooks[0]?.namespaceSelector;
  assert.deepEqual(selector(['jobs', 'default']), {
    matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['jobs', 'default'] }],
  });
  assert.equal(selector([]), undefined);
  assert.equal(selector(['jobs', '']), undefined);
});

test('namespaces that are selected by label bound the registration; beside named ones in an entry of their own, none twice', () => {
  const namespaceSelector = [{ key: 'spark', operator: 'In' as const, values: ['enabled'] }];
  const entries = (namespaces: string[]) =>
    registrationManifest({ name: 'w', endpoint: { service }, namespaces, namespaceSelector }).webhooks.map((entry) => [
      entry.name,
      entry.namespaceSelector?.matchExpressions,
    ]);
  assert.deepEqual(entries([]), [['mutate--v1-pod.sparkoperator.k8s.io', namespaceSelector]]);
  const key = 'kubernetes.io/metadata.name';
  assert.deepEqual(entries(['jobs']), [
    ['mutate--v1-pod.sparkoperator.k8s.io', [{ key, operator: 'In', values: ['jobs'] }]],
    [
      'mutate--v1-selected-pod.sparkoperator.k8s.io',
      [...namespaceSelector, { key, operator: 'NotIn', values: ['jobs'] }],
    ],
  ]);
});

test('the registration is applied by the server, so that a caBundle in it stays', async () => {
  const requests: ApiRequest[] = [];
  const client = {
    request: async (request: ApiRequest) => requests.push(request),
    lines: () => assert.fail('nothing is watched'),
  };
  const manifest = registrationManifest({ name: 'firesteel-webhook', endpoint: { service } });
  await applyRegistration(client, manifest);
  assert.deepEqual(requests, [
    {
      method: 'PATCH',
      path: '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/firesteel-webhook',
      query: { fieldManager: 'firesteel', force: 'true' },
      patchType: 'apply-patch',
      body: manifest,
    },
  ]);
  assert.ok(!JSON.stringify(manifest).includes('caBundle'));
});
