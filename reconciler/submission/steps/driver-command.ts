/** DriverCommandFeatureStep: the arguments of the image's entry point, and the Python interpreters. */
import type { EnvVar } from 'kubernetes-types/core/v1.js';
import { type Driver, withContainer, withEnv, withProperties } from '../driver.js';
import { confDirectory, propertiesFile } from '../driver-config-map.js';
import { refusedValue } from '../refusal.js';
import type { Submission } from '../submission.js';

export function driverCommand(driver: Driver, submission: Submission): Driver {
  const { proxyUser, mainClass, primaryResource, resourceType } = submission;
  checkPythonVersion(submission);
  const args = [
    'driver',
    ...(proxyUser === undefined ? [] : ['--proxy-user', proxyUser]),
    '--properties-file',
    `${confDirectory}/${propertiesFile}`,
    '--class',
    mainClass,
    primaryResource,
    ...submission.arguments,
  ];
  const withArgs = withContainer(driver, { args: [...(driver.container.args ?? []), ...args] });
  return withProperties(withEnv(withArgs, resourceType === 'python' ? pythonInterpreters(submission) : []), {
    'spark.kubernetes.resource.type': resourceType,
  });
}

function pythonInterpreters({ conf, environment }: Submission): readonly EnvVar[] {
  const python = conf.text('spark.pyspark.python');
  const driverPython = conf.text('spark.pyspark.driver.python');
  const values: readonly (readonly [string, string | undefined])[] = [
    ['PYSPARK_PYTHON', python ?? environment.pysparkPython],
    ['PYSPARK_DRIVER_PYTHON', driverPython ?? python ?? environment.pysparkDriverPython ?? environment.pysparkPython],
  ];
  return values.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

const pythonVersionKey = 'spark.kubernetes.pyspark.pythonVersion';

function checkPythonVersion({ conf, differences, resourceType }: Submission): void {
  const version = conf.text(pythonVersionKey);
  if (differences.pythonVersionKey && resourceType === 'python' && version !== undefined && version !== '3') {
    throw refusedValue(pythonVersionKey, version, 'the major version of Python must be 3');
  }
}
