/**
 * Spark properties, labels and annotations that would take the driver out of the operator's hands: the peer's deny list, and
 * the labels and annotations by which pods are found and changed.
 */
import { annotationPrefix, operatorLabels, type Role, roles, sparkLabels } from './labels.js';
import { type Rule, withoutKey, withoutPrefix } from './rule.js';

type Entries = Readonly<Record<string, string>>;

/** Key → what to write instead. */
const denied: Readonly<Record<string, string>> = {
  'spark.kubernetes.authenticate.driver.serviceAccountName': 'use spec.driver.serviceAccount',
  'spark.kubernetes.authenticate.executor.serviceAccountName': 'use spec.executor.serviceAccount',
  'spark.kubernetes.authenticate.oauthTokenFile': 'pods use their service account',
  'spark.kubernetes.authenticate.oauthToken': 'pods use their service account',
  'spark.kubernetes.authenticate.driver.oauthTokenFile': 'pods use their service account',
  'spark.kubernetes.authenticate.driver.oauthToken': 'pods use their service account',
  'spark.kubernetes.authenticate.executor.oauthTokenFile': 'pods use their service account',
  'spark.kubernetes.authenticate.executor.oauthToken': 'pods use their service account',
  'spark.master': 'it is set by the operator',
  'spark.kubernetes.driver.master': 'use spec.driver.kubernetesMaster',
  'spark.kubernetes.container.image': 'use spec.image',
  'spark.kubernetes.driver.container.image': 'use spec.driver.image',
  'spark.kubernetes.executor.container.image': 'use spec.executor.image',
};

const notAllowed = (key: string, why: string) => `sparkConf key "${key}" is not allowed: ${why}`;

/** Labels that users may not set on the pods of a role, and why. */
export function reservedLabels(role: Role): ReadonlyMap<string, string> {
  return new Map([
    ...[...operatorLabels].map((name) => [name, `label ${name} is the operator’s own; leave it out`] as const),
    ...[...sparkLabels[role]].map((name) => [name, `label ${name} is set by Spark; leave it out`] as const),
  ]);
}

/** Of a map of labels of a role's pods. */
export const labelRules = (role: Role): readonly Rule<Entries>[] =>
  [...reservedLabels(role)].map(([name, why]) => withoutKey(name, why));

const annotationWords = 'annotations under this prefix are written by the operator; use the field of that name';

/** Of a map of annotations. */
export const annotationRules: readonly Rule<Entries>[] = [
  withoutPrefix(annotationPrefix, `${annotationPrefix}…: ${annotationWords}`),
];

const propertyOf = (role: Role, kind: string, name: string) => `spark.kubernetes.${role}.${kind}.${name}`;

/** Of `spec.sparkConf`. */
export const sparkConfRules: readonly Rule<Entries>[] = [
  ...Object.entries(denied).map(([key, why]) => withoutKey(key, notAllowed(key, why))),
  ...roles.flatMap((role) => [
    ...[...reservedLabels(role)].map(([name, why]) => {
      const key = propertyOf(role, 'label', name);
      return withoutKey(key, notAllowed(key, why.replace(`label ${name}`, 'the label')));
    }),
    withoutPrefix(
      propertyOf(role, 'annotation', annotationPrefix),
      `sparkConf keys ${propertyOf(role, 'annotation', annotationPrefix)}… are not allowed: ${annotationWords}`,
    ),
  ]),
];
