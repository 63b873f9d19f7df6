/** What the reconciler keeps of a SparkApplication: its spec as it came, its status as far as it can be read. */
import { operatorAnnotations } from '../src/api/operator-annotations.js';
import { type Reading, readSparkApplication } from '../src/api/spark-application.js';
import { parseTime, readStatus, type SparkApplicationStatus } from '../src/api/status.js';
import { type KubernetesObject, type ObjectKey, objectKey } from '../src/kube/objects.js';

export interface ApplicationRecord {
  readonly key: ObjectKey;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly name: string;
  readonly namespace: string;
  readonly generation: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number | undefined;
  readonly deleting: boolean;
  /** Its deletion leaves what it owns (`--cascade=orphan`). */
  readonly orphaning: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** Those that speak to the operator. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Unchecked; `readApplication` checks it. */
  readonly spec: object;
  readonly status: SparkApplicationStatus;
}

export function projectApplication(object: KubernetesObject): ApplicationRecord {
  const { metadata } = object;
  const spec = 'spec' in object && typeof object.spec === 'object' && object.spec !== null ? object.spec : {};
  return {
    key: objectKey(metadata),
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    generation: metadata.generation ?? 0,
    createdAt: parseTime(metadata.creationTimestamp),
    deleting: metadata.deletionTimestamp !== undefined,
    orphaning: metadata.finalizers?.includes('orphan') ?? false,
    labels: metadata.labels ?? {},
    annotations: operatorAnnotations(metadata.annotations ?? {}),
    spec,
    status: readStatus('status' in object ? object.status : undefined),
  };
}

interface RememberedReading {
  /** All that is read besides the spec. */
  readonly metadata: string;
  readonly reading: Reading;
}

/** Specs are never changed in place, and one pass asks several times. */
const remembered = new WeakMap<object, RememberedReading>();

export function readApplication({ name, namespace, uid, labels, annotations, spec }: ApplicationRecord): Reading {
  const metadata = { name, namespace, uid, labels, annotations };
  const key = JSON.stringify(metadata);
  const known = remembered.get(spec);
  if (known?.metadata === key) return known.reading;
  const kind = 'SparkApplication';
  const reading = readSparkApplication({ apiVersion: 'sparkoperator.k8s.io/v1beta2', kind, metadata, spec });
  remembered.set(spec, { metadata: key, reading });
  return reading;
}
