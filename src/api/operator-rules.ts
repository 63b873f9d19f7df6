/**
 * What only the operator checks: rules that need more than CEL sees (the namespace, labels of the application), that would go
 * beyond its cost budget, or that come from what the operator makes of several fields. docs/compatibility.md lists them.
 */
import type { SparkApplication } from './application.js';
import { reservedLabels } from './denied-properties.js';
import { submitterAnnotation } from './labels.js';
import { metadataSyntaxProblems } from './metadata-syntax.js';
import { unsupportedProblems } from './not-supported-yet.js';
import { podTemplateProblems } from './pod-template-rules.js';
import { type Problem, problemAt } from './problem.js';
import { unreadableTimeouts } from './timeouts.js';
import { volumeProblems } from './volume-rules.js';

type Rule = (application: SparkApplication) => Problem[];

/** CEL does not see the namespace. */
const namespaceRule: Rule = ({ spec, namespace }) => {
  const key = 'spark.kubernetes.namespace';
  const value = spec.sparkConf?.[key];
  if (value === undefined || value === namespace) return [];
  const message = `sparkConf key "${key}" is not allowed: it must equal the application's namespace ${namespace}`;
  return [problemAt(['spec', 'sparkConf', key], message)];
};

/** CEL does not see the labels. They go to the pods of both roles, and more are reserved on executors. */
const applicationLabelRule: Rule = ({ labels }) =>
  [...reservedLabels('executor')]
    .filter(([name]) => Object.hasOwn(labels, name))
    .map(([name, message]) => problemAt(['metadata', 'labels', name], message));

const submitterRule: Rule = ({ annotations }) => {
  const submitter = annotations[submitterAnnotation] ?? 'native';
  if (submitter === 'native' || submitter === 'pod') return [];
  const path = ['metadata', 'annotations', submitterAnnotation];
  return [problemAt(path, `${JSON.stringify(submitter)} is neither native nor pod`)];
};

const timeoutRule: Rule = ({ annotations }) =>
  unreadableTimeouts(annotations).map(([annotation, fault]) =>
    problemAt(['metadata', 'annotations', annotation], fault),
  );

const rules: readonly Rule[] = [
  submitterRule,
  timeoutRule,
  namespaceRule,
  applicationLabelRule,
  ({ spec }) => metadataSyntaxProblems(spec),
  volumeProblems,
  ({ spec }) => podTemplateProblems(spec),
  ({ spec }) => unsupportedProblems(spec),
];

export function operatorProblems(application: SparkApplication): Problem[] {
  return rules.flatMap((rule) => rule(application));
}
