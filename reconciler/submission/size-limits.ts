/** What the API server would refuse as too large, found before anything is created. */
import type { Pod } from 'kubernetes-types/core/v1.js';
import type { DriverResource } from './driver.js';
import { refused } from './refusal.js';

/** Kubernetes' `MaxSecretSize`, which also holds for the data of a ConfigMap. */
const configMapLimit = 1024 * 1024;
/** Kubernetes' `TotalAnnotationSizeLimitB`. */
const annotationsLimit = 256 * 1024;

/** @throws {FiresteelError} SUBMISSION_REFUSED */
export function checkSizes(pod: Pod, resources: readonly DriverResource[]): void {
  for (const object of [pod, ...resources]) {
    const name = `${object.kind} ${object.metadata?.name}`;
    checkSize(`the annotations of ${name}`, sizeOf(object.metadata?.annotations, 'with keys'), annotationsLimit);
    if (object.kind === 'ConfigMap') {
      checkSize(`the data of ${name} (spark.properties)`, sizeOf(object.data, 'values only'), configMapLimit);
    }
  }
}

/** The annotations of pods that somebody else makes: `what` says whose. */
export function checkAnnotations(what: string, annotations: Readonly<Record<string, string>>): void {
  checkSize(`the annotations of ${what}`, sizeOf(annotations, 'with keys'), annotationsLimit);
}

function checkSize(what: string, size: number, limit: number): void {
  if (size > limit) throw refused(`${what} would take ${size} bytes; Kubernetes allows ${limit}`);
}

function sizeOf(map: Readonly<Record<string, string>> = {}, counted: 'with keys' | 'values only'): number {
  return Object.entries(map).reduce((total, [key, value]) => {
    return total + Buffer.byteLength(value) + (counted === 'with keys' ? Buffer.byteLength(key) : 0);
  }, 0);
}
