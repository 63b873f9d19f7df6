/** What a SparkApplication asks spark-submit to do. */
import { withDefaults } from '../../src/api/defaults.js';
import type { SparkApplication } from '../../src/api/spark-application.js';
import { sparkVersionText } from '../../src/api/spark-version-text.js';
import type { ReconcilerSettings } from '../settings.js';
import { confOf } from './application-conf.js';
import { parseSparkVersion } from './spark-version.js';
import type { SubmitOptions } from './submit-options.js';

/** @throws {FiresteelError} SUBMISSION_REFUSED for a version that can not be read */
export function submitOptions(
  application: SparkApplication,
  submissionId: string,
  { master, podMutation }: Pick<ReconcilerSettings, 'master' | 'podMutation'>,
): SubmitOptions {
  const spec = withDefaults(application.spec);
  const conf = confOf({ application, spec, submissionId, tagsExecutors: podMutation === 'webhook' });
  const sparkVersion = sparkVersionText(spec) ?? '';
  if (annotatesExitException(sparkVersion)) setDefault(conf, 'spark.kubernetes.driver.annotateExitException', 'true');
  return {
    master,
    name: application.name,
    primaryResource: spec.mainApplicationFile,
    arguments: spec.arguments ?? [],
    jars: spec.deps?.jars ?? [],
    files: spec.deps?.files ?? [],
    pyFiles: spec.deps?.pyFiles ?? [],
    archives: spec.deps?.archives ?? [],
    packages: spec.deps?.packages ?? [],
    excludePackages: spec.deps?.excludePackages ?? [],
    repositories: spec.deps?.repositories ?? [],
    conf,
    ...(spec.mainClass === undefined ? {} : { mainClass: spec.mainClass }),
    ...(spec.proxyUser ? { proxyUser: spec.proxyUser } : {}),
  };
}

/** Since 4.1 a driver can put the exception that ended it on its own pod. */
function annotatesExitException(sparkVersion: string): boolean {
  const { major, minor } = parseSparkVersion(sparkVersion);
  return major > 4 || (major === 4 && minor >= 1);
}

function setDefault(conf: Map<string, string>, key: string, value: string): void {
  if (!conf.has(key)) conf.set(key, value);
}
