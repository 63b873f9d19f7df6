/**
 * DriverKubernetesCredentialsFeatureStep: the service account of the driver, and tokens kept out of its configuration.
 * (Credentials of its own for the driver are refused in not-supported.ts.)
 */
import { type Driver, withProperties } from '../driver.js';
import type { Submission } from '../submission.js';

const redacted = '<present_but_redacted>';

export function driverKubernetesCredentials(driver: Driver, { conf }: Submission): Driver {
  const account = conf.text('spark.kubernetes.authenticate.driver.serviceAccountName');
  const tokens = [...conf.entries.keys()].filter((key) => key.endsWith('oauthToken'));
  const changed = withProperties(driver, Object.fromEntries(tokens.map((key) => [key, redacted])));
  if (account === undefined) return changed;
  return { ...changed, spec: { ...changed.spec, serviceAccount: account, serviceAccountName: account } };
}
