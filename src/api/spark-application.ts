/**
 * Reading a SparkApplication: from whatever the API server or a file holds to a checked application, or to all that is
 * wrong with it. Nothing read here is ever written back, so that fields of newer versions survive.
 */
import { z } from 'zod';
import type { SparkApplication } from './application.js';
import { jsonProblem } from './json-limits.js';
import { applicationNameProblem } from './names.js';
import { formatPath, type Problem } from './problem.js';
import { ruleProblems } from './rules.js';
import { sparkApplicationSpec } from './spark-application-spec.js';

export type { SparkApplication } from './application.js';

export const sparkApplicationApiVersion = 'sparkoperator.k8s.io/v1beta2';
export const sparkApplicationKind = 'SparkApplication';

const metadata = z.looseObject({
  name: z.string(),
  namespace: z.string().optional(),
  uid: z.string().optional(),
  labels: z.record(z.string(), z.string()).nullish(),
});

const sparkApplication = z.looseObject({
  apiVersion: z.literal(sparkApplicationApiVersion),
  kind: z.literal(sparkApplicationKind),
  metadata,
  spec: sparkApplicationSpec,
});

export type Reading =
  | { readonly ok: true; readonly application: SparkApplication }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** @param defaultNamespace of objects that name none, as in a file */
export function readSparkApplication(object: unknown, defaultNamespace = 'default'): Reading {
  const parsed = sparkApplication.safeParse(object, { reportInput: false });
  if (!parsed.success) return { ok: false, problems: parsed.error.issues.flatMap(problemsOf) };
  const { metadata, spec } = parsed.data;
  const unfit = jsonProblem(spec, ['spec']);
  if (unfit !== undefined) return { ok: false, problems: [unfit] };
  const application: SparkApplication = {
    name: metadata.name,
    namespace: metadata.namespace ?? defaultNamespace,
    uid: metadata.uid ?? '',
    labels: metadata.labels ?? {},
    spec,
  };
  const nameProblem = applicationNameProblem(application.name);
  const problems = [
    ...(nameProblem === undefined ? [] : [{ path: 'metadata.name', message: nameProblem }]),
    ...ruleProblems(application),
  ];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, application };
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: formatPath(issue.path), message: issue.message }];
  return issue.keys.map((key) => ({ path: formatPath([...issue.path, key]), message: 'unknown field' }));
}
