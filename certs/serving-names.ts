/** The names under which API servers may reach a replica, and which its leaf must hence have. */
import { isIP } from 'node:net';

/** The ways by which an API server may reach this replica. */
export interface Reachability {
  /** The Service in front of the replicas. */
  service?: { name: string; namespace: string } | undefined;
  /** URL of the webhook where it is reached without a Service; only its host counts. */
  url?: string | undefined;
}

export interface ServingNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** Every form in which the names may stand in a registration, each once; hosts of URLs are told from addresses. */
export function servingNames({ service, url }: Reachability): ServingNames {
  const hosts = new Set(['localhost', '127.0.0.1', '::1']);
  if (service !== undefined) for (const name of serviceNames(service)) hosts.add(name);
  if (url !== undefined) hosts.add(hostOf(url));
  const all = [...hosts];
  return {
    dnsNames: all.filter((host) => isIP(host) === 0),
    ipAddresses: all.filter((host) => isIP(host) !== 0),
  };
}

/** The one name that the API server asks for: that of the Service in DNS, else the host of the URL. */
export function requiredName({ service, url }: Reachability): string {
  if (url !== undefined) return hostOf(url);
  return service === undefined ? 'localhost' : `${service.name}.${service.namespace}.svc`;
}

function serviceNames({ name, namespace }: { name: string; namespace: string }): string[] {
  return [name, `${name}.${namespace}`, `${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`];
}

/** Lower case, without the brackets of an IPv6 address and without the dot of the DNS root. */
function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}
