/** Pods for tests of their mutation. */
import { annotationPrefix } from '../../../src/api/labels.js';
import type { JsonObject } from '../../../src/pod/json.js';

export type Annotations = Readonly<Record<string, unknown>>;

/** Annotations under the prefix; a value that is no text is written as JSON. */
export function tagged(values: Annotations): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      `${annotationPrefix}${name}`,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

interface PodParts {
  readonly role?: string;
  readonly spec?: JsonObject;
  readonly container?: JsonObject;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A driver pod with one container, and what is said besides. */
export function podWith(
  values: Annotations,
  { role = 'driver', spec = {}, container = {}, annotations = {} }: PodParts = {},
) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'pi-driver',
      labels: { 'spark-role': role, 'pod.sparkoperator.k8s.io/tagged': 'true' },
      annotations: { ...annotations, ...tagged(values) },
    },
    spec: {
      containers: [{ name: 'spark-kubernetes-driver', image: 'spark:4.1.4', ...container }],
      ...spec,
    },
  };
}
