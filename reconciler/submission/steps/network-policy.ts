/** NetworkPolicyFeatureStep (Spark 4.2 and later): only pods of the application reach its executors. */
import { type Driver, withResource } from '../driver.js';
import { applicationLabel, roleLabel } from '../driver-labels.js';
import type { Submission } from '../submission.js';

export function networkPolicy(driver: Driver, submission: Submission): Driver {
  if (!submission.differences.networkPolicy) return driver;
  const ofApplication = { [applicationLabel]: submission.ids.applicationId };
  return withResource(driver, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      name: `${submission.resourceNamePrefix}-policy`,
      namespace: submission.namespace,
      labels: ofApplication,
    },
    spec: {
      podSelector: { matchLabels: { ...ofApplication, [roleLabel]: 'executor' } },
      ingress: [{ from: [{ podSelector: { matchLabels: ofApplication } }] }],
    },
  });
}
