/**
 * From the fields of a SparkApplication to Spark properties: one row a family, in the peer's order, where a later entry of
 * the same key wins (compatibility: spark-submit arguments, in order).
 */
import type { DefaultedSpec } from '../../src/api/defaults.js';
import {
  annotationPrefix,
  driverContainerName,
  executorContainerNames,
  label,
  type Role,
} from '../../src/api/labels.js';
import { isLocalDirectory, localDirectorySource } from '../../src/api/local-directories.js';
import { driverPodName } from '../../src/api/names.js';
import type { SparkApplication } from '../../src/api/spark-application.js';
import { escapePlaceholders, tagsOf } from '../../src/pod/tags.js';
import { templatePath } from './application-templates.js';
import { monitoredSpec } from './monitored-spec.js';

export interface ConfSource {
  readonly application: SparkApplication;
  readonly spec: DefaultedSpec;
  readonly submissionId: string;
  /** Whether the webhook is to give executors their features. */
  readonly tagsExecutors: boolean;
}

type Entry = readonly [key: string, value: string];
type Family = (source: ConfSource) => readonly Entry[];

/** One entry, or none where the field is not set. */
function entry(key: string, value: string | number | boolean | undefined): Entry[] {
  return value === undefined ? [] : [[key, String(value)]];
}

function entries(prefix: string, values: Readonly<Record<string, string>> | undefined): Entry[] {
  return Object.entries(values ?? {}).map(([key, value]) => [`${prefix}${key}`, value]);
}

const driverPodNameKey = 'spark.kubernetes.driver.pod.name';

/** Labels of the application's pods that other tools own: Kueue's must stay on the application. */
const notInherited = /^kueue\.x-k8s\.io\//;

/** After all labels of users, whose applications would otherwise pass for one another's. */
function operatorLabels({ application, spec, submissionId }: ConfSource, role: Role): Entry[] {
  return entries(`spark.kubernetes.${role}.label.`, {
    [label.applicationName]: application.name,
    [label.launchedByOperator]: 'true',
    // As the peer, which leaves pods from templates to the templates.
    ...(spec[role].template === undefined ? { [label.mutatedByOperator]: 'true' } : {}),
    [label.submissionId]: submissionId,
  });
}

function inheritedLabels({ application, spec }: ConfSource, role: Role): Entry[] {
  const inherited = Object.entries(application.labels).filter(([key]) => !notInherited.test(key));
  return entries(`spark.kubernetes.${role}.label.`, { ...Object.fromEntries(inherited), ...spec[role].labels });
}

function image({ spec }: ConfSource, role: Role): Entry[] {
  return entry(`spark.kubernetes.${role}.container.image`, spec[role].image ?? spec.image);
}

function resources({ spec }: ConfSource, role: Role): Entry[] {
  const { cores, coreRequest, coreLimit, memory, memoryOverhead } = spec[role];
  return [
    ...entry(`spark.${role}.cores`, cores),
    ...entry(`spark.kubernetes.${role}.request.cores`, coreRequest),
    ...entry(`spark.kubernetes.${role}.limit.cores`, coreLimit),
    ...entry(`spark.${role}.memory`, memory),
    ...entry(`spark.${role}.memoryOverhead`, memoryOverhead),
    ...entry(`spark.kubernetes.authenticate.${role}.serviceAccountName`, spec[role].serviceAccount),
  ];
}

const environmentPrefix: Readonly<Record<Role, string>> = {
  driver: 'spark.kubernetes.driverEnv.',
  executor: 'spark.executorEnv.',
};

function secretVariables({ spec }: ConfSource, role: Role): Entry[] {
  return Object.entries(spec[role].envSecretKeyRefs ?? {}).map(([variable, { name, key }]) => [
    `spark.kubernetes.${role}.secretKeyRef.${variable}`,
    `${name}:${key}`,
  ]);
}

/** Variable and file by which the libraries of each type of Secret find it. */
const secretFiles: Readonly<Record<string, { variable: string; file: string }>> = {
  GCPServiceAccount: { variable: 'GOOGLE_APPLICATION_CREDENTIALS', file: 'key.json' },
  HadoopDelegationToken: { variable: 'HADOOP_TOKEN_FILE_LOCATION', file: 'hadoop.token' },
};

function secrets({ spec }: ConfSource, role: Role): Entry[] {
  return (spec[role].secrets ?? []).flatMap(({ name, path, secretType }) => {
    const known = Object.hasOwn(secretFiles, secretType) ? secretFiles[secretType] : undefined;
    const file =
      known === undefined ? [] : entry(`${environmentPrefix[role]}${known.variable}`, `${path}/${known.file}`);
    return [...entry(`spark.kubernetes.${role}.secrets.${name}`, path), ...file];
  });
}

function variables({ spec }: ConfSource, role: Role): Entry[] {
  return entries(environmentPrefix[role], spec[role].envVars);
}

/** Mounts named `spark-local-dir-…`; the rules of the API make sure that each has a volume of a type known to Spark. */
function localDirectories({ spec }: ConfSource, role: Role): Entry[] {
  return (spec[role].volumeMounts ?? []).filter(isLocalDirectory).flatMap(({ name, mountPath, subPath, readOnly }) => {
    const volume = spec.volumes?.find((candidate) => candidate.name === name);
    const source = volume === undefined ? undefined : localDirectorySource(volume);
    if (source === undefined) return [];
    const prefix = `spark.kubernetes.${role}.volumes.${source.type}.${name}.`;
    return [
      ...entry(`${prefix}mount.path`, mountPath),
      ...entry(`${prefix}mount.subPath`, subPath || undefined),
      ...entry(`${prefix}mount.readOnly`, readOnly || undefined),
      ...source.options.flatMap(([option, value]) => entry(`${prefix}options.${option}`, value)),
    ];
  });
}

/** Spark's own default, widened so that tags, which may hold secrets, show neither in the UI nor in event logs. */
const redaction = `(?i)secret|password|token|access[.]?key|credential`;
const tagRedaction = annotationPrefix.replaceAll('.', '\\.');

/** The tags of the executors reach them through Spark, which copies annotations from conf to the pods that it makes. */
function executorTags({ application, spec, tagsExecutors }: ConfSource): Entry[] {
  if (!tagsExecutors) return [];
  const tags = [...tagsOf(application, 'executor')];
  if (tags.length === 0) return [];
  return [
    ...entry(`spark.kubernetes.executor.label.${label.tagged}`, 'true'),
    ...tags.map(([key, value]): Entry => [`spark.kubernetes.executor.annotation.${key}`, escapePlaceholders(value)]),
    ...entry('spark.redaction.regex', `${spec.sparkConf?.['spark.redaction.regex'] ?? redaction}|${tagRedaction}`),
  ];
}

function dynamicAllocation({ spec }: ConfSource): Entry[] {
  const settings = spec.dynamicAllocation;
  if (!settings?.enabled) return [];
  const prefix = 'spark.dynamicAllocation.';
  return [
    ...entry(`${prefix}enabled`, true),
    ...entry(`${prefix}initialExecutors`, settings.initialExecutors),
    ...entry(`${prefix}minExecutors`, settings.minExecutors),
    ...entry(`${prefix}maxExecutors`, settings.maxExecutors),
    ...entry(`${prefix}shuffleTracking.enabled`, settings.shuffleTrackingEnabled ?? true),
    ...entry(`${prefix}shuffleTracking.timeout`, settings.shuffleTrackingTimeout),
  ];
}

const sparkContainer: Readonly<Record<Role, string>> = {
  driver: driverContainerName,
  executor: executorContainerNames[0],
};

function template({ spec, submissionId }: ConfSource, role: Role): Entry[] {
  if (spec[role].template === undefined) return [];
  return [
    ...entry(`spark.kubernetes.${role}.podTemplateFile`, templatePath(submissionId, role)),
    ...entry(`spark.kubernetes.${role}.podTemplateContainerName`, sparkContainer[role]),
  ];
}

const families: readonly Family[] = [
  ({ application }) => entry('spark.kubernetes.namespace', application.namespace),
  ({ spec }) => entry('spark.kubernetes.container.image', spec.image),
  ({ spec }) => entry('spark.kubernetes.container.image.pullPolicy', spec.imagePullPolicy),
  ({ spec }) => entry('spark.kubernetes.container.image.pullSecrets', spec.imagePullSecrets?.join(',') || undefined),
  ({ spec }) => entry('spark.kubernetes.pyspark.pythonVersion', spec.pythonVersion),
  ({ spec }) => entry('spark.kubernetes.memoryOverheadFactor', spec.memoryOverheadFactor),
  () => entry('spark.kubernetes.submission.waitAppCompletion', false),
  ({ spec }) => entries('', spec.sparkConf).filter(([key]) => key !== driverPodNameKey),
  ({ spec }) => entries('spark.hadoop.', spec.hadoopConf),
  ({ application, spec }) => entry(driverPodNameKey, driverPodName(application.name, spec)),

  (source) => image(source, 'driver'),
  (source) => resources(source, 'driver'),
  ({ spec }) => entry('spark.driver.extraJavaOptions', spec.driver.javaOptions),
  ({ spec }) => entry('spark.kubernetes.driver.master', spec.driver.kubernetesMaster),
  (source) => inheritedLabels(source, 'driver'),
  (source) => operatorLabels(source, 'driver'),
  ({ spec }) => entries('spark.kubernetes.driver.annotation.', spec.driver.annotations),
  ({ spec }) => entries('spark.kubernetes.driver.service.label.', spec.driver.serviceLabels),
  ({ spec }) => entries('spark.kubernetes.driver.service.annotation.', spec.driver.serviceAnnotations),
  (source) => secretVariables(source, 'driver'),
  (source) => variables(source, 'driver'),
  (source) => secrets(source, 'driver'),
  (source) => localDirectories(source, 'driver'),

  ({ spec }) => entry('spark.executor.instances', spec.executor.instances),
  (source) => image(source, 'executor'),
  (source) => resources(source, 'executor'),
  ({ spec }) => entry('spark.kubernetes.executor.deleteOnTermination', spec.executor.deleteOnTermination),
  (source) => inheritedLabels(source, 'executor'),
  (source) => operatorLabels(source, 'executor'),
  ({ spec }) => entries('spark.kubernetes.executor.annotation.', spec.executor.annotations),
  (source) => secretVariables(source, 'executor'),
  ({ spec }) => entry('spark.executor.extraJavaOptions', spec.executor.javaOptions),
  (source) => variables(source, 'executor'),
  (source) => secrets(source, 'executor'),
  (source) => localDirectories(source, 'executor'),
  executorTags,

  ({ spec }) => entries('spark.kubernetes.node.selector.', spec.nodeSelector),
  dynamicAllocation,
  (source) => template(source, 'driver'),
  (source) => template(source, 'executor'),
];

/** Spark properties of an application, in order of precedence resolved. */
export function confOf(source: ConfSource): Map<string, string> {
  const monitored = { ...source, spec: monitoredSpec(source.application, source.spec) };
  return new Map(families.flatMap((family) => family(monitored)));
}
