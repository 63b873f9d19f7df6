/**
 * The leaf that one replica serves. It lives in memory only: a restart, and later a rotation, issues another one, and
 * nobody else has to be told because the API server trusts the authority, not the leaf.
 */
import { isIP } from 'node:net';
import { issueLeaf, type KeyPairPem, type Leaf, oneDay } from './authority.js';

const leafLifetime = 365 * oneDay;

/** The ways by which an API server may reach this replica. */
export interface Reachability {
  /** The Service in front of the replicas. */
  service?: { name: string; namespace: string } | undefined;
  /** URL of the webhook where it is reached without a Service; only its host counts. */
  url?: string | undefined;
}

/** A leaf for every name in `reachability` and for the machine itself, valid from `now` (milliseconds) for a year. */
export function issueServingCertificate(
  authority: KeyPairPem,
  { now, ...reachability }: Reachability & { now: number },
): Promise<Leaf> {
  return issueLeaf(authority, { ...servingNames(reachability), now, lifetime: leafLifetime });
}

/** Every form in which the names may stand in a registration, each once; hosts of URLs are told from addresses. */
export function servingNames({ service, url }: Reachability): { dnsNames: string[]; ipAddresses: string[] } {
  const hosts = new Set(['localhost', '127.0.0.1', '::1']);
  if (service !== undefined) for (const name of serviceNames(service)) hosts.add(name);
  if (url !== undefined) hosts.add(hostOf(url));
  const all = [...hosts];
  return {
    dnsNames: all.filter((host) => isIP(host) === 0),
    ipAddresses: all.filter((host) => isIP(host) !== 0),
  };
}

function serviceNames({ name, namespace }: { name: string; namespace: string }): string[] {
  return [name, `${name}.${namespace}`, `${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`];
}

/** Lower case, without the brackets of an IPv6 address and without the dot of the DNS root. */
function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}
