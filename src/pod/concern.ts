/**
 * A concern is one row of the annotation table: which annotation, which value it takes, where the value comes from in a
 * SparkApplication, and how it changes a pod. The reconciler uses the first half, the webhook the second.
 */
import type { z } from 'zod';
import type { DefaultedSpec } from '../api/defaults.js';
import { jsonProblem, withoutNulls } from '../api/json-limits.js';
import { annotationPrefix, type Role } from '../api/labels.js';
import type { Problem } from '../api/problem.js';
import { schemaMessage, schemaProblems } from '../api/schema-problem.js';
import type { SparkApplication } from '../api/spark-application.js';
import { FiresteelError } from '../errors.js';
import { type QuickCheck, quickCheck } from '../quick-check.js';
import { freezeJson } from './json.js';
import type { PodEdit } from './pod-edit.js';
import { Remembered } from './remembered.js';

/** What a tag can be made from. */
export interface TagSource {
  readonly application: SparkApplication;
  readonly spec: DefaultedSpec;
  readonly role: Role;
}

export interface Concern {
  /** Name of the annotation, without the prefix. */
  readonly name: string;
  /** The same with it. */
  readonly annotation: string;
  /** Rows whose effect shows in that of this one: it must come after them. All others may change places with it. */
  readonly after: readonly string[];
  readonly tag: (source: TagSource) => string | undefined;
  /** @throws {FiresteelError} ANNOTATION_INVALID, MUTATION_CONFLICT */
  readonly apply: (edit: PodEdit, text: string) => void;
}

interface JsonConcern<Type extends z.ZodType> {
  name: string;
  after?: readonly string[];
  value: Type;
  /** Undefined or an empty list: no annotation. */
  from: (source: TagSource) => z.input<Type> | undefined;
  /** Can not write to the value once it is remembered: it is shared by pods, and frozen. */
  edit: (edit: PodEdit, value: z.output<Type>) => void;
}

/** Characters of annotations whose parse is remembered, of each concern. */
const remembered = 128 * 1_024;

/** A row whose annotation holds JSON of the given type. */
export function jsonConcern<Type extends z.ZodType>(row: JsonConcern<Type>): Concern {
  const { name, after = [], value, from, edit } = row;
  const annotation = `${annotationPrefix}${name}`;
  const known = new Remembered<{ value: z.output<Type> }>(remembered, ({ value }) => freezeJson(value));
  const type = { type: value, isOfType: quickCheck(value) };
  const parseText = (text: string) => ({ value: parse(annotation, type, text) });
  return {
    name,
    annotation,
    after,
    tag(source) {
      const wanted = from(source);
      if (wanted === undefined || (Array.isArray(wanted) && wanted.length === 0)) return undefined;
      return JSON.stringify(wanted);
    },
    apply(podEdit, text) {
      edit(podEdit, known.get(text, parseText).value);
    },
  };
}

interface ValueType<Type extends z.ZodType> {
  readonly type: Type;
  readonly isOfType: QuickCheck<Type>;
}

function parse<Type extends z.ZodType>(key: string, { type, isOfType }: ValueType<Type>, text: string): z.output<Type> {
  const json = parseJson(key, text);
  const unfit = jsonProblem(json);
  if (unfit !== undefined) throw invalid(key, [unfit]);
  const given = text.includes('null') ? withoutNulls(json) : json;
  if (isOfType(given)) return given;
  const parsed = type.safeParse(given, { error: schemaMessage });
  if (parsed.success) return parsed.data;
  throw invalid(key, schemaProblems(parsed.error));
}

const maximumFaults = 5;

function invalid(key: string, problems: readonly Problem[]): FiresteelError {
  const faults = problems.slice(0, maximumFaults).map(({ path, message }) => `at ${path || 'its root'}: ${message}`);
  return new FiresteelError('ANNOTATION_INVALID', `annotation ${key}: ${faults.join('; ')}`);
}

function parseJson(key: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Without the parser's own error: it quotes the value, which may hold a secret.
    throw new FiresteelError('ANNOTATION_INVALID', `annotation ${key}: not JSON (a text stands in double quotes)`);
  }
}
