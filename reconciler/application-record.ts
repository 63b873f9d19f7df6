/** What the reconciler keeps of a SparkApplication: its spec as it came, its status as far as it can be read. */
import { isDeepStrictEqual } from 'node:util';
import { operatorAnnotations } from '../src/api/operator-annotations.js';
import { type Reading, readSparkApplication } from '../src/api/spark-application.js';
import { parseTime, readStatus, type SparkApplicationStatus } from '../src/api/status.js';
import { type KubernetesObject, type ObjectKey, objectKey } from '../src/kube/objects.js';
import { RecentValues, recentApplications } from '../src/recent-values.js';

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

/**
 * @param before an older version of it: what stays the same is taken from there, so that it is kept, and read, only once
 */
export function projectApplication(object: KubernetesObject, before?: ApplicationRecord): ApplicationRecord {
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
    labels: unchanged(before?.labels, metadata.labels ?? {}),
    annotations: unchanged(before?.annotations, operatorAnnotations(metadata.annotations ?? {})),
    spec: unchanged(before?.spec, spec),
    status: readStatus('status' in object ? object.status : undefined),
  };
}

function unchanged<Part extends object>(before: Part | undefined, now: Part): Part {
  return before !== undefined && isDeepStrictEqual(before, now) ? before : now;
}

interface Read {
  readonly from: ApplicationRecord;
  readonly reading: Reading;
}

const readings = new RecentValues<object, Read>(recentApplications);

export function readApplication(record: ApplicationRecord): Reading {
  const read = () => ({ from: record, reading: readAnew(record) });
  return readings.get(record.spec, read, ({ from }) => isReadAlike(from, record)).reading;
}

function isReadAlike(a: ApplicationRecord, b: ApplicationRecord): boolean {
  return a.key === b.key && a.uid === b.uid && a.labels === b.labels && a.annotations === b.annotations;
}

function readAnew({ name, namespace, uid, labels, annotations, spec }: ApplicationRecord): Reading {
  return readSparkApplication({
    apiVersion: 'sparkoperator.k8s.io/v1beta2',
    kind: 'SparkApplication',
    metadata: { name, namespace, uid, labels, annotations },
    spec,
  });
}
