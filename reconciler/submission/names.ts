/** How Spark makes names of objects and labels of the name of an application (`KubernetesConf`, `KubernetesUtils`). */
import type { SubmissionIds } from './ids.js';

const longestLabel = 63;
const longestServiceName = 63;

/** The prefix that the application's objects share; Spark sets it no limit. */
export function resourceNamePrefix(applicationName: string, ids: SubmissionIds): string {
  return dashed(`${applicationName}-${ids.resourcePrefixId}`)
    .replace(/^-/, '')
    .replace(/^[0-9]/, 'x');
}

/** The value of the label `spark-app-name`. */
export function applicationNameLabel(applicationName: string): string {
  return dashed(applicationName).slice(0, longestLabel).replace(/^-/, '').replace(/-$/, '');
}

/** `<prefix>-driver-svc`, or a short one of its own where that would be too long for a Service. */
export function driverServiceName(prefix: string, ids: SubmissionIds): string {
  const preferred = `${prefix}-driver-svc`;
  return preferred.length <= longestServiceName ? preferred : `spark-${ids.serviceId}-driver-svc`;
}

export function driverConfigMapName(ids: SubmissionIds): string {
  return `spark-drv-${ids.configMapId}-conf-map`;
}

/** The pod of an application in which spark-submit runs. */
export function submissionPodName(applicationName: string): string {
  return `${applicationName}-submission`;
}

export const submissionVolumeName = 'firesteel-submission';

/** The ConfigMap with what spark-submit reads. */
export function submissionConfigMapName(configMapId: string): string {
  return `firesteel-submission-${configMapId}`;
}

/** The id in such a name, or undefined. */
export function submissionConfigMapIdIn(name: string): string | undefined {
  return /^firesteel-submission-([0-9a-f]{16})$/.exec(name)?.[1];
}

/** The id in such a name, or undefined. */
export function configMapIdIn(name: string): string | undefined {
  return /^spark-drv-([0-9a-f]{16})-conf-map$/.exec(name)?.[1];
}

function dashed(text: string): string {
  return javaTrim(text)
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '-')
    .replace(/-+/g, '-');
}

/** Java's `String.trim`: all that is not above U+0020, and no other blank. */
export function javaTrim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 0x20) start += 1;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end -= 1;
  return text.slice(start, end);
}
