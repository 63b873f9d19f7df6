/**
 * The registration of the webhook with the API server: which pods come to it (tagged ones, when they are created), by which
 * way, and what happens when it does not answer (the pod is refused, because an unmutated one would be worse).
 */
import type { LabelRequirement, LabelRequirements } from '../src/api/label-selector.js';
import type { ApiClient } from '../src/kube/api-client.js';
import { apiVersion, mutatingWebhookConfigurations, resourcePath } from '../src/kube/resources.js';

/** The path and the name of the entry are those of the Kubeflow operator, for the policies and alerts that name them. */
export const podMutationPath = '/mutate--v1-pod';
const entryName = 'mutate--v1-pod.sparkoperator.k8s.io';
/** Of selected namespaces, where others are named besides. */
const selectedEntryName = 'mutate--v1-selected-pod.sparkoperator.k8s.io';
const namespaceName = 'kubernetes.io/metadata.name';

/** How the API server reaches the webhook: through a Service, or at `url` (scheme, host and port; https only). */
export type WebhookEndpoint = { service: { name: string; namespace: string; port: number } } | { url: string };

export interface RegistrationOptions {
  /** Of the MutatingWebhookConfiguration. */
  name: string;
  endpoint: WebhookEndpoint;
  /** Namespaces whose pods are mutated; none, or an empty name among them, means all, or those that are selected. */
  namespaces?: readonly string[];
  /** Of labels of further namespaces; the API server follows it by itself. */
  namespaceSelector?: LabelRequirements | undefined;
}

/**
 * The manifest, without a `caBundle`: whoever holds the authority writes that (Kubernetes, Dynamic Admission Control).
 */
export function registrationManifest({ name, endpoint, namespaces = [], namespaceSelector }: RegistrationOptions) {
  const named = namespaces.includes('') ? [] : namespaces;
  return {
    apiVersion: apiVersion(mutatingWebhookConfigurations),
    kind: mutatingWebhookConfigurations.kind,
    metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'firesteel' } },
    webhooks: selectionsOf(named, namespaceSelector).map((matchExpressions, index) => ({
      name: index === 0 ? entryName : selectedEntryName,
      admissionReviewVersions: ['v1'],
      clientConfig: clientConfig(endpoint),
      rules: [
        { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: 'Namespaced' },
      ],
      objectSelector: { matchLabels: { 'pod.sparkoperator.k8s.io/tagged': 'true' } },
      ...(matchExpressions.length === 0 ? {} : { namespaceSelector: { matchExpressions } }),
      failurePolicy: 'Fail',
      matchPolicy: 'Equivalent',
      reinvocationPolicy: 'IfNeeded',
      sideEffects: 'None',
      timeoutSeconds: 10,
    })),
  };
}

/** One for each entry; they never overlap, or a pod would come twice. */
function selectionsOf(named: readonly string[], selected: LabelRequirements | undefined): LabelRequirements[] {
  const among: LabelRequirement = { key: namespaceName, operator: 'In', values: named };
  if (selected === undefined) return [named.length === 0 ? [] : [among]];
  return named.length === 0 ? [selected] : [[among], [...selected, { ...among, operator: 'NotIn' }]];
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
