/**
 * How spark-submit reaches the API server: the address is the master's; who it is there comes from the properties
 * `spark.kubernetes.authenticate.submission.*`, else from a kubeconfig or the pod's service account (`SparkKubernetesClientFactory`).
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ConfReader } from '../../reconciler/submission/conf-reader.js';
import { FiresteelError } from '../errors.js';
import { BriefApiClient } from '../kube/brief-api-client.js';
import { type Connection, connect, type Environment } from '../kube/connection.js';
import { version } from '../version.js';
import type { SubmissionClient } from './spark-submit.js';

const prefix = 'spark.kubernetes.authenticate.submission.';

/** @param server `https://host:port` */
export async function connectToMaster(
  server: string,
  conf: ConfReader,
  environment: Environment,
): Promise<SubmissionClient> {
  const found = hasCredentials(environment)
    ? await connect({}, environment, conf.text('spark.kubernetes.context'))
    : undefined;
  const { serverName: _, ...ambient }: Connection = found ?? { server, authorization: async () => undefined };
  const connection: Connection = { ...ambient, ...(await submissionCredentials(conf)), server };
  const options = {
    userAgent: `firesteel/${version}`,
    timeoutMilliseconds: conf.integer('spark.kubernetes.submission.requestTimeout') ?? 10_000,
  };
  if (connection.proxyUrl === undefined) return new BriefApiClient(connection, options);
  const { HttpApiClient } = await import('../kube/http-api-client.js');
  return new HttpApiClient(connection, options);
}

function hasCredentials(environment: Environment): boolean {
  if (environment['KUBECONFIG'] || environment['KUBERNETES_SERVICE_HOST']) return true;
  return existsSync(join(environment['HOME'] || homedir(), '.kube', 'config'));
}

async function submissionCredentials(conf: ConfReader): Promise<Partial<Connection>> {
  const ca = await fileOf(conf, 'caCertFile');
  const clientCertificate = await fileOf(conf, 'clientCertFile');
  const clientKey = await fileOf(conf, 'clientKeyFile');
  const token = conf.text(`${prefix}oauthToken`) ?? (await fileOf(conf, 'oauthTokenFile'))?.toString('utf8').trim();
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
    ...(clientKey === undefined ? {} : { clientKey }),
    ...(token === undefined ? {} : { authorization: async () => `Bearer ${token}` }),
    ...(conf.boolean('spark.kubernetes.trust.certificates') ? { insecureSkipTlsVerify: true } : {}),
  };
}

async function fileOf(conf: ConfReader, name: string): Promise<Buffer | undefined> {
  const path = conf.text(`${prefix}${name}`);
  if (path === undefined) return undefined;
  try {
    return await readFile(path);
  } catch (error) {
    throw new FiresteelError('FILE_UNREADABLE', `${prefix}${name}=${path} can not be read`, { cause: error });
  }
}
