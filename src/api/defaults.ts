/**
 * The peer's defaults (compatibility: SparkApplication defaulting), computed whenever an application is read and never
 * written back. A typed default gives way to the Spark property of the same meaning.
 */
import { RecentValues, recentApplications } from '../recent-values.js';
import type { DriverSpec, ExecutorSpec, SparkApplicationSpec } from './spark-application-spec.js';

type RestartPolicy = NonNullable<SparkApplicationSpec['restartPolicy']>;

export type DefaultedSpec = SparkApplicationSpec & {
  mode: 'cluster' | 'client';
  restartPolicy: RestartPolicy & { type: 'Never' | 'Always' | 'OnFailure' };
  driver: DriverSpec;
  executor: ExecutorSpec;
};

/** Between tries, in seconds. */
const retryInterval = 5;

const recent = new RecentValues<SparkApplicationSpec, DefaultedSpec>(recentApplications);

/** Not to be written to: it is kept for who asks again. */
export function withDefaults(spec: SparkApplicationSpec): DefaultedSpec {
  return recent.get(spec, () => defaulted(spec));
}

function defaulted(spec: SparkApplicationSpec): DefaultedSpec {
  const isSet = (key: string) => Object.hasOwn(spec.sparkConf ?? {}, key);
  return {
    ...spec,
    mode: spec.mode || 'cluster',
    restartPolicy: defaultedRestartPolicy(spec.restartPolicy),
    driver: {
      ...(isSet('spark.driver.cores') ? {} : { cores: 1 }),
      ...(isSet('spark.driver.memory') ? {} : { memory: '1g' }),
      ...spec.driver,
    },
    executor: {
      ...(isSet('spark.executor.cores') ? {} : { cores: 1 }),
      ...(isSet('spark.executor.memory') ? {} : { memory: '1g' }),
      ...(hasNumberOfExecutors(spec) ? {} : { instances: 1 }),
      ...spec.executor,
    },
    ...(spec.dynamicAllocation?.enabled
      ? { dynamicAllocation: { shuffleTrackingEnabled: true, ...spec.dynamicAllocation } }
      : {}),
  };
}

function defaultedRestartPolicy(policy: RestartPolicy = {}): DefaultedSpec['restartPolicy'] {
  const type = policy.type || 'Never';
  if (type === 'Never') return { ...policy, type };
  return {
    onSubmissionFailureRetryInterval: retryInterval,
    onFailureRetryInterval: retryInterval,
    ...policy,
    type,
  };
}

/** From a property, or from dynamic allocation; the typed field of it counts before the property. */
function hasNumberOfExecutors({ sparkConf, dynamicAllocation }: SparkApplicationSpec): boolean {
  if ((sparkConf?.['spark.executor.instances'] ?? '') !== '') return true;
  if (dynamicAllocation !== undefined) return dynamicAllocation.enabled ?? false;
  return /^\s*true\s*$/i.test(sparkConf?.['spark.dynamicAllocation.enabled'] ?? '');
}
