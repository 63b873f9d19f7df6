/** What the API server would refuse as too large, found before anything is created. */
import type { Pod } from 'kubernetes-types/core/v1.js';
import { annotationsLimit, annotationsSize } from '../../src/pod/annotation-size.js';
import type { DriverResource } from './driver.js';
import { refused } from './refusal.js';

/** Kubernetes' `MaxSecretSize`, which also holds for the data of a ConfigMap. */
const configMapLimit = 1024 * 1024;

/** @throws {FiresteelError} SUBMISSION_REFUSED */
export function checkSizes(pod: Pod, resources: readonly DriverResource[]): void {
  for (const object of [pod, ...resources]) {
    const name = `${object.kind} ${object.metadata?.name}`;
    checkAnnotations(name, object.metadata?.annotations ?? {});
    if (object.kind === 'ConfigMap') checkConfigMapData(`${name} (spark.properties)`, object.data);
  }
}

/** `what` says whose. */
export function checkConfigMapData(what: string, data: Readonly<Record<string, string>> = {}): void {
  const size = Object.values(data).reduce((total, value) => total + Buffer.byteLength(value), 0);
  checkSize(`the data of ${what}`, size, configMapLimit);
}

/** The annotations of pods that somebody else makes: `what` says whose. */
export function checkAnnotations(what: string, annotations: Readonly<Record<string, string>>): void {
  checkSize(`the annotations of ${what}`, annotationsSize(annotations), annotationsLimit);
}

function checkSize(what: string, size: number, limit: number): void {
  if (size > limit) throw refused(`${what} would take ${size} bytes; Kubernetes allows ${limit}`);
}
