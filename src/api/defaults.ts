/**
 * The peer's defaults (compatibility: SparkApplication defaulting), computed whenever an application is read and never
 * written back. A typed default gives way to the Spark property of the same meaning.
 */
import type { SparkApplicationSpec } from './spark-application-spec.js';

export type DefaultedSpec = SparkApplicationSpec & {
  driver: NonNullable<SparkApplicationSpec['driver']>;
  executor: NonNullable<SparkApplicationSpec['executor']>;
};

export function withDefaults(spec: SparkApplicationSpec): DefaultedSpec {
  const isSet = (key: string) => Object.hasOwn(spec.sparkConf ?? {}, key);
  const instances = spec.sparkConf?.['spark.executor.instances'] ?? '';
  const usesDynamicAllocation = /^\s*true\s*$/i.test(spec.sparkConf?.['spark.dynamicAllocation.enabled'] ?? '');
  return {
    ...spec,
    driver: {
      ...(isSet('spark.driver.cores') ? {} : { cores: 1 }),
      ...(isSet('spark.driver.memory') ? {} : { memory: '1g' }),
      ...spec.driver,
    },
    executor: {
      ...(isSet('spark.executor.cores') ? {} : { cores: 1 }),
      ...(isSet('spark.executor.memory') ? {} : { memory: '1g' }),
      ...(instances !== '' || usesDynamicAllocation ? {} : { instances: 1 }),
      ...spec.executor,
    },
  };
}
