/**
 * The features of spark-submit that are not built yet, by the key that asks for them. Such a key is refused rather than
 * handed on, because then the driver would start without what the user asked for.
 */
import type { ClientEnvironment } from './client-environment.js';
import type { ConfReader } from './conf-reader.js';
import { notSupportedYet } from './refusal.js';

const keys: readonly string[] = [
  'spark.kubernetes.driver.podTemplateFile',
  'spark.kubernetes.executor.podTemplateFile',
  'spark.kubernetes.driver.pod.featureSteps',
  'spark.kubernetes.hadoop.configMapName',
  'spark.kubernetes.authenticate.driver.oauthToken',
  'spark.kubernetes.authenticate.driver.caCertFile',
  'spark.kubernetes.authenticate.driver.clientKeyFile',
  'spark.kubernetes.authenticate.driver.clientCertFile',
  'spark.kerberos.principal',
  'spark.kerberos.keytab',
];

const prefixes: readonly string[] = [
  'spark.kubernetes.driver.volumes.',
  'spark.kubernetes.executor.volumes.',
  'spark.kubernetes.kerberos.',
  'spark.driver.resource.',
];

const variables: readonly (readonly [keyof ClientEnvironment, string])[] = [
  ['hadoopConfDir', 'HADOOP_CONF_DIR'],
  ['sparkConfDir', 'SPARK_CONF_DIR'],
];

/** @throws {FiresteelError} SUBMISSION_REFUSED that names the first such key */
export function checkSupported(conf: ConfReader, environment: ClientEnvironment): void {
  for (const key of conf.entries.keys()) {
    if (keys.includes(key) || prefixes.some((prefix) => key.startsWith(prefix))) throw notSupportedYet(key);
  }
  for (const [field, variable] of variables) {
    if (environment[field] !== undefined) throw notSupportedYet(variable);
  }
}
