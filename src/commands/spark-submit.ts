/** `firesteel spark-submit ARGS…`: spark-submit in cluster mode on Kubernetes, without a JVM. */
import { readdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { type ClientEnvironment, clientEnvironmentOf } from '../../reconciler/submission/client-environment.js';
import { buildDriver } from '../../reconciler/submission/driver-objects.js';
import { idsOf } from '../../reconciler/submission/ids.js';
import { sparkSubmitRequests } from '../../reconciler/submission/requests.js';
import { parseSparkSubmitArguments } from '../../reconciler/submission/spark-submit-arguments.js';
import type { SubmitOptions } from '../../reconciler/submission/submit-options.js';
import { sparkVersionText } from '../api/spark-version-text.js';
import { FiresteelError } from '../errors.js';

/** Stands for the uid that the API server would have given to the driver pod. */
const dryRunPodUid = '11111111-2222-3333-4444-555555555555';

export interface SparkSubmitIo {
  readonly environment: NodeJS.ProcessEnv;
  readonly out: (text: string) => void;
  /** For what was left out or substituted; default: nowhere. */
  readonly warn?: (text: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A new UUID. */
  readonly submissionId: () => string;
}

/**
 * @returns the exit code
 * @throws {FiresteelError} USAGE, SUBMISSION_REFUSED, FILE_UNREADABLE
 */
export async function sparkSubmit(args: readonly string[], io: SparkSubmitIo): Promise<number> {
  const { options, sparkVersion, dryRun } = parseSparkSubmitArguments(args, io.environment);
  if (!dryRun) throw new FiresteelError('USAGE', 'spark-submit: submitting is not supported yet; use --dry-run');
  const ids = idsOf(io.submissionId(), io.now());
  const driver = buildDriver(options, sparkVersion ?? versionOfImage(options), clientEnvironment(io.environment), ids);
  for (const warning of driver.warnings) io.warn?.(`${warning}\n`);
  io.out(`${JSON.stringify(sparkSubmitRequests(driver, driver.namespace, dryRunPodUid), null, 2)}\n`);
  return 0;
}

function versionOfImage({ conf }: SubmitOptions): string {
  const version = sparkVersionText({
    image: conf.get('spark.kubernetes.container.image'),
    driver: { image: conf.get('spark.kubernetes.driver.container.image') },
  });
  if (version === undefined) {
    throw new FiresteelError(
      'USAGE',
      "spark-submit: the image's tag does not say which Spark it is; add --spark-version",
    );
  }
  return version;
}

function clientEnvironment(variables: NodeJS.ProcessEnv): ClientEnvironment {
  const { sparkConfDir, ...environment } = clientEnvironmentOf(variables, userInfo().username);
  if (sparkConfDir === undefined || isEmptyDirectory(sparkConfDir)) return environment;
  return { ...environment, sparkConfDir };
}

function isEmptyDirectory(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch (error) {
    throw new FiresteelError('FILE_UNREADABLE', `SPARK_CONF_DIR=${path} can not be read`, { cause: error });
  }
}
