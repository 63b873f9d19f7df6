/** Labels and annotations of the driver pod; its Service selects by all of these labels (`KubernetesDriverConf`). */
import { applicationNameLabel } from './names.js';
import { withApplicationId } from './placeholders.js';
import { refused } from './refusal.js';
import type { Submission } from './submission.js';

/** The label that all objects of an application carry; what has it and is a Service goes when the driver stops. */
export const applicationLabel = 'spark-app-selector';
export const roleLabel = 'spark-role';

const customLabels = 'spark.kubernetes.driver.label.';
const customAnnotations = 'spark.kubernetes.driver.annotation.';

/** @throws {FiresteelError} SUBMISSION_REFUSED where the user sets a label that is Spark's own */
export function driverLabels(submission: Submission): ReadonlyMap<string, string> {
  const { ids, differences } = submission;
  const own = new Map([
    ['spark-version', submission.version.text],
    [applicationLabel, ids.applicationId],
    ['spark-app-name', applicationNameLabel(submission.applicationName)],
    [roleLabel, 'driver'],
  ]);
  const custom = [...submission.conf.withPrefix(customLabels)].map(([key, value]): [string, string] => {
    if (own.has(key)) throw refused(`${customLabels}${key}: the label ${key} is reserved for Spark bookkeeping`);
    return [key, differences.placeholdersInLabels ? withApplicationId(value, ids.applicationId) : value];
  });
  return new Map([...own, ...custom]);
}

export function driverAnnotations(submission: Submission): ReadonlyMap<string, string> {
  const custom = [...submission.conf.withPrefix(customAnnotations)];
  return new Map(custom.map(([key, value]) => [key, withApplicationId(value, submission.ids.applicationId)]));
}
