/**
 * A kubeconfig that needs no more than reading: one file, whose user has a token, a certificate or a password. Anything else
 * in it is left to kubeconfig.ts, which knows everything and costs half a second.
 */
import { readFileSync } from 'node:fs';
import { delimiter, dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Connection } from './connection.js';

const cluster = z.strictObject({
  server: z.string().regex(/^https?:\/\//),
  'certificate-authority': z.string().optional(),
  'certificate-authority-data': z.string().optional(),
  'tls-server-name': z.string().optional(),
  'insecure-skip-tls-verify': z.boolean().optional(),
});

const user = z.strictObject({
  token: z.string().min(1).optional(),
  'client-certificate': z.string().optional(),
  'client-certificate-data': z.string().optional(),
  'client-key': z.string().optional(),
  'client-key-data': z.string().optional(),
});

const kubeconfig = z.looseObject({
  clusters: z.array(z.looseObject({ name: z.string(), cluster: z.unknown() })),
  users: z.array(z.looseObject({ name: z.string(), user: z.unknown() })),
  contexts: z.array(
    z.looseObject({ name: z.string(), context: z.looseObject({ cluster: z.string(), user: z.string() }) }),
  ),
  'current-context': z.string().optional(),
});

/**
 * @param path as in the variable KUBECONFIG
 * @param context default: the current one
 * @returns undefined where the file says more than is understood here, is broken, or is not there
 */
export function plainKubeconfigConnection(path: string, context?: string): Connection | undefined {
  if (path.includes(delimiter)) return undefined;
  try {
    const config = kubeconfig.parse(parse(readFileSync(path, 'utf8')));
    const chosen = config.contexts.find(({ name }) => name === (context ?? config['current-context']))?.context;
    if (chosen === undefined) return undefined;
    const server = cluster.parse(config.clusters.find(({ name }) => name === chosen.cluster)?.cluster);
    const credentials = user.parse(config.users.find(({ name }) => name === chosen.user)?.user);
    return connectionOf(server, credentials, dirname(resolve(path)));
  } catch {
    // Whatever is wrong, kubeconfig.ts finds it too, and says what.
    return undefined;
  }
}

function connectionOf(server: z.infer<typeof cluster>, credentials: z.infer<typeof user>, folder: string): Connection {
  const ca = bytesOf(server['certificate-authority-data'], server['certificate-authority'], folder);
  const clientCertificate = bytesOf(credentials['client-certificate-data'], credentials['client-certificate'], folder);
  const clientKey = bytesOf(credentials['client-key-data'], credentials['client-key'], folder);
  const { token } = credentials;
  return {
    server: server.server,
    ...(ca === undefined ? {} : { ca }),
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
    ...(clientKey === undefined ? {} : { clientKey }),
    ...(server['tls-server-name'] === undefined ? {} : { serverName: server['tls-server-name'] }),
    ...(server['insecure-skip-tls-verify'] ? { insecureSkipTlsVerify: true } : {}),
    authorization: async () => (token === undefined ? undefined : `Bearer ${token.trim()}`),
  };
}

/** As kubectl: what stands in the file goes before what it points to. */
function bytesOf(data: string | undefined, path: string | undefined, folder: string): Buffer | undefined {
  if (data !== undefined) return Buffer.from(data, 'base64');
  return path === undefined ? undefined : readFileSync(resolve(folder, path));
}
