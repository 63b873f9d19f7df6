/**
 * Admission of one pod: its annotations in, the changed pod and the JSON patch out. A pure function of the pod alone, so it
 * can not be stale; applying it twice changes nothing the second time.
 */
import { annotationPrefix, appliedAnnotation } from '../api/labels.js';
import { FiresteelError } from '../errors.js';
import { annotationsLimit, annotationsSize } from './annotation-size.js';
import { concerns } from './concerns.js';
import type { JsonObject } from './json.js';
import type { Operation } from './patch.js';
import { PodEdit } from './pod-edit.js';
import { digestOf } from './tags.js';
import { checkMounts } from './volume-edit.js';

export interface Mutation {
  readonly pod: JsonObject;
  readonly patch: readonly Operation[];
}

/** @throws {FiresteelError} REVIEW_INVALID, ANNOTATION_INVALID, MUTATION_CONFLICT: the pod must be denied */
export function mutatePod(pod: unknown): Mutation {
  const edit = new PodEdit(pod);
  checkSize(edit.annotations);
  const tags = tagsIn(edit);
  for (const { name, apply } of concerns) {
    const value = tags.get(`${annotationPrefix}${name}`);
    if (value !== undefined) apply(edit, value);
  }
  checkMounts(edit);
  edit.setEntry(['metadata', 'annotations'], appliedAnnotation, digestOf(tags));
  return { pod: edit.pod, patch: edit.operations };
}

/** The API server checks it only after admission. */
function checkSize(annotations: JsonObject): void {
  const size = annotationsSize(annotations);
  if (size <= annotationsLimit) return;
  throw new FiresteelError(
    'ANNOTATION_INVALID',
    `the annotations take ${size} bytes; Kubernetes allows ${annotationsLimit}`,
  );
}

const known: ReadonlySet<string> = new Set(concerns.map(({ name }) => `${annotationPrefix}${name}`));

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
