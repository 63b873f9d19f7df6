/** `firesteel spark-submit ARGS…`: spark-submit in cluster mode on Kubernetes, without a JVM. */
import { join } from 'node:path';
import { clientEnvironmentOf } from '../../reconciler/submission/client-environment.js';
import { ConfReader } from '../../reconciler/submission/conf-reader.js';
import { differencesOf } from '../../reconciler/submission/differences.js';
import { buildDriver, type DriverObjects } from '../../reconciler/submission/driver-objects.js';
import { idsOf } from '../../reconciler/submission/ids.js';
import { kubernetesMaster } from '../../reconciler/submission/master.js';
import { allRequests, sparkSubmitRequests } from '../../reconciler/submission/requests.js';
import {
  describeOptions,
  parseSparkSubmitArguments,
  type SparkSubmitArguments,
  usage,
} from '../../reconciler/submission/spark-submit-arguments.js';
import {
  checkOptionsOf,
  propertiesFiles,
  propertiesOf,
  type SubmitTarget,
  submitOptions,
  submitTarget,
} from '../../reconciler/submission/spark-submit-options.js';
import { parseSparkVersion } from '../../reconciler/submission/spark-version.js';
import type { SubmitOptions } from '../../reconciler/submission/submit-options.js';
import { utf8Text } from '../../reconciler/submission/submitter-files.js';
import { sparkVersionText } from '../api/spark-version-text.js';
import type { Clock } from '../clock.js';
import { FiresteelError } from '../errors.js';
import type { ApiClient } from '../kube/api-client.js';
import { version } from '../version.js';
import { killDrivers, printStatus } from './spark-submit-drivers.js';
import { createDriver } from './spark-submit-requests.js';
import { copyFile, readFile, readSubmitterFiles } from './submitter-files.js';

/** Stands for the uid that the API server would have given to the driver pod. */
const dryRunPodUid = '11111111-2222-3333-4444-555555555555';

/** A connection for one submission. */
export interface SubmissionClient extends ApiClient {
  close(): Promise<void>;
}

export interface SparkSubmitIo {
  readonly environment: NodeJS.ProcessEnv;
  /** Of the system, for lack of HADOOP_USER_NAME. */
  readonly loginUser: string;
  readonly out: (text: string) => void;
  /** For what was left out or substituted, and for the progress of a submission. */
  readonly warn: (text: string) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** A new UUID. */
  readonly submissionId: () => string;
  /** @param server the API server of the master URL */
  readonly connect: (server: string, conf: ConfReader) => Promise<SubmissionClient>;
}

/**
 * @returns the exit code
 * @throws {FiresteelError} USAGE, SUBMISSION_REFUSED, FILE_UNREADABLE, and what the API server answers
 */
export async function sparkSubmit(commandLine: readonly string[], io: SparkSubmitIo): Promise<number> {
  const args = parseSparkSubmitArguments(commandLine);
  if (args.flags.has('help') || args.flags.has('version')) {
    io.out(args.flags.has('help') ? describeOptions() : `firesteel ${version}, for Spark 3.5 to 4.3\n`);
    return 0;
  }
  const environment = withConfDirectory(io.environment);
  const target = submitTarget(args, readProperties(args, environment), environment);
  const { kill, status } = args.texts;
  if (kill !== undefined) await onCluster(target, io, (client, conf) => killDrivers(client, kill, conf, io.warn));
  else if (status !== undefined) await onCluster(target, io, (client, conf) => printStatus(client, status, conf, io));
  else await submit(args, target, { ...io, environment });
  return 0;
}

/** bin/spark-submit sets SPARK_CONF_DIR where it is not. */
function withConfDirectory(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { SPARK_HOME: home, SPARK_CONF_DIR: folder } = environment;
  if (folder !== undefined || home === undefined) return environment;
  return { ...environment, SPARK_CONF_DIR: join(home, 'conf') };
}

function readProperties(args: SparkSubmitArguments, { SPARK_CONF_DIR: folder }: NodeJS.ProcessEnv) {
  const defaults = folder === undefined ? undefined : join(folder, 'spark-defaults.conf');
  const present = defaults !== undefined && readFile(defaults) !== undefined ? defaults : undefined;
  const texts = propertiesFiles(args, present).map((path) => {
    const bytes = readFile(path);
    if (bytes === undefined) throw new FiresteelError('FILE_UNREADABLE', `properties file ${path} does not exist`);
    return utf8Text(bytes);
  });
  return propertiesOf(texts);
}

async function submit(args: SparkSubmitArguments, target: SubmitTarget, io: SparkSubmitIo): Promise<void> {
  for (const option of args.ignored) io.warn(`${option} means nothing on Kubernetes, left out\n`);
  const options = submitOptions(args, target);
  const driver = await driverObjects(args, options, io);
  for (const warning of driver.warnings) io.warn(`${warning}\n`);
  const requests = sparkSubmitRequests(driver);
  if (args.flags.has('dryRun')) {
    io.out(`${JSON.stringify(allRequests(requests, dryRunPodUid), null, 2)}\n`);
    return;
  }
  for (const upload of driver.uploads) await copyFile(upload);
  await onCluster(target, io, async (client, conf) => {
    await createDriver(client, requests, driver, io.clock);
    const name = driver.properties.get('spark.app.name');
    io.warn(
      `Application ${name} with application ID ${driver.applicationId} and submission ID ` +
        `${driver.namespace}:${driver.podName} submitted into Kubernetes\n`,
    );
    if (conf.boolean('spark.kubernetes.submission.waitAppCompletion') ?? true) {
      await (await import('./spark-submit-wait.js')).waitForCompletion(client, driver, conf, io);
    }
  });
}

async function driverObjects(
  args: SparkSubmitArguments,
  options: SubmitOptions,
  io: SparkSubmitIo,
): Promise<DriverObjects> {
  const sparkVersion = args.texts.sparkVersion ?? versionOfImage(options);
  checkOptionsOf(args, differencesOf(parseSparkVersion(sparkVersion)).differences);
  const environment = { ...clientEnvironmentOf(io.environment, io.loginUser), workingDirectory: process.cwd() };
  const files = await readSubmitterFiles(options.conf, environment);
  const ids = idsOf(io.submissionId(), io.clock.now());
  return buildDriver(options, sparkVersion, environment, ids, files);
}

function versionOfImage({ conf }: SubmitOptions): string {
  const found = sparkVersionText({
    image: conf.get('spark.kubernetes.container.image'),
    driver: { image: conf.get('spark.kubernetes.driver.container.image') },
  });
  if (found === undefined) {
    throw usage("the image's tag does not say which Spark it is; add --spark-version");
  }
  return found;
}

async function onCluster(
  { master, conf }: SubmitTarget,
  io: SparkSubmitIo,
  act: (client: ApiClient, conf: ConfReader) => Promise<void>,
): Promise<void> {
  const reader = new ConfReader(conf, true);
  const client = await io.connect(kubernetesMaster(master).slice('k8s://'.length), reader);
  try {
    await act(client, reader);
  } finally {
    await client.close();
  }
}
