/** Which container of a pod is Spark's: that of the name that Spark gives it, else the first, as in the peer. */
import { driverContainerName, executorContainerNames, label } from '../api/labels.js';
import { FiresteelError } from '../errors.js';
import { isJsonObject, type JsonObject } from './json.js';

export interface SparkContainer {
  readonly index: number;
  /** False where the first one was taken for want of a known name. */
  readonly isFoundByName: boolean;
}

/** @throws {FiresteelError} REVIEW_INVALID for a pod without containers */
export function findSparkContainer(pod: JsonObject): SparkContainer {
  const spec = isJsonObject(pod['spec']) ? pod['spec'] : {};
  const containers = Array.isArray(spec['containers']) ? spec['containers'] : [];
  if (!containers.every(isJsonObject) || containers.length === 0) {
    throw new FiresteelError('REVIEW_INVALID', 'the pod has no containers');
  }
  for (const name of namesFor(pod)) {
    const index = containers.findIndex((container) => container['name'] === name);
    if (index >= 0) return { index, isFoundByName: true };
  }
  return { index: 0, isFoundByName: false };
}

function namesFor(pod: JsonObject): readonly string[] {
  if (roleOf(pod) === 'driver') return [driverContainerName, ...executorContainerNames];
  return [...executorContainerNames, driverContainerName];
}

/** The label by which Spark says what the pod is. */
export function roleOf({ metadata }: JsonObject): unknown {
  const labels = isJsonObject(metadata) ? metadata['labels'] : undefined;
  return isJsonObject(labels) ? labels[label.role] : undefined;
}
