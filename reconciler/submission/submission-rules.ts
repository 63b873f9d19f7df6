/** What SparkSubmit checks before it does anything: the rules of `SparkSubmitArguments` and `prepareSubmitEnvironment`. */
import type { ConfReader } from './conf-reader.js';
import { refused, refusedValue } from './refusal.js';
import type { SubmitOptions } from './submit-options.js';

/** @throws {FiresteelError} SUBMISSION_REFUSED for the first rule that is broken */
export function checkSubmission(options: SubmitOptions, conf: ConfReader): void {
  checkPrimaryResource(options);
  checkMemory(conf);
  checkCounts(conf);
  if (options.proxyUser !== undefined && conf.entries.has('spark.kerberos.principal')) {
    throw refused('Only one of --proxy-user or --principal (spark.kerberos.principal) can be provided');
  }
  checkMainClass(options);
  checkExclusiveKeys(conf);
  checkConfigMapLimit(conf);
}

const shells: ReadonlySet<string> = new Set(['spark-shell', 'pyspark-shell', 'sparkr-shell']);

function checkPrimaryResource({ primaryResource }: SubmitOptions): void {
  if (primaryResource === '') throw refused('Missing application resource: name a jar, a Python file or an R file');
  if (shells.has(primaryResource)) {
    throw refused(`${primaryResource}: cluster deploy mode is not applicable to Spark shells`);
  }
}

const memoryKeys = { 'spark.driver.memory': 'Driver memory', 'spark.executor.memory': 'Executor memory' };

function checkMemory(conf: ConfReader): void {
  for (const [key, subject] of Object.entries(memoryKeys)) {
    const value = conf.entries.get(key);
    if (value !== undefined && !conf.isPositiveSize(key)) {
      throw refusedValue(key, value, `${subject} must be a positive number with a unit, such as 512m or 2g`);
    }
  }
}

const countKeys = {
  'spark.driver.cores': 'Driver cores',
  'spark.executor.cores': 'Executor cores',
  'spark.executor.instances': 'Number of executors',
};

function checkCounts(conf: ConfReader): void {
  const dynamicAllocation = conf.entries.get('spark.dynamicAllocation.enabled')?.toLowerCase() === 'true';
  for (const [key, subject] of Object.entries(countKeys)) {
    if (key === 'spark.executor.instances' && dynamicAllocation) continue;
    const value = conf.entries.get(key);
    if (value !== undefined && !(/^\+?\d{1,10}$/.test(value) && Number(value) > 0 && Number(value) < 2 ** 31)) {
      throw refusedValue(key, value, `${subject} must be a positive number`);
    }
  }
}

/** Classes that only run where the user is. */
const clientOnlyClasses: ReadonlyMap<string, string> = new Map([
  ['org.apache.spark.sql.hive.thriftserver.SparkSQLCLIDriver', 'the Spark SQL shell'],
  ['org.apache.spark.sql.hive.thriftserver.HiveThriftServer2', 'the Spark Thrift server'],
  ['org.apache.spark.sql.connect.service.SparkConnectServer', 'the Spark Connect server'],
]);

function checkMainClass({ mainClass = '' }: SubmitOptions): void {
  const what = clientOnlyClasses.get(mainClass);
  if (what !== undefined) throw refused(`${mainClass}: cluster deploy mode is not applicable to ${what}`);
}

const submissionToken = 'spark.kubernetes.authenticate.submission.oauthToken';

function checkExclusiveKeys(conf: ConfReader): void {
  if (conf.entries.has(submissionToken) && conf.entries.has(`${submissionToken}File`)) {
    throw refused(`Cannot specify OAuth token through both ${submissionToken}File and ${submissionToken}`);
  }
}

const configMapLimitKey = 'spark.kubernetes.configMap.maxSize';

function checkConfigMapLimit(conf: ConfReader): void {
  const limit = conf.integer(configMapLimitKey);
  if (limit !== undefined && limit > 1_048_576) {
    throw refusedValue(configMapLimitKey, String(limit), 'a ConfigMap holds at most 1048576 bytes');
  }
}
