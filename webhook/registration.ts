/**
 * The registration of the webhook with the API server: which pods come to it (tagged ones, when they are created), by which
 * way, and what happens when it does not answer (the pod is refused, because an unmutated one would be worse).
 */
import type { ApiClient } from '../src/kube/api-client.js';
import { apiVersion, mutatingWebhookConfigurations, resourcePath } from '../src/kube/resources.js';

/** The path and the name of the entry are those of the Kubeflow operator, for the policies and alerts that name them. */
export const podMutationPath = '/mutate--v1-pod';
const entryName = 'mutate--v1-pod.sparkoperator.k8s.io';

/** How the API server reaches the webhook: through a Service, or at `url` (scheme, host and port; https only). */
export type WebhookEndpoint = { service: { name: string; namespace: string; port: number } } | { url: string };

export interface RegistrationOptions {
  /** Of the MutatingWebhookConfiguration. */
  name: string;
  endpoint: WebhookEndpoint;
  /** Namespaces whose pods are mutated; none, or an empty name among them, means all. */
  namespaces?: readonly string[];
}

/**
 * The manifest, without a `caBundle`: whoever holds the authority writes that (Kubernetes, Dynamic Admission Control).
 */
export function registrationManifest({ name, endpoint, namespaces = [] }: RegistrationOptions) {
  const everywhere = namespaces.length === 0 || namespaces.includes('');
  return {
    apiVersion: apiVersion(mutatingWebhookConfigurations),
    kind: mutatingWebhookConfigurations.kind,
    metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'firesteel' } },
    webhooks: [
      {
        name: entryName,
        admissionReviewVersions: ['v1'],
        clientConfig: clientConfig(endpoint),
        rules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: 'Namespaced' },
        ],
        objectSelector: { matchLabels: { 'pod.sparkoperator.k8s.io/tagged': 'true' } },
        ...(everywhere ? {} : { namespaceSelector: namespaceSelector(namespaces) }),
        failurePolicy: 'Fail',
        matchPolicy: 'Equivalent',
        reinvocationPolicy: 'IfNeeded',
        sideEffects: 'None',
        timeoutSeconds: 10,
      },
    ],
  };
}

export type RegistrationManifest = ReturnType<typeof registrationManifest>;

/** Creates the registration, or makes it what `manifest` says; fields of others, the `caBundle` among them, stay. */
export async function applyRegistration(client: ApiClient, manifest: RegistrationManifest): Promise<void> {
  await client.request({
    method: 'PATCH',
    path: resourcePath(mutatingWebhookConfigurations, { name: manifest.metadata.name }),
    query: { fieldManager: 'firesteel', force: 'true' },
    patchType: 'apply-patch',
    body: manifest,
  });
}

function clientConfig(endpoint: WebhookEndpoint) {
  if ('url' in endpoint) return { url: new URL(podMutationPath, endpoint.url).href };
  return { service: { ...endpoint.service, path: podMutationPath } };
}

function namespaceSelector(namespaces: readonly string[]) {
  return {
    matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: [...namespaces] }],
  };
}
