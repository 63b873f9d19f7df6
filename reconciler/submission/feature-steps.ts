/**
 * The feature steps of Spark's `KubernetesDriverBuilder`, in its order. What a new Spark feature adds to the driver is
 * another step in this list.
 */
import type { VersionDifferences } from './differences.js';
import type { Driver } from './driver.js';
import { refused } from './refusal.js';
import { basicDriver } from './steps/basic-driver.js';
import { driverCommand } from './steps/driver-command.js';
import { driverKubernetesCredentials } from './steps/driver-kubernetes-credentials.js';
import { driverService } from './steps/driver-service.js';
import { envSecrets } from './steps/env-secrets.js';
import { hadoopConfDriver } from './steps/hadoop-conf-driver.js';
import { kerberosConfDriver } from './steps/kerberos-conf-driver.js';
import { localDirs } from './steps/local-dirs.js';
import { mountSecrets } from './steps/mount-secrets.js';
import { mountVolumes } from './steps/mount-volumes.js';
import { networkPolicy } from './steps/network-policy.js';
import { podTemplateConfigMap } from './steps/pod-template-config-map.js';
import { volcano } from './steps/volcano.js';
import type { Submission } from './submission.js';

interface FeatureStep {
  /** Spark's class. */
  readonly name: string;
  /** What the step adds to the driver; it may refuse the submission. */
  readonly apply: (driver: Driver, submission: Submission) => Driver;
}

const stepPackage = 'org.apache.spark.deploy.k8s.features.';

const featureSteps: readonly FeatureStep[] = [
  { name: `${stepPackage}BasicDriverFeatureStep`, apply: basicDriver },
  { name: `${stepPackage}DriverKubernetesCredentialsFeatureStep`, apply: driverKubernetesCredentials },
  { name: `${stepPackage}DriverServiceFeatureStep`, apply: driverService },
  { name: `${stepPackage}NetworkPolicyFeatureStep`, apply: networkPolicy },
  { name: `${stepPackage}MountSecretsFeatureStep`, apply: mountSecrets },
  { name: `${stepPackage}EnvSecretsFeatureStep`, apply: envSecrets },
  { name: `${stepPackage}MountVolumesFeatureStep`, apply: mountVolumes },
  { name: `${stepPackage}DriverCommandFeatureStep`, apply: driverCommand },
  { name: `${stepPackage}HadoopConfDriverFeatureStep`, apply: hadoopConfDriver },
  { name: `${stepPackage}KerberosConfDriverFeatureStep`, apply: kerberosConfDriver },
  { name: `${stepPackage}PodTemplateConfigMapStep`, apply: podTemplateConfigMap },
  { name: `${stepPackage}LocalDirsFeatureStep`, apply: localDirs },
];

/** The steps that a user adds by name, and whether a release's distribution has them. */
const optionalSteps: readonly (FeatureStep & { readonly isIn: (differences: VersionDifferences) => boolean })[] = [
  { name: `${stepPackage}VolcanoFeatureStep`, apply: volcano, isIn: ({ volcanoStep }) => volcanoStep },
];

const excludedKey = 'spark.kubernetes.driver.pod.excludedFeatureSteps';
export const customStepsKey = 'spark.kubernetes.driver.pod.featureSteps';

/** @throws {FiresteelError} SUBMISSION_REFUSED */
export function applyFeatureSteps(driver: Driver, submission: Submission): Driver {
  const excluded = excludedSteps(submission);
  return [...featureSteps, ...customSteps(submission)].reduce((current, step) => {
    const next = step.apply(current, submission);
    // Spark makes the excluded steps as well, so that their checks hold, and then does not use them.
    return excluded.has(step.name) ? current : next;
  }, driver);
}

/** Whether a step that a user names is one of those here; else it is a class that only a JVM can run. */
export function hasStep(name: string): boolean {
  return optionalSteps.some((step) => step.name === name);
}

function excludedSteps({ conf, differences }: Submission): ReadonlySet<string> {
  return new Set(differences.excludedFeatureSteps ? conf.list(excludedKey) : []);
}

function customSteps({ conf, differences }: Submission): readonly FeatureStep[] {
  return conf.list(customStepsKey).map((name) => {
    const step = optionalSteps.find((candidate) => candidate.name === name);
    if (step === undefined) throw refused(`${customStepsKey}: ${name} is a class that only a JVM can run`);
    if (!step.isIn(differences)) throw refused(`${customStepsKey}: this release of Spark does not contain ${name}`);
    return step;
  });
}
