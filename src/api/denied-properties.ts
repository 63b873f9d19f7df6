/** Spark properties that would take the driver out of the operator's hands: the peer's deny list, and the labels by which
 * pods are found. */
import { annotationPrefix, operatorLabels, roles, sparkLabels } from './labels.js';
import type { Rule } from './rule.js';

type Properties = Readonly<Record<string, string>>;

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

const propertyRules: readonly Rule<Properties>[] = Object.entries(denied).map(([key, instead]) => ({
  cel: `!('${key}' in self)`,
  holds: (properties) => !Object.hasOwn(properties, key),
  message: `sparkConf key "${key}" is not allowed: ${instead}`,
  field: [key],
}));

/** Labels that users may not set, and why. */
const reservedLabels: readonly (readonly [name: string, why: string])[] = [
  ...[...operatorLabels].map((name) => [name, 'this label is the operator’s own; leave it out'] as const),
  ...[...sparkLabels].map((name) => [name, 'this label is set by Spark; leave it out'] as const),
];

/** Of a map of labels. */
export const labelRules: readonly Rule<Properties>[] = reservedLabels.map(([name, why]) => ({
  cel: `!('${name}' in self)`,
  holds: (labels) => !Object.hasOwn(labels, name),
  message: why,
  field: [name],
}));

const annotationWords = 'annotations under this prefix are written by the operator; use the field of that name';

function noneBegins(prefix: string, message: string): Rule<Properties> {
  return {
    cel: `!self.exists(key, key.startsWith('${prefix}'))`,
    holds: (entries) => !Object.keys(entries).some((key) => key.startsWith(prefix)),
    message,
  };
}

/** Of a map of annotations. */
export const annotationRules: readonly Rule<Properties>[] = [
  noneBegins(annotationPrefix, `${annotationPrefix}…: ${annotationWords}`),
];

const propertyOf = (role: string, kind: string, name: string) => `spark.kubernetes.${role}.${kind}.${name}`;

/** Labels and annotations of pods by way of properties. */
const metadataRules: readonly Rule<Properties>[] = roles.flatMap((role) => [
  ...reservedLabels.map(([name, why]) => {
    const key = propertyOf(role, 'label', name);
    return {
      cel: `!('${key}' in self)`,
      holds: (properties: Properties) => !Object.hasOwn(properties, key),
      message: `sparkConf key "${key}" is not allowed: ${why}`,
      field: [key],
    };
  }),
  noneBegins(
    propertyOf(role, 'annotation', annotationPrefix),
    `sparkConf keys under "${propertyOf(role, 'annotation', annotationPrefix)}" are not allowed: ${annotationWords}`,
  ),
]);

/** Of `spec.sparkConf`. */
export const sparkConfRules: readonly Rule<Properties>[] = [...propertyRules, ...metadataRules];
