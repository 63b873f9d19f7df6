/**
 * What SparkSubmit does before the Kubernetes code: it fills in the name and the main class, checks, turns options into
 * configuration keys, and so settles what will stand in `spark.properties`.
 */
import type { ClientEnvironment } from './client-environment.js';
import { ConfReader } from './conf-reader.js';
import { dependencies, resourceArgument } from './dependencies.js';
import { differencesOf } from './differences.js';
import type { SubmissionIds } from './ids.js';
import { kubernetesMaster } from './master.js';
import { resourceNamePrefix } from './names.js';
import { refused } from './refusal.js';
import { fileNameOf } from './resource-uri.js';
import { parseSparkVersion, type SparkVersion } from './spark-version.js';
import type { ResourceType, Submission } from './submission.js';
import { checkSubmission } from './submission-rules.js';
import type { SubmitOptions } from './submit-options.js';
import type { SubmitterFiles } from './submitter-files.js';
import { UploadPlan } from './uploads.js';

/** @throws {FiresteelError} SUBMISSION_REFUSED */
export function resolveSubmission(
  options: SubmitOptions,
  sparkVersion: string,
  environment: ClientEnvironment,
  ids: SubmissionIds,
  files: SubmitterFiles,
): Submission {
  const version = parseSparkVersion(sparkVersion);
  const { differences, substitutedBy } = differencesOf(version);
  const given = sparkKeys(options.conf);
  checkSubmission(options, new ConfReader(given.conf, differences.kubernetesMemoryUnits));
  const resourceType = resourceTypeOf(options.primaryResource);
  const mainClass = mainClassOf(options, resourceType);
  const applicationName = applicationNameOf(options, given.conf);
  const uploads = new UploadPlan(
    given.conf.get('spark.kubernetes.file.upload.path'),
    environment.workingDirectory,
    ids,
  );
  const primaryResource = resourceArgument(options.primaryResource, resourceType, uploads);
  const conf = new ConfReader(
    submittedConf(options, given.conf, resourceType, applicationName, ids, uploads),
    differences.kubernetesMemoryUnits,
  );
  return {
    version,
    differences,
    conf,
    namespace: conf.text('spark.kubernetes.namespace') ?? 'default',
    applicationName,
    resourceNamePrefix: resourceNamePrefix(applicationName, ids),
    resourceType,
    mainClass,
    primaryResource,
    uploads: uploads.uploads,
    arguments: options.arguments,
    ...(options.proxyUser === undefined ? {} : { proxyUser: options.proxyUser }),
    environment,
    files,
    ids,
    warnings: [...substitutionWarnings(version, substitutedBy), ...given.warnings],
  };
}

function substitutionWarnings(version: SparkVersion, substitutedBy: string | undefined): readonly string[] {
  if (substitutedBy === undefined) return [];
  return [
    `Spark ${version.text} is not among the versions known here; it is submitted as Spark ${substitutedBy} would`,
  ];
}

/** Spark drops keys that are not its own, and says so. */
function sparkKeys(conf: ReadonlyMap<string, string>): { conf: Map<string, string>; warnings: readonly string[] } {
  const foreign = [...conf.keys()].filter((key) => !key.startsWith('spark.'));
  return {
    conf: new Map([...conf].filter(([key]) => key.startsWith('spark.'))),
    warnings: foreign.map((key) => `${key}: not a Spark property, left out`),
  };
}

function resourceTypeOf(primaryResource: string): ResourceType {
  if (primaryResource.endsWith('.py')) return 'python';
  return /\.[rR]$/.test(primaryResource) ? 'r' : 'java';
}

const runners: Readonly<Record<ResourceType, string | undefined>> = {
  java: undefined,
  python: 'org.apache.spark.deploy.PythonRunner',
  r: 'org.apache.spark.deploy.RRunner',
};

function mainClassOf(options: SubmitOptions, resourceType: ResourceType): string {
  const mainClass = runners[resourceType] ?? options.mainClass;
  if (mainClass === undefined) {
    throw refused(
      `Failed to get the main class in JAR ${options.primaryResource}: specify one with --class (mainClass)`,
    );
  }
  return mainClass;
}

function applicationNameOf(options: SubmitOptions, conf: ReadonlyMap<string, string>): string {
  return options.name ?? conf.get('spark.app.name') ?? options.mainClass ?? fileNameOf(options.primaryResource);
}

function submittedConf(
  options: SubmitOptions,
  given: ReadonlyMap<string, string>,
  resourceType: ResourceType,
  applicationName: string,
  ids: SubmissionIds,
  uploads: UploadPlan,
): Map<string, string> {
  const conf = new Map([...given, ...dependencies(options, given, resourceType, uploads)]);
  conf.set('spark.master', kubernetesMaster(options.master));
  conf.set('spark.submit.deployMode', 'cluster');
  conf.set('spark.app.name', applicationName);
  conf.delete('spark.driver.host');
  if (!conf.has('spark.app.submitTime')) conf.set('spark.app.submitTime', String(ids.submitTime));
  return conf;
}
