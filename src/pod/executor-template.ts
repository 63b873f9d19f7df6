/**
 * Without a webhook: the features of executors as a pod template, from which Spark makes their pods. It is the same mutation,
 * carried out beforehand on what Spark starts from; what Spark writes over afterwards goes another way, or is refused
 * (docs/compatibility.md: pod mutation without a webhook).
 */
import { annotationPrefix, executorContainerNames, label } from '../api/labels.js';
import type { SparkApplication } from '../api/spark-application.js';
import { FiresteelError } from '../errors.js';
import { isJsonObject, type JsonObject } from './json.js';
import { mutatePod } from './mutation.js';
import { tagsOf } from './tags.js';

/** Variables that Spark sets after the template (BasicExecutorFeatureStep), of which the last one counts. */
const sparkVariables: ReadonlySet<unknown> = new Set([
  'SPARK_APPLICATION_ID',
  'SPARK_CONF_DIR',
  'SPARK_DRIVER_URL',
  'SPARK_EXECUTOR_CORES',
  'SPARK_EXECUTOR_ID',
  'SPARK_EXECUTOR_MEMORY',
  'SPARK_EXECUTOR_POD_IP',
  'SPARK_EXECUTOR_POD_NAME',
  'SPARK_LOCAL_DIRS',
  'SPARK_RESOURCE_PROFILE_ID',
  'SPARK_USER',
]);

/**
 * The application as if its user had written the template: nothing is left for the webhook to do with executors.
 * @throws {FiresteelError} SUBMISSION_REFUSED for what a template can not do
 */
export function withExecutorTemplate(application: SparkApplication): SparkApplication {
  const tags = tagsOf(application, 'executor');
  if (tags.size === 0) return application;
  if (tags.has(`${annotationPrefix}memory-limit`)) {
    throw impossible('spec.executor.memoryLimit', 'Spark sets the limit of executors itself');
  }
  if (tags.has(`${annotationPrefix}lifecycle`) && /^true$/i.test(application.spec.sparkConf?.[decommission] ?? '')) {
    throw impossible('spec.executor.lifecycle', `Spark sets one of its own for ${decommission}`);
  }
  const { executor = {} } = application.spec;
  const given = isJsonObject(executor.template) ? executor.template : undefined;
  const pod = mutatePod(podOf(given, tags)).pod;
  const { template, variables } = withoutSparkVariables(withoutOurs(pod, given));
  const envVars = { ...executor.envVars, ...variables };
  return { ...application, spec: { ...application.spec, executor: { ...executor, template, envVars } } };
}

const decommission = 'spark.decommission.enabled';

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

/** Variables that Spark would set again go by its own properties, which come last. */
function withoutSparkVariables(template: JsonObject) {
  const variables: Record<string, string> = {};
  const spec = objectIn(template, 'spec');
  const containers = (Array.isArray(spec['containers']) ? spec['containers'] : []).map((container: unknown) => {
    if (!isJsonObject(container) || !Array.isArray(container['env'])) return container;
    const env = container['env'].filter((variable: unknown) => {
      const { name, value = '', valueFrom } = asObject(variable);
      if (!sparkVariables.has(name)) return true;
      if (valueFrom !== undefined) throw impossible(`spec.executor.env (${name})`, 'Spark sets this variable itself');
      variables[String(name)] = String(value);
      return false;
    });
    return { ...container, env };
  });
  return { template: { ...template, spec: { ...spec, containers } }, variables };
}

function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function objectIn(owner: JsonObject, field: string): JsonObject {
  return asObject(owner[field]);
}
