/**
 * How to reach an API server and who to be there. In a cluster that is two files and two variables, read here; outside it is
 * a kubeconfig, whose loader (kubeconfig.ts) is heavy and only used when there is one.
 */
import { existsSync } from 'node:fs';
import { readFile as readFileFromDisk } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../clock.js';
import { FiresteelError } from '../errors.js';
import { kubeconfigConnection } from './kubeconfig.js';
import { plainKubeconfigConnection } from './plain-kubeconfig.js';

export interface Connection {
  /** `https://host:port`, maybe with a base path; `http://` too. */
  readonly server: string;
  /** PEM; left out: the authorities that Node trusts. */
  readonly ca?: string | Buffer;
  /** PEM. */
  readonly clientCertificate?: string | Buffer;
  /** PEM. */
  readonly clientKey?: string | Buffer;
  /** The name that the server's certificate must have; left out: the host of `server`. */
  readonly serverName?: string;
  readonly insecureSkipTlsVerify?: boolean;
  /** `http://` or `https://` proxy in front of the API server. */
  readonly proxyUrl?: string;
  /** The value of the `Authorization` header, refreshed as needed; undefined: send none. */
  authorization(): Promise<string | undefined>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where kubelet puts the token and the CA of the pod's service account. */
const serviceAccountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Kubelet replaces a token long before it expires; client-go reads it again as often. */
const tokenLifeMilliseconds = 60_000;

/**
 * The connection of a pod's service account.
 * @param readFile the text of a file
 * @throws {FiresteelError} KUBECONFIG_INVALID
 */
export async function inClusterConnection(
  environment: Environment,
  readFile: (path: string) => Promise<string>,
  clock: Clock = systemClock,
): Promise<Connection> {
  const host = environment['KUBERNETES_SERVICE_HOST'];
  if (!host) {
    throw new FiresteelError(
      'KUBECONFIG_INVALID',
      'The variable KUBERNETES_SERVICE_HOST is not set: this is not a pod; pass --kubeconfig or set KUBECONFIG.',
    );
  }
  const port = environment['KUBERNETES_SERVICE_PORT'] || '443';
  const authorization = rereadToken(() => readServiceAccountFile('token', readFile), clock);
  await authorization();
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    ca: await readServiceAccountFile('ca.crt', readFile),
    authorization,
  };
}

function rereadToken(read: () => Promise<string>, clock: Clock): () => Promise<string> {
  let header = '';
  let readAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (clock.now() - readAt >= tokenLifeMilliseconds) {
      header = `Bearer ${await read()}`;
      readAt = clock.now();
    }
    return header;
  };
}

async function readServiceAccountFile(name: string, readFile: (path: string) => Promise<string>): Promise<string> {
  const path = join(serviceAccountDirectory, name);
  try {
    return (await readFile(path)).trim();
  } catch (cause) {
    throw new FiresteelError(
      'KUBECONFIG_INVALID',
      `The service account's ${path} could not be read; give the pod a service account and mount its token.`,
      { cause },
    );
  }
}

/**
 * The API server to talk to: the given kubeconfig, that of the variable KUBECONFIG, the cluster this pod runs in, or
 * `~/.kube/config`; the first of them that there is.
 * @param context of a kubeconfig; default: its current one
 * @throws {FiresteelError} KUBECONFIG_INVALID
 */
export async function connect(
  options: { kubeconfig?: string | undefined },
  environment: Environment,
  context?: string,
): Promise<Connection> {
  const named = options.kubeconfig || environment['KUBECONFIG'];
  if (named) return plainKubeconfigConnection(named, context) ?? kubeconfigConnection(named, context);
  if (environment['KUBERNETES_SERVICE_HOST']) {
    return inClusterConnection(environment, (path) => readFileFromDisk(path, 'utf8'));
  }
  const usual = join(environment['HOME'] || homedir(), '.kube', 'config');
  if (existsSync(usual)) return plainKubeconfigConnection(usual, context) ?? kubeconfigConnection(usual, context);
  throw new FiresteelError(
    'KUBECONFIG_INVALID',
    `No API server is known: pass --kubeconfig FILE, set KUBECONFIG, or put a kubeconfig at ${usual}.`,
  );
}
