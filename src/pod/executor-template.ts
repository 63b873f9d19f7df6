/**
 * Without a webhook: the features of executors as a pod template, from which Spark makes their pods. It is the same mutation,
 * carried out beforehand on what Spark starts from; what Spark writes over afterwards goes another way, or is refused
 * (docs/compatibility.md: pod mutation without a webhook).
 */
import { withDefaults } from '../api/defaults.js';
import { annotationPrefix, executorContainerNames, label } from '../api/labels.js';
import type { SparkApplication } from '../api/spark-application.js';
import { FiresteelError } from '../errors.js';
import { isJsonObject, type JsonObject } from './json.js';
import { mutatePod } from './mutation.js';
import { findSparkContainer } from './spark-container.js';
import { configMapMounts } from './tag-sources.js';
import { tagsOf } from './tags.js';

/** Variables that Spark sets after the template, and before those of `spark.executorEnv.*` (BasicExecutorFeatureStep). */
const variablesBeforeProperties: ReadonlySet<string> = new Set([
  'SPARK_APPLICATION_ID',
  'SPARK_CONF_DIR',
  'SPARK_DRIVER_URL',
  'SPARK_EXECUTOR_CORES',
  'SPARK_EXECUTOR_ID',
  'SPARK_EXECUTOR_MEMORY',
  'SPARK_RESOURCE_PROFILE_ID',
  'SPARK_USER',
]);

/** Those that come last of all, and so can not be changed (the same, LocalDirsFeatureStep). */
const lastVariables: ReadonlySet<string> = new Set([
  'SPARK_EXECUTOR_POD_IP',
  'SPARK_EXECUTOR_POD_NAME',
  'SPARK_LOCAL_DIRS',
]);

const nodeSelectorPrefix = 'spark.kubernetes.executor.node.selector.';
const terminationGracePeriod = 'spark.kubernetes.executor.terminationGracePeriodSeconds';

/**
 * The application as if its user had written the template: nothing is left for the webhook to do with executors.
 * @throws {FiresteelError} SUBMISSION_REFUSED for what a template can not do
 */
export function withExecutorTemplate(application: SparkApplication): SparkApplication {
  const tags = tagsOf(application, 'executor');
  if (tags.size === 0) return application;
  refuseImpossible(application, tags);
  const { executor = {} } = application.spec;
  const given = isJsonObject(executor.template) ? executor.template : undefined;
  const pod = mutatePod(podOf(given, tags)).pod;
  const asked = variablesAskedFor(application);
  const { template, variables } = withoutSparkVariables(withoutOurs(pod, given), asked, findSparkContainer(pod).index);
  const others = Object.entries(executor.envVars ?? {}).filter(([name]) => !asked.has(name));
  const envVars = { ...Object.fromEntries(others), ...variables };
  const sparkConf = { ...application.spec.sparkConf, ...properties(objectIn(template, 'spec')) };
  return { ...application, spec: { ...application.spec, sparkConf, executor: { ...executor, template, envVars } } };
}

const decommission = 'spark.decommission.enabled';

function refuseImpossible({ spec }: SparkApplication, tags: ReadonlyMap<string, string>): void {
  if (tags.has(`${annotationPrefix}memory-limit`)) {
    throw impossible('spec.executor.memoryLimit', 'Spark sets the limit of executors itself');
  }
  if (tags.has(`${annotationPrefix}lifecycle`) && /^true$/i.test(spec.sparkConf?.[decommission] ?? '')) {
    throw impossible('spec.executor.lifecycle', `Spark sets one of its own for ${decommission}`);
  }
  if ((spec.executor?.terminationGracePeriodSeconds ?? 1) < 1) {
    throw impossible(
      'spec.executor.terminationGracePeriodSeconds',
      `${terminationGracePeriod} takes whole seconds from 1`,
    );
  }
}

/** What Spark would set over the template, if only because a property says so: the same by property. */
function properties({
  nodeSelector,
  schedulerName,
  terminationGracePeriodSeconds,
}: JsonObject): Record<string, string> {
  const selectors = Object.entries(asObject(nodeSelector));
  return {
    ...Object.fromEntries(selectors.map(([key, value]) => [`${nodeSelectorPrefix}${key}`, String(value)])),
    ...(schedulerName === undefined ? {} : { 'spark.kubernetes.executor.scheduler.name': String(schedulerName) }),
    ...(terminationGracePeriodSeconds === undefined
      ? {}
      : { [terminationGracePeriod]: `${terminationGracePeriodSeconds}s` }),
  };
}

function impossible(path: string, why: string): FiresteelError {
  const message = `${path} is not possible with --pod-mutation=template: ${why}`;
  return new FiresteelError('SUBMISSION_REFUSED', message);
}

/** What Spark starts from, as a pod that asks for the features. */
function podOf(template: JsonObject = {}, tags: ReadonlyMap<string, string>): JsonObject {
  const { labels, annotations, ...metadata } = objectIn(template, 'metadata');
  const spec = objectIn(template, 'spec');
  const containers =
    Array.isArray(spec['containers']) && spec['containers'].length > 0 ? spec['containers'] : undefined;
  return {
    ...template,
    metadata: {
      ...metadata,
      labels: { ...asObject(labels), [label.role]: 'executor' },
      annotations: { ...asObject(annotations), ...Object.fromEntries(tags) },
    },
    spec: { ...spec, containers: containers ?? [{ name: executorContainerNames[0] }] },
  };
}

/** Without the annotations, and with the label that the peer gives to pods whose template is not the user's. */
function withoutOurs(pod: JsonObject, given: JsonObject | undefined): JsonObject {
  const { labels, annotations, ...metadata } = objectIn(pod, 'metadata');
  const { [label.role]: _, ...otherLabels } = asObject(labels);
  const others = Object.entries(asObject(annotations)).filter(([key]) => !key.startsWith(annotationPrefix));
  const mutated = given === undefined ? { [label.mutatedByOperator]: 'true' } : {};
  return {
    ...pod,
    metadata: { ...metadata, labels: { ...otherLabels, ...mutated }, annotations: Object.fromEntries(others) },
  };
}

/** Names of the variables that the webhook would set, whoever else says them. */
function variablesAskedFor(application: SparkApplication): ReadonlySet<string> {
  const spec = withDefaults(application.spec);
  const ofConfigMaps = configMapMounts({ application, spec, role: 'executor' }).flatMap(({ env }) => env ?? []);
  return new Set([...(spec.executor.env ?? []).map(({ name }) => name), ...ofConfigMaps]);
}

/** Variables that Spark would set again go by its own properties, which come behind. */
function withoutSparkVariables(template: JsonObject, asked: ReadonlySet<string>, sparkContainer: number) {
  const variables: Record<string, string> = {};
  const spec = objectIn(template, 'spec');
  const containers = listIn(spec, 'containers').map((container, index) => {
    if (index !== sparkContainer || !Array.isArray(container['env'])) return container;
    const env = listIn(container, 'env').filter(({ name, value = '', valueFrom }) => {
      const variable = String(name);
      const isLast = lastVariables.has(variable);
      if (!asked.has(variable) || !(isLast || variablesBeforeProperties.has(variable))) return true;
      if (isLast || valueFrom !== undefined) {
        throw impossible(`spec.executor.env (${variable})`, 'Spark sets this variable itself');
      }
      variables[variable] = String(value);
      return false;
    });
    return { ...container, env };
  });
  return { template: { ...template, spec: { ...spec, containers } }, variables };
}

function listIn(owner: JsonObject, field: string): readonly JsonObject[] {
  const list = owner[field];
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}

function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function objectIn(owner: JsonObject, field: string): JsonObject {
  return asObject(owner[field]);
}
