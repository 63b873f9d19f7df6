/**
 * From the options of spark-submit to the objects of a driver: a pure function, equal to what the real spark-submit of the
 * same version sends (its recordings are the tests).
 */
import type { Pod } from 'kubernetes-types/core/v1.js';
import type { ClientEnvironment } from './client-environment.js';
import type { Driver, DriverResource } from './driver.js';
import { driverConfigMap, withConfDirectory } from './driver-config-map.js';
import { applyFeatureSteps } from './feature-steps.js';
import type { SubmissionIds } from './ids.js';
import { driverFromTemplate } from './pod-template.js';
import { refused } from './refusal.js';
import { resolveSubmission } from './resolve.js';
import { checkSizes } from './size-limits.js';
import type { SubmitOptions } from './submit-options.js';
import { noFiles, type SubmitterFiles } from './submitter-files.js';
import type { Upload } from './uploads.js';
import { sparkVolumes } from './volumes.js';

export type { DriverResource };

export interface DriverObjects {
  /** Label `spark-app-selector` of all objects of the application. */
  readonly applicationId: string;
  readonly namespace: string;
  readonly podName: string;
  readonly pod: Pod;
  /** Created before the pod, without owner; once it exists it becomes their owner. */
  readonly preResources: readonly DriverResource[];
  /** In the order in which they are created, the driver's ConfigMap last; without owner references. */
  readonly resources: readonly DriverResource[];
  /** What stands in `spark.properties`. */
  readonly properties: ReadonlyMap<string, string>;
  /** To be copied before anything is created. */
  readonly uploads: readonly Upload[];
  /** For the user: what was left out or substituted. */
  readonly warnings: readonly string[];
}

/**
 * @param sparkVersion of the image, such as `4.1.4`
 * @param files those that the configuration names, and the folders of `environment`; default: none are there
 * @throws {FiresteelError} SUBMISSION_REFUSED
 */
export function buildDriver(
  options: SubmitOptions,
  sparkVersion: string,
  environment: ClientEnvironment,
  ids: SubmissionIds,
  files: SubmitterFiles = noFiles,
): DriverObjects {
  const submission = resolveSubmission(options, sparkVersion, environment, ids, files);
  // Those of executors only so that faults in them show now.
  sparkVolumes(submission, 'executor');
  const built = applyFeatureSteps(driverFromTemplate(submission), submission);
  const properties = new Map([...submission.conf.entries, ...built.properties]);
  const pod = podOf(withConfDirectory(built, submission));
  const resources = [...built.resources, driverConfigMap(submission, properties)];
  const podName = pod.metadata?.name;
  if (podName === undefined)
    throw refused('the driver pod has no name: leave BasicDriverFeatureStep in, or name it in the template');
  checkSizes(pod, [...built.preResources, ...resources]);
  return {
    applicationId: ids.applicationId,
    namespace: submission.namespace,
    podName,
    pod,
    preResources: built.preResources,
    resources,
    properties,
    uploads: submission.uploads,
    warnings: submission.warnings,
  };
}

function podOf(driver: Driver): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: driver.metadata,
    spec: { ...driver.spec, containers: [...driver.otherContainers, driver.container] },
  };
}

/** `resource` as Spark applies it once the pod exists: with the pod as its only owner, so that it goes with the pod. */
export function ownedByDriver<T extends { readonly metadata: object }>(
  resource: T,
  pod: { name: string; uid: string },
): T {
  const owner = { apiVersion: 'v1', kind: 'Pod', name: pod.name, uid: pod.uid, controller: true };
  return { ...resource, metadata: { ...resource.metadata, ownerReferences: [owner] } };
}
