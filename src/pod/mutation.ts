/**
 * Admission of one pod: its annotations in, the changed pod and the JSON patch out. A pure function of the pod alone, so it
 * can not be stale; applying it twice changes nothing the second time.
 */
import { annotationPrefix, appliedAnnotation } from '../api/labels.js';
import { FiresteelError } from '../errors.js';
import { annotationsLimit, annotationsSize, isWithinLimit } from './annotation-size.js';
import { concerns } from './concerns.js';
import type { JsonObject } from './json.js';
import type { Operation } from './patch.js';
import { checkPod } from './pod-checks.js';
import { PodEdit } from './pod-edit.js';
import { RecentDigests } from './recent-digests.js';
import { roleOf } from './spark-container.js';

export interface Mutation {
  /** Shares with the pod that was given what did not change. */
  readonly pod: JsonObject;
  readonly patch: readonly Operation[];
  /** What is legal but suspicious. */
  readonly warnings: readonly string[];
  /** Names of the annotations that were carried out, without the prefix, in order. */
  readonly applied: readonly string[];
}

/** Of as many applications as may well have pods created at one time. */
const recentDigests = new RecentDigests(16);

/**
 * @param rows the table, for tests in another order
 * @throws {FiresteelError} REVIEW_INVALID, ANNOTATION_INVALID, MUTATION_CONFLICT: the pod must be denied
 */
export function mutatePod(pod: unknown, rows = concerns): Mutation {
  const edit = new PodEdit(pod);
  checkSize(edit.annotations);
  const tags = tagsIn(edit);
  const applied: string[] = [];
  for (const { name, annotation, apply } of rows) {
    const value = tags.get(annotation);
    if (value === undefined) continue;
    apply(edit, value);
    applied.push(name);
  }
  checkPod(edit);
  warnOfDoubts(edit, applied);
  edit.set(['metadata', 'annotations', appliedAnnotation], recentDigests.of(tags));
  return { pod: edit.pod, patch: edit.operations, warnings: edit.warnings, applied };
}

/** The API server checks it only after admission. */
function checkSize(annotations: JsonObject): void {
  if (isWithinLimit(annotations)) return;
  throw new FiresteelError(
    'ANNOTATION_INVALID',
    `the annotations take ${annotationsSize(annotations)} bytes; Kubernetes allows ${annotationsLimit}`,
  );
}

const known: ReadonlySet<string> = new Set(concerns.map(({ annotation }) => annotation));

function tagsIn(edit: PodEdit): Map<string, string> {
  const tags = new Map<string, string>();
  for (const [key, value] of Object.entries(edit.annotations)) {
    if (!key.startsWith(annotationPrefix) || key === appliedAnnotation) continue;
    if (!known.has(key)) {
      const names = concerns.map(({ name }) => name).join(', ');
      throw new FiresteelError(
        'ANNOTATION_INVALID',
        `annotation ${key}: unknown; known under this prefix are ${names}`,
      );
    }
    if (typeof value !== 'string') throw new FiresteelError('ANNOTATION_INVALID', `annotation ${key}: not a string`);
    tags.set(key, value);
  }
  return tags;
}

function warnOfDoubts(edit: PodEdit, applied: readonly string[]): void {
  if (applied.length === 0) {
    edit.warn(`the pod came to the webhook, but no annotation under ${annotationPrefix} asks for anything`);
    return;
  }
  const role = roleOf(edit.pod);
  if (role !== 'driver' && role !== 'executor') edit.warn('the label spark-role says neither driver nor executor');
  if (edit.sparkContainer.isFoundByName) return;
  const first = edit.get(['spec', 'containers', 0, 'name']);
  edit.warn(`no container has a name that Spark gives; the first one, ${first}, was taken for Spark's`);
}
