/**
 * What the types of a spec cannot say: fields that exclude or need each other, and values that belong to the operator.
 * One function a rule, each giving its problems with their paths.
 */

import type { SparkApplication } from './application.js';
import { notSupportedYet } from './field.js';
import { annotationPrefix, operatorLabels, roles, sparkLabels } from './labels.js';
import { type Problem, problemAt } from './problem.js';
import { sparkVersionText } from './spark-version-text.js';
import { volumeProblems } from './volume-rules.js';

type Rule = (application: SparkApplication) => Problem[];

const modeRule: Rule = ({ spec }) =>
  spec.mode === undefined || spec.mode === 'cluster'
    ? []
    : [
        problemAt(
          ['spec', 'mode'],
          `${spec.mode} is not supported: the driver would run inside the operator; use cluster`,
        ),
      ];

const restartPolicyRule: Rule = ({ spec }) => {
  const type = spec.restartPolicy?.type ?? 'Never';
  return type === 'Never'
    ? []
    : [problemAt(['spec', 'restartPolicy', 'type'], `${type}: ${notSupportedYet}; use Never`)];
};

const imageRule: Rule = ({ spec }) =>
  spec.image !== undefined || (spec.driver?.image !== undefined && spec.executor?.image !== undefined)
    ? []
    : [problemAt(['spec', 'image'], 'required, unless driver.image and executor.image are both set')];

const sparkVersionRule: Rule = ({ spec }) => {
  if (spec.sparkVersion !== undefined || sparkVersionText(spec) !== undefined) return [];
  const image = spec.driver?.image ?? spec.image;
  if (image === undefined) return [];
  return [
    problemAt(
      ['spec', 'sparkVersion'],
      `required, because the tag of image ${image} does not say it; add sparkVersion: "4.1.4", say`,
    ),
  ];
};

const mainClassRule: Rule = ({ spec }) => {
  const isScript = /\.(py|r)$/i.test(spec.mainApplicationFile);
  if (spec.mainClass !== undefined || isScript || spec.type === 'Python' || spec.type === 'R') return [];
  return [problemAt(['spec', 'mainClass'], `required for type ${spec.type}`)];
};

/** Properties that would take the driver out of the operator's hands (compatibility: the peer's deny list). */
const deniedProperties: Readonly<Record<string, string>> = {
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

const sparkConfRule: Rule = ({ spec, namespace }) =>
  Object.entries(spec.sparkConf ?? {}).flatMap(([key, value]) => {
    const path = ['spec', 'sparkConf', key];
    if (Object.hasOwn(deniedProperties, key)) {
      return [problemAt(path, `sparkConf key "${key}" is not allowed: ${deniedProperties[key]}`)];
    }
    if (key === 'spark.kubernetes.namespace' && value !== namespace) {
      return [
        problemAt(
          path,
          `sparkConf key "${key}" is not allowed: it must equal the application's namespace ${namespace}`,
        ),
      ];
    }
    const [, role, kind, name = ''] =
      /^spark\.kubernetes\.(driver|executor)\.(label|annotation)\.(.*)$/s.exec(key) ?? [];
    if (role === undefined) return [];
    return kind === 'label' ? labelProblems(path, name) : annotationProblems(path, name);
  });

const metadataRule: Rule = (application) => [
  ...Object.keys(application.labels).flatMap((name) => labelProblems(['metadata', 'labels', name], name)),
  ...roles.flatMap((role) => {
    const fields = application.spec[role];
    return [
      ...Object.keys(fields?.labels ?? {}).flatMap((name) => labelProblems(['spec', role, 'labels', name], name)),
      ...Object.keys(fields?.annotations ?? {}).flatMap((name) =>
        annotationProblems(['spec', role, 'annotations', name], name),
      ),
    ];
  }),
];

function labelProblems(path: readonly string[], name: string): Problem[] {
  if (operatorLabels.has(name)) return [problemAt(path, 'this label is the operator’s own; leave it out')];
  if (sparkLabels.has(name)) return [problemAt(path, 'this label is set by Spark; leave it out')];
  return [];
}

function annotationProblems(path: readonly string[], name: string): Problem[] {
  if (!name.startsWith(annotationPrefix)) return [];
  return [problemAt(path, 'annotations under this prefix are written by the operator; use the field of that name')];
}

const volumeRule: Rule = ({ spec }) => volumeProblems(spec);

const rules: readonly Rule[] = [
  modeRule,
  restartPolicyRule,
  imageRule,
  sparkVersionRule,
  mainClassRule,
  sparkConfRule,
  metadataRule,
  volumeRule,
];

export function ruleProblems(application: SparkApplication): Problem[] {
  return rules.flatMap((rule) => rule(application));
}
