/** The master URL (`Utils.checkAndGetK8sMasterUrl`). */
import { refused } from './refusal.js';

const prefix = 'k8s://';

/**
 * With its scheme, https where it has none: `k8s://host:6443` gives `k8s://https://host:6443`.
 * @throws {FiresteelError} SUBMISSION_REFUSED
 */
export function kubernetesMaster(master: string): string {
  if (!master.startsWith(prefix)) throw refused(`master '${master}' must start with ${prefix}`);
  const url = master.slice(prefix.length);
  if (!url.includes('://')) return `${prefix}https://${url}`;
  const scheme = url.slice(0, url.indexOf('://'));
  if (!/^https?$/i.test(scheme)) throw refused(`Invalid Kubernetes master scheme: ${scheme} found in URL: ${url}`);
  return master;
}
