/**
 * The feature steps of Spark's `KubernetesDriverBuilder`, in its order. What a new Spark feature adds to the driver is
 * another step in this list.
 */
import type { Driver } from './driver.js';
import { notSupportedYet } from './refusal.js';
import { basicDriver } from './steps/basic-driver.js';
import { driverCommand } from './steps/driver-command.js';
import { driverKubernetesCredentials } from './steps/driver-kubernetes-credentials.js';
import { driverService } from './steps/driver-service.js';
import { envSecrets } from './steps/env-secrets.js';
import { localDirs } from './steps/local-dirs.js';
import { mountSecrets } from './steps/mount-secrets.js';
import { networkPolicy } from './steps/network-policy.js';
import type { Submission } from './submission.js';

interface FeatureStep {
  /** Spark's class, without its package. */
  readonly name: string;
  /** What the step adds to the driver; it may refuse the submission. */
  readonly apply: (driver: Driver, submission: Submission) => Driver;
  /** Whether the driver still has a name and a command without it. */
  readonly excludable: boolean;
}

const featureSteps: readonly FeatureStep[] = [
  { name: 'BasicDriverFeatureStep', apply: basicDriver, excludable: false },
  { name: 'DriverKubernetesCredentialsFeatureStep', apply: driverKubernetesCredentials, excludable: true },
  { name: 'DriverServiceFeatureStep', apply: driverService, excludable: true },
  { name: 'NetworkPolicyFeatureStep', apply: networkPolicy, excludable: true },
  { name: 'MountSecretsFeatureStep', apply: mountSecrets, excludable: true },
  { name: 'EnvSecretsFeatureStep', apply: envSecrets, excludable: true },
  { name: 'DriverCommandFeatureStep', apply: driverCommand, excludable: false },
  { name: 'LocalDirsFeatureStep', apply: localDirs, excludable: true },
];

const excludedKey = 'spark.kubernetes.driver.pod.excludedFeatureSteps';
const stepPackage = 'org.apache.spark.deploy.k8s.features.';

/** @throws {FiresteelError} SUBMISSION_REFUSED */
export function applyFeatureSteps(driver: Driver, submission: Submission): Driver {
  const excluded = excludedSteps(submission);
  return featureSteps.reduce((current, step) => {
    const next = step.apply(current, submission);
    // Spark makes the excluded steps as well, so that their checks hold, and then does not use them.
    return excluded.has(step.name) ? current : next;
  }, driver);
}

function excludedSteps({ conf, differences }: Submission): ReadonlySet<string> {
  const classes = differences.excludedFeatureSteps ? conf.list(excludedKey) : [];
  const names = classes.filter((name) => name.startsWith(stepPackage)).map((name) => name.slice(stepPackage.length));
  if (featureSteps.some(({ name, excludable }) => !excludable && names.includes(name)))
    throw notSupportedYet(excludedKey);
  return new Set(names);
}
