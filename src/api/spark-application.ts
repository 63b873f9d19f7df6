/**
 * Reading a SparkApplication: from whatever the API server or a file holds to a checked application, or to all that is
 * wrong with it. Nothing read here is ever written back, so that fields of newer versions survive.
 */
import { z } from 'zod';
import { quickCheck } from '../quick-check.js';
import type { SparkApplication } from './application.js';
import { jsonProblem, withoutNulls } from './json-limits.js';
import { ownMetadataProblems } from './metadata-syntax.js';
import { nameOf, objectMetadata } from './object-metadata.js';
import { operatorAnnotations } from './operator-annotations.js';
import { operatorProblems } from './operator-rules.js';
import { type Problem, problemAt } from './problem.js';
import { type RuledApplication, ruleProblems } from './rules.js';
import { schemaMessage, schemaProblems } from './schema-problem.js';
import { type SparkApplicationSpec, sparkApplicationSpec } from './spark-application-spec.js';

export type { SparkApplication } from './application.js';

export const sparkApplicationApiVersion = 'sparkoperator.k8s.io/v1beta2';
export const sparkApplicationKind = 'SparkApplication';

/** Both are looked at before they are read. */
const envelope = z.looseObject({ metadata: z.unknown().optional(), spec: z.unknown().optional() });

const named = z.looseObject({ metadata: z.looseObject({ name: z.string() }), spec: sparkApplicationSpec });
const isNamed = quickCheck(named);

const sparkApplication = z.strictObject({
  apiVersion: z.literal(sparkApplicationApiVersion),
  kind: z.literal(sparkApplicationKind),
  metadata: objectMetadata.nullish(),
  spec: sparkApplicationSpec,
  status: z.unknown().optional(),
});

/** Most specs are right, and need not be copied to find that out. */
const isSpec = quickCheck(sparkApplicationSpec);
const withRightSpec = sparkApplication.extend({ spec: z.custom<SparkApplicationSpec>() });

export type Reading =
  | { readonly ok: true; readonly application: SparkApplication }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * What an API server with our CRD checks: types and rules.
 * @param defaultNamespace of objects that name none, as in a file
 */
export function admitSparkApplication(object: unknown, defaultNamespace = 'default'): Reading {
  const opened = envelope.safeParse(object, { error: schemaMessage });
  if (!opened.success) return { ok: false, problems: schemaProblems(opened.error) };
  const unfit = jsonProblem({ metadata: opened.data.metadata, spec: opened.data.spec });
  if (unfit !== undefined) return { ok: false, problems: [unfit] };
  const stored = asStored(opened.data);
  const type = isSpec(stored.spec) ? withRightSpec : sparkApplication;
  const parsed = type.safeParse(stored, { error: schemaMessage });
  if (!parsed.success) return { ok: false, problems: schemaProblems(parsed.error) };
  const spec = withoutEmptyTexts(parsed.data.spec);
  const metadata = parsed.data.metadata ?? {};
  const labels = metadata.labels ?? {};
  const name = nameOf(metadata);
  if (name === undefined) return { ok: false, problems: [problemAt(['metadata', 'name'], 'required')] };
  const application: SparkApplication = {
    name,
    namespace: metadata.namespace || defaultNamespace,
    uid: metadata.uid ?? '',
    labels,
    annotations: operatorAnnotations(metadata.annotations ?? {}),
    spec,
  };
  const syntax = ownMetadataProblems({ labels, annotations: metadata.annotations ?? {} });
  const problems = [...syntax, ...ruleProblems(application)];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, application };
}

/** What the rules look at, in an object of any group whose types are right; else undefined. */
export function readRuled(object: unknown): RuledApplication | undefined {
  const opened = envelope.safeParse(object);
  const stored = opened.success ? asStored(opened.data) : undefined;
  const { data } = isNamed(stored) ? { data: stored } : named.safeParse(stored);
  return data && { name: data.metadata.name, spec: withoutEmptyTexts(data.spec) };
}

/** All that is checked: at admission, and what only the operator checks. */
export function readSparkApplication(object: unknown, defaultNamespace = 'default'): Reading {
  const reading = admitSparkApplication(object, defaultNamespace);
  if (!reading.ok) return reading;
  const problems = operatorProblems(reading.application);
  return problems.length > 0 ? { ok: false, problems } : reading;
}

/** With the spec as an API server keeps it. */
function asStored(object: z.infer<typeof envelope>): z.infer<typeof envelope> {
  return { ...object, spec: withoutNulls(object.spec, isSchemaless, ['spec']) };
}

/** Pod templates have no schema, so that an API server keeps their nulls. */
function isSchemaless(path: readonly PropertyKey[]): boolean {
  return path.length === 3 && path[0] === 'spec' && path[2] === 'template';
}

function withoutEmptyTexts(spec: SparkApplicationSpec): SparkApplicationSpec {
  const { driver, executor, ...rest } = spec;
  return {
    ...notEmpty(rest),
    ...(driver === undefined ? {} : { driver: notEmpty(driver) }),
    ...(executor === undefined ? {} : { executor: notEmpty(executor) }),
  };
}

/** A copy without the members that are empty texts: all of them may be left out. */
function notEmpty<Owner extends object>(owner: Owner): Owner {
  const copy = { ...owner };
  for (const key of Object.keys(copy)) {
    if (Reflect.get(copy, key) === '') Reflect.deleteProperty(copy, key);
  }
  return copy;
}
