/**
 * What the pod templates of driver and executors may not say. They have no schema, and Spark takes them as they are: labels and
 * annotations by which the operator knows its pods must not come in that way, and it must find Spark's container by its name.
 */
import { z } from 'zod';
import { annotationRules, labelRules } from './denied-properties.js';
import { driverContainerName, type Role, roles } from './labels.js';
import { type Problem, problemAt } from './problem.js';
import type { Rule } from './rule.js';
import type { SparkApplicationSpec } from './spark-application-spec.js';

const texts = z.record(z.string(), z.unknown()).nullish();
const template = z.looseObject({
  metadata: z.looseObject({ labels: texts, annotations: texts }).nullish(),
  spec: z.looseObject({ containers: z.array(z.looseObject({ name: z.string() })).nullish() }).nullish(),
});

export function podTemplateProblems(spec: SparkApplicationSpec): Problem[] {
  return roles.flatMap((role) => {
    const given = spec[role]?.template;
    return given === undefined ? [] : problemsOf(['spec', role, 'template'], role, given);
  });
}

function problemsOf(path: readonly string[], role: Role, given: object): Problem[] {
  const read = template.safeParse(given);
  if (!read.success) {
    return read.error.issues.map((issue) => problemAt([...path, ...issue.path], issue.message));
  }
  const { metadata, spec } = read.data;
  return [
    ...broken([...path, 'metadata', 'labels'], labelRules(role), metadata?.labels),
    ...broken([...path, 'metadata', 'annotations'], annotationRules, metadata?.annotations),
    ...containerProblems([...path, 'spec', 'containers'], role, spec?.containers ?? []),
  ];
}

function broken(
  path: readonly string[],
  rules: readonly Rule<Readonly<Record<string, string>>>[],
  entries: Readonly<Record<string, unknown>> | null | undefined,
): Problem[] {
  const byKey = Object.fromEntries(Object.keys(entries ?? {}).map((key) => [key, '']));
  return rules
    .filter(({ holds }) => !holds(byKey))
    .map(({ field, message }) => problemAt([...path, ...field], message));
}

/** Where none has the name, Spark takes the first one; of a driver nobody would know then how it ended. */
function containerProblems(
  path: readonly string[],
  role: Role,
  containers: readonly { readonly name: string }[],
): Problem[] {
  if (role === 'executor' || containers.length === 0) return [];
  if (containers.some(({ name }) => name === driverContainerName)) return [];
  return [problemAt(path, `one of them must be named ${driverContainerName}: the one that runs Spark`)];
}
