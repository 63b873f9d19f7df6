/**
 * Reads a kubeconfig with `@kubernetes/client-node`, which knows exec plug-ins and OIDC. This is the only file that imports
 * it, and only when called: it costs 50 MiB and half a second.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { Cluster, KubeConfig, User } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { z } from 'zod';
import { FiresteelError, messageOf } from '../errors.js';
import type { Connection } from './connection.js';

/**
 * The connection of a context.
 * @param path a file, or several joined as in the variable KUBECONFIG; undefined: `~/.kube/config`
 * @param context default: the current one
 * @throws {FiresteelError} KUBECONFIG_INVALID
 */
export async function kubeconfigConnection(path: string | undefined, context?: string): Promise<Connection> {
  const source = path ?? join(homedir(), '.kube', 'config');
  const client = await import('@kubernetes/client-node');
  const config = new client.KubeConfig();
  for (const file of source.split(delimiter).filter((part) => part !== '')) {
    merge(config, load(new client.KubeConfig(), file));
  }
  if (context !== undefined) config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    const chosen = config.getCurrentContext() || '(none)';
    throw invalid(
      source,
      `its current context ${chosen} names no cluster; choose one: kubectl config use-context NAME`,
    );
  }
  const user = config.getCurrentUser();
  refuseUnsupported(source, cluster, user);
  try {
    const credentials = await readCredentials(config, user);
    return {
      server: cluster.server,
      ...optional('ca', client.bufferFromFileOrString(cluster.caFile, cluster.caData)),
      ...optional('clientCertificate', credentials.certificate),
      ...optional('clientKey', credentials.key),
      ...optional('serverName', cluster.tlsServerName),
      ...optional('insecureSkipTlsVerify', cluster.skipTLSVerify ? true : undefined),
      ...optional('proxyUrl', cluster.proxyUrl),
      authorization: credentials.authorization,
    };
  } catch (thrown) {
    throw thrown instanceof FiresteelError ? thrown : invalid(source, messageOf(thrown));
  }

  function readCredentials(from: KubeConfig, of: User | null): Promise<Credentials> {
    if (of === null) return Promise.resolve({ authorization: async () => undefined });
    return isDynamic(of)
      ? changingCredentials(source, from)
      : Promise.resolve({
          certificate: client.bufferFromFileOrString(of.certFile, of.certData),
          key: client.bufferFromFileOrString(of.keyFile, of.keyData),
          authorization: async () => constantHeader(of),
        });
  }
}

interface Credentials {
  certificate?: string | Buffer | null | undefined;
  key?: string | Buffer | null | undefined;
  authorization: Connection['authorization'];
}

function load(config: KubeConfig, file: string): KubeConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw invalid(file, messageOf(cause));
  }
  try {
    config.loadFromString(text);
    config.makePathsAbsolute(dirname(resolve(file)));
    readTokenFiles(config, parse(text), dirname(resolve(file)));
  } catch (thrown) {
    // The first line only and no cause: what follows is a piece of the file, and the file holds keys.
    throw invalid(file, messageOf(thrown).split('\n', 1)[0] ?? '');
  }
  // client-node refuses http:// unless verification is off, and there is nothing to verify.
  config.clusters = config.clusters.map((cluster) =>
    cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster,
  );
  return config;
}

const tokenFilesSchema = z.looseObject({
  users: z
    .array(z.looseObject({ name: z.string(), user: z.looseObject({ tokenFile: z.string().optional() }).nullish() }))
    .nullish(),
});

/** client-node reads `token-file`; kubectl writes `tokenFile`, which goes before `token`. */
function readTokenFiles(config: KubeConfig, document: unknown, directory: string): void {
  const files = new Map<string, string>();
  for (const { name, user } of tokenFilesSchema.parse(document).users ?? []) {
    if (user?.tokenFile) files.set(name, resolve(directory, user.tokenFile));
  }
  config.users = config.users.map((user) => {
    const tokenFile = files.get(user.name);
    if (tokenFile === undefined) return user;
    const { token: _, ...rest } = user;
    return { ...rest, authProvider: { name: 'tokenFile', config: { tokenFile } } };
  });
}

/** As kubectl merges: the first file to name something wins. */
function merge(into: KubeConfig, from: KubeConfig): void {
  const added = <T extends { name: string }>(present: T[], more: T[]): T[] => [
    ...present,
    ...more.filter(({ name }) => !present.some((one) => one.name === name)),
  ];
  into.clusters = added(into.clusters, from.clusters);
  into.users = added(into.users, from.users);
  into.contexts = added(into.contexts, from.contexts);
  into.currentContext ||= from.currentContext;
}

/** What would otherwise be ignored, and so reach the wrong server or act as the wrong user. */
function refuseUnsupported(source: string, cluster: Cluster, user: User | null): void {
  if (!/^https?:\/\//.test(cluster.server) || !URL.canParse(cluster.server)) {
    throw invalid(source, `the server ${cluster.server} of cluster ${cluster.name} is not an http:// or https:// URL`);
  }
  if (cluster.proxyUrl !== undefined && !/^https?:/.test(cluster.proxyUrl)) {
    throw invalid(source, `the proxy-url of cluster ${cluster.name} must be http:// or https://`);
  }
  if (user?.impersonateUser) {
    throw invalid(source, `user ${user.name} impersonates (as), which is not supported; use a user of its own`);
  }
}

const isDynamic = (user: User): boolean => Boolean(user.exec || user.authProvider);

function constantHeader(user: User): string | undefined {
  if (user.token) return `Bearer ${user.token.trim()}`;
  if (!user.username) return undefined;
  return `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`;
}

/** Of exec plug-ins, token files and OIDC: client-node caches and refreshes; requests that come together ask it once. */
async function changingCredentials(source: string, config: KubeConfig): Promise<Credentials> {
  let underWay: Promise<string | undefined> | undefined;
  const first = await askForCredentials(source, config);
  return {
    certificate: first.certificate,
    key: first.key,
    authorization: () => {
      underWay ??= askForCredentials(source, config)
        .then(({ header }) => header)
        .finally(() => {
          underWay = undefined;
        });
      return underWay;
    },
  };
}

const credentialsSchema = z.object({
  cert: z.union([z.string(), z.instanceof(Buffer)]).optional(),
  key: z.union([z.string(), z.instanceof(Buffer)]).optional(),
  headers: z.object({ Authorization: z.string().optional() }).optional(),
});

async function askForCredentials(source: string, config: KubeConfig) {
  const options = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (thrown) {
    // The message of a JSON error quotes what could not be parsed, which may be a token.
    const reason = thrown instanceof SyntaxError ? 'the plug-in did not print an ExecCredential' : messageOf(thrown);
    throw invalid(source, `no credentials for user ${config.getCurrentUser()?.name}: ${reason.trim()}`);
  }
  const { cert, key, headers } = credentialsSchema.parse(options);
  return { certificate: cert, key, header: headers?.Authorization?.trim() };
}

function optional<K extends string, V>(key: K, value: V | null | undefined): { [P in K]?: V } {
  const property: { [P in K]?: V } = {};
  if (value !== null && value !== undefined) property[key] = value;
  return property;
}

function invalid(source: string, reason: string): FiresteelError {
  return new FiresteelError('KUBECONFIG_INVALID', `The kubeconfig ${source} can not be used: ${reason}`);
}
