/**
 * Everything that one submission of an application creates: Spark's objects, with the operator's labels, owner and tags on
 * the driver pod. Pure: the same application, submission id and time give the same objects, whoever asks and how often.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { withDefaults } from '../src/api/defaults.js';
import { isNestedTooDeeply } from '../src/api/json-limits.js';
import { appliedAnnotation, driverContainerName, label } from '../src/api/labels.js';
import { readRuled, type SparkApplication } from '../src/api/spark-application.js';
import { sparkVersionText } from '../src/api/spark-version-text.js';
import { FiresteelError } from '../src/errors.js';
import { withExecutorTemplate } from '../src/pod/executor-template.js';
import { canonicalJson, isJsonObject } from '../src/pod/json.js';
import { mutatePod } from '../src/pod/mutation.js';
import { digestOf, tagsOf } from '../src/pod/tags.js';
import { RecentValues, recentApplications } from '../src/recent-values.js';
import { version } from '../src/version.js';
import { controllerOf } from './application-owner.js';
import type { ReconcilerSettings } from './settings.js';
import { submitOptions } from './submission/application-options.js';
import { templateFiles } from './submission/application-templates.js';
import { buildDriver, type DriverObjects } from './submission/driver-objects.js';
import { idsOf, type SubmissionIds } from './submission/ids.js';
import { type MonitoringConfigMap, monitoringConfigMap } from './submission/monitoring-config-map.js';
import { checkAnnotations } from './submission/size-limits.js';
import { driverTags } from './submitted-driver.js';
import { checkTemplateCollisions } from './template-collisions.js';

/** Version of this code as the status records it. */
export const renderer = `firesteel-${version}`;

/** With the way in which pods get their features: another version or way must not finish a submission that this one began. */
export function rendererOf({ podMutation }: Pick<ReconcilerSettings, 'podMutation'>): string {
  return podMutation === 'webhook' ? renderer : `${renderer}-${podMutation}`;
}

export interface SubmissionKey {
  /** A UUID; all names and ids derive from it. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly submitTime: number;
  /**
   * 16 hex digits in the name of the driver's ConfigMap, drawn anew for each POST of the pod: a pod that comes late, when
   * another one has been claimed, then waits for a ConfigMap that nobody makes. Left out: derived from `id`.
   */
  readonly configMapId?: string;
}

export interface RenderedDriver extends DriverObjects {
  /** Created before everything else, if there is one; of the application rather than of the driver. */
  readonly monitoring: MonitoringConfigMap | undefined;
}

type RenderingSettings = Pick<ReconcilerSettings, 'master' | 'podMutation'>;

const renderings = new RecentValues<SparkApplication, { readonly key: string; readonly driver: RenderedDriver }>(
  recentApplications,
);

/** The objects are not to be written to: they are kept for who asks again. @throws {FiresteelError} SUBMISSION_REFUSED */
export function renderDriver(
  application: SparkApplication,
  submission: SubmissionKey,
  settings: RenderingSettings,
): RenderedDriver {
  const { id, submitTime, configMapId = '' } = submission;
  const key = [id, submitTime, configMapId, settings.podMutation, settings.master].join(' ');
  const render = () => ({ key, driver: renderAnew(application, submission, settings) });
  return renderings.get(application, render, (known) => known.key === key).driver;
}

function renderAnew(asked: SparkApplication, submission: SubmissionKey, settings: RenderingSettings): RenderedDriver {
  const isByTemplate = settings.podMutation === 'template';
  const application = isByTemplate ? asSubmission(() => withExecutorTemplate(asked)) : asked;
  const options = submitOptions(application, submission.id, settings);
  if (application !== asked) {
    checkTemplateCollisions(asked, options.conf, new Set(Object.keys(application.spec.executor?.envVars ?? {})));
  }
  const objects = buildDriver(
    options,
    sparkVersionText(withDefaults(application.spec)) ?? '',
    // The user of the official images; it decides the Hadoop user name.
    { sparkUser: options.proxyUser ?? 'spark' },
    submissionIds(submission),
    templateFiles(application.spec, submission.id),
  );
  const tags = tagsOf(application, 'driver');
  const pod = operatorsOwn(objects.pod, application, tags);
  checkAnnotations('the driver', { ...pod.metadata?.annotations, ...evidence });
  checkAnnotations('an executor', { ...executorAnnotations(options.conf), ...evidence });
  return {
    ...objects,
    // Without tags there is no evidence either.
    pod: isByTemplate && tags.size > 0 ? asSubmission(() => mutated(pod)) : pod,
    monitoring: monitoringConfigMap(application),
  };
}

const podSchema = z.custom<Pod>(isJsonObject);

/** The driver as the webhook would leave it, its annotations and the evidence included. */
function mutated(pod: Pod): Pod {
  return podSchema.parse(mutatePod(pod).pod);
}

/** What would deny a pod refuses the submission, when there is no webhook to deny it. */
function asSubmission<Result>(mutate: () => Result): Result {
  try {
    return mutate();
  } catch (cause) {
    if (!(cause instanceof FiresteelError)) throw cause;
    throw new FiresteelError('SUBMISSION_REFUSED', cause.message, { cause });
  }
}

/** What the webhook adds to the annotations of a pod. */
const evidence = { [appliedAnnotation]: '0'.repeat(64) };

const executorAnnotation = 'spark.kubernetes.executor.annotation.';

/** As Spark will write them: too large ones would keep every executor from being created. */
function executorAnnotations(conf: ReadonlyMap<string, string>): Record<string, string> {
  const entries = [...conf].filter(([key]) => key.startsWith(executorAnnotation));
  return Object.fromEntries(entries.map(([key, value]) => [key.slice(executorAnnotation.length), value]));
}

function submissionIds({ id, submitTime, configMapId }: SubmissionKey): SubmissionIds {
  const ids = idsOf(id, submitTime);
  return configMapId === undefined ? ids : { ...ids, configMapId };
}

const digests = new RecentValues<SparkApplication, { readonly digest: string | undefined; readonly submitter?: 'pod' }>(
  recentApplications,
);

/** What the webhook must have written on the driver pod; undefined where it has nothing to do there. */
export function expectedDigest(application: SparkApplication, submitter?: 'pod'): string | undefined {
  const compute = () => ({ digest: digestFor(application, submitter), ...(submitter && { submitter }) });
  return digests.get(application, compute, (known) => known.submitter === submitter).digest;
}

function digestFor(application: SparkApplication, submitter: 'pod' | undefined): string | undefined {
  const tags = submitter === 'pod' ? driverTags(application) : tagsOf(application, 'driver');
  return tags.size === 0 ? undefined : digestOf(tags);
}

type Pod = DriverObjects['pod'];

function operatorsOwn(pod: Pod, application: SparkApplication, tags: ReadonlyMap<string, string>): Pod {
  const tagged = tags.size === 0 ? {} : { [label.tagged]: 'true' };
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      labels: { ...pod.metadata?.labels, ...tagged },
      ...(tags.size === 0 ? {} : { annotations: { ...pod.metadata?.annotations, ...Object.fromEntries(tags) } }),
      ownerReferences: [...(pod.metadata?.ownerReferences ?? []), controllerOf(application)],
    },
    ...(pod.spec === undefined ? {} : { spec: { ...pod.spec, containers: pod.spec.containers.map(keepLastWords) } }),
  };
}

type Container = NonNullable<Pod['spec']>['containers'][number];

/** Spark writes no termination message; the end of its log then tells why it failed. */
function keepLastWords(container: Container): Container {
  if (container.name !== driverContainerName || container.terminationMessagePolicy !== undefined) return container;
  return { ...container, terminationMessagePolicy: 'FallbackToLogsOnError' };
}

/**
 * Digest of what a submission is made from: the spec without what may change under a running application, and with its defaults,
 * so that a manifest that says them is no other one.
 */
export function specHash(spec: object): string {
  return specHashes.get(spec, () => specHashAnew(spec));
}

const specHashes = new RecentValues<object, string>(recentApplications);

function specHashAnew(spec: object): string {
  // Such a spec is refused when it is read; its digest need only be unlike any other's.
  if (isNestedTooDeeply(spec)) return 'nested too deeply';
  const read = readRuled({ metadata: { name: '' }, spec });
  const { suspend, timeToLiveSeconds, ...submitted } = {
    suspend: undefined,
    timeToLiveSeconds: undefined,
    ...(read === undefined ? spec : withDefaults(read.spec)),
  };
  return createHash('sha256').update(canonicalJson(submitted)).digest('hex').slice(0, 32);
}
