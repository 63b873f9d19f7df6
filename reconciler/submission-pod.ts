/**
 * The pod in which spark-submit runs, and the ConfigMap with what it reads: without it the pod can not start, so that it is
 * fenced as a native driver is. Pure: the same submission gives the same objects.
 */
import { annotationPrefix, label, submitterContainerName } from '../src/api/labels.js';
import {
  type SparkApplication,
  sparkApplicationApiVersion,
  sparkApplicationKind,
} from '../src/api/spark-application.js';
import { timeoutsOf } from '../src/api/timeouts.js';
import { isJsonObject, type JsonObject } from '../src/pod/json.js';
import { mutatePod } from '../src/pod/mutation.js';
import { tagsOf } from '../src/pod/tags.js';
import type { SubmissionKey } from './driver-rendering.js';
import type { ReconcilerSettings } from './settings.js';
import { submitOptions } from './submission/application-options.js';
import { templateFiles } from './submission/application-templates.js';
import { formatJavaProperties } from './submission/java-properties.js';
import { type MonitoringConfigMap, monitoringConfigMap } from './submission/monitoring-config-map.js';
import { submissionConfigMapName, submissionPodName, submissionVolumeName } from './submission/names.js';
import { refused } from './submission/refusal.js';
import { checkConfigMapData } from './submission/size-limits.js';
import { commandOf, propertiesFileName, propertiesOf, submissionDirectory } from './submission/submit-command.js';
import type { SubmitOptions } from './submission/submit-options.js';
import { driverTags } from './submitted-driver.js';

export type SubmissionPodSettings = Pick<
  ReconcilerSettings,
  'master' | 'podMutation' | 'timeouts' | 'submissionPodServiceAccount'
>;

export interface SubmissionPodObjects {
  readonly pod: JsonObject;
  /** Without its owner, the pod. */
  readonly configMap: ConfigMap;
  /** The driver mounts it. */
  readonly monitoring: MonitoringConfigMap | undefined;
}

interface ConfigMap {
  readonly apiVersion: 'v1';
  readonly kind: 'ConfigMap';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly immutable: true;
  readonly data: Readonly<Record<string, string>>;
}

/**
 * @param submission its `configMapId` is drawn anew for each POST of the pod
 * @throws {FiresteelError} SUBMISSION_REFUSED
 */
export function renderSubmissionPod(
  application: SparkApplication,
  submission: SubmissionKey,
  settings: SubmissionPodSettings,
): SubmissionPodObjects {
  const options = submitOptions(application, submission.id, settings);
  const configMap = configMapOf(application, submission, options);
  checkConfigMapData(`ConfigMap ${configMap.metadata.name}`, configMap.data);
  const pod = podOf(application, submission, options, settings, configMap.metadata.name);
  return { pod: asTheDriver(pod, application), configMap, monitoring: monitoringConfigMap(application) };
}

function configMapOf(application: SparkApplication, submission: SubmissionKey, options: SubmitOptions): ConfigMap {
  const properties = propertiesOf(options, driverTags(application));
  const comment = `Spark properties of ${application.namespace}/${application.name}`;
  const templates = [...templateFiles(application.spec, submission.id).files].map(([path, bytes]) => [
    path.slice(submissionDirectory(submission.id).length + 1),
    Buffer.from(bytes).toString('utf8'),
  ]);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: submissionConfigMapName(submission.configMapId ?? noConfigMapId),
      namespace: application.namespace,
    },
    immutable: true,
    data: {
      ...Object.fromEntries(templates),
      [propertiesFileName]: formatJavaProperties(properties, comment, submission.submitTime),
    },
  };
}

/** Of a submission that is only looked at. */
const noConfigMapId = '0'.repeat(16);

/** What two JVMs that copy files need; the heap is a quarter of the limit. */
const resources = { requests: { cpu: '100m', memory: '512Mi' }, limits: { memory: '1Gi' } };

function podOf(
  application: SparkApplication,
  { id }: SubmissionKey,
  options: SubmitOptions,
  settings: SubmissionPodSettings,
  configMapName: string,
): JsonObject {
  const { conf } = options;
  const { secretVolumes, secretMounts } = secretsOf(conf);
  const serviceAccountName =
    settings.submissionPodServiceAccount ?? conf.get('spark.kubernetes.authenticate.driver.serviceAccountName');
  const pullPolicy = conf.get('spark.kubernetes.container.image.pullPolicy');
  const pullSecrets = namesIn(conf.get('spark.kubernetes.container.image.pullSecrets'));
  const nodeSelector = Object.fromEntries([
    ...withPrefix(conf, 'spark.kubernetes.node.selector.'),
    ...withPrefix(conf, 'spark.kubernetes.driver.node.selector.'),
  ]);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: submissionPodName(application.name),
      namespace: application.namespace,
      labels: {
        [label.applicationName]: application.name,
        [label.launchedByOperator]: 'true',
        [label.submissionId]: id,
        [label.submitter]: 'pod',
      },
      ownerReferences: [
        {
          apiVersion: sparkApplicationApiVersion,
          kind: sparkApplicationKind,
          name: application.name,
          uid: application.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: Math.ceil(
        timeoutsOf(application.annotations, settings.timeouts)['submission pod'] / 1_000,
      ),
      ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
      ...(pullSecrets.length === 0 ? {} : { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
      ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector }),
      containers: [
        {
          name: submitterContainerName,
          image: imageOf(conf),
          ...(pullPolicy === undefined ? {} : { imagePullPolicy: pullPolicy }),
          args: commandOf(options, id),
          env: variablesOf(conf),
          resources,
          terminationMessagePolicy: 'FallbackToLogsOnError',
          volumeMounts: [
            { name: submissionVolumeName, mountPath: submissionDirectory(id), readOnly: true },
            ...secretMounts,
          ],
        },
      ],
      volumes: [{ name: submissionVolumeName, configMap: { name: configMapName } }, ...secretVolumes],
    },
  };
}

/** Where spark-submit runs, as whom, and what it finds there; nothing that is for the driver's own life. */
const submitterTags: ReadonlySet<string> = new Set(
  [
    ...['env', 'env-from', 'config-maps', 'volumes', 'volume-mounts'],
    ...['host-aliases', 'dns-config', 'scheduler-name', 'node-selector', 'affinity', 'tolerations'],
    ...['security-context', 'pod-security-context'],
  ].map((name) => `${annotationPrefix}${name}`),
);

/** With what the webhook gives the driver: what is uploaded, and where to, may be on its volumes. */
function asTheDriver(pod: JsonObject, application: SparkApplication): JsonObject {
  const { metadata } = pod;
  if (!isJsonObject(metadata)) return pod;
  const annotations = Object.fromEntries([...tagsOf(application, 'driver')].filter(([key]) => submitterTags.has(key)));
  const mutated = mutatePod({ ...pod, metadata: { ...metadata, annotations } });
  return { ...mutated.pod, metadata };
}

function imageOf(conf: ReadonlyMap<string, string>): string {
  const image = conf.get('spark.kubernetes.driver.container.image') ?? conf.get('spark.kubernetes.container.image');
  if (image === undefined) throw refused('Must specify the driver container image');
  return image;
}

function variablesOf(conf: ReadonlyMap<string, string>): object[] {
  const plain = withPrefix(conf, 'spark.kubernetes.driverEnv.').map(([name, value]) => ({ name, value }));
  const secret = withPrefix(conf, 'spark.kubernetes.driver.secretKeyRef.').map(([name, reference]) => {
    const [secretName = '', key = ''] = reference.split(':');
    return { name, valueFrom: { secretKeyRef: { name: secretName, key } } };
  });
  return [...plain, ...secret];
}

function secretsOf(conf: ReadonlyMap<string, string>): { secretVolumes: object[]; secretMounts: object[] } {
  const secrets = withPrefix(conf, 'spark.kubernetes.driver.secrets.');
  return {
    secretVolumes: secrets.map(([name]) => ({ name: `${name}-volume`, secret: { secretName: name } })),
    secretMounts: secrets.map(([name, path]) => ({ name: `${name}-volume`, mountPath: path })),
  };
}

function withPrefix(conf: ReadonlyMap<string, string>, prefix: string): [name: string, value: string][] {
  return [...conf].filter(([key]) => key.startsWith(prefix)).map(([key, value]) => [key.slice(prefix.length), value]);
}

function namesIn(list = ''): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
