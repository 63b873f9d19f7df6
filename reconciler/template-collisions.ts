/**
 * Without a webhook: what the template of executors and Spark's own properties both put into their pods. The webhook lets its
 * annotation win, in place; Spark would append its own behind that of the template, which then counts, or makes the API server
 * refuse every executor. So the submission is refused in words. What Spark appends: EnvSecretsFeatureStep,
 * MountVolumesFeatureStep, MountSecretsFeatureStep, BasicExecutorFeatureStep.
 */
import { withDefaults } from '../src/api/defaults.js';
import { configMapVolumeName } from '../src/api/names.js';
import type { SparkApplication } from '../src/api/spark-application.js';
import { FiresteelError } from '../src/errors.js';
import type { TagSource } from '../src/pod/concern.js';
import { configMapMounts, ports, volumeMounts, volumes } from '../src/pod/tag-sources.js';

type Conf = ReadonlyMap<string, string>;

interface Collision {
  readonly what: string;
  /** What the webhook would put into the pod. */
  readonly asked: (source: TagSource) => readonly string[];
  /** What Spark appends. */
  readonly appended: (conf: Conf) => readonly string[];
}

const volumeMount = /^spark\.kubernetes\.executor\.volumes\.[^.]+\.(.+)\.mount\.path$/;
const secretPrefix = 'spark.kubernetes.executor.secrets.';

const collisions: readonly Collision[] = [
  {
    what: 'variable',
    asked: (source) => [
      ...(source.spec.executor.env ?? []).map(({ name }) => name),
      ...configMapMounts(source).flatMap(({ env }) => env ?? []),
    ],
    appended: (conf) => [
      ...namesAfter(conf, 'spark.executorEnv.'),
      ...namesAfter(conf, 'spark.kubernetes.executor.secretKeyRef.'),
    ],
  },
  {
    what: 'mount at',
    asked: (source) => [
      ...volumeMounts(source).map(({ mountPath }) => mountPath),
      ...configMapMounts(source).map(({ path }) => path),
    ],
    appended: (conf) => [
      '/opt/spark/conf',
      ...[...conf].filter(([key]) => volumeMount.test(key) || key.startsWith(secretPrefix)).map(([, path]) => path),
    ],
  },
  {
    what: 'volume',
    asked: (source) => [
      ...volumes(source).map(({ name }) => name),
      ...configMapMounts(source).map(({ name, volume }) => volume ?? configMapVolumeName(name)),
    ],
    appended: (conf) => [
      ...[...conf.keys()].flatMap((key) => volumeMount.exec(key)?.[1] ?? []),
      ...namesAfter(conf, secretPrefix).map((name) => `${name}-volume`),
    ],
  },
  {
    what: 'port',
    asked: (source) => ports(source).map(({ name = '' }) => name),
    appended: () => ['blockmanager'],
  },
];

/**
 * @param asked the application as it came
 * @param conf its properties, with those by which variables go that Spark sets itself
 * @param byProperty names of the latter
 * @throws {FiresteelError} SUBMISSION_REFUSED
 */
export function checkTemplateCollisions(asked: SparkApplication, conf: Conf, byProperty: ReadonlySet<string>): void {
  const source = { application: asked, spec: withDefaults(asked.spec), role: 'executor' as const };
  for (const { what, asked: keys, appended } of collisions) {
    const ofSpark = new Set(appended(conf).filter((key) => !byProperty.has(key)));
    const twice = keys(source).find((key) => ofSpark.has(key));
    if (twice === undefined) continue;
    throw new FiresteelError(
      'SUBMISSION_REFUSED',
      `spec.executor: ${what} ${twice} is not possible with --pod-mutation=template: Spark makes one of its own`,
    );
  }
}

function namesAfter(conf: Conf, prefix: string): string[] {
  return [...conf.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
}
