/** Reads the recordings under test/golden-pods, and makes of them what the webhook gets. */
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { withoutNulls } from '../../../src/api/json-limits.js';
import { label, type Role, roles } from '../../../src/api/labels.js';
import { notSupportedYet } from '../../../src/api/not-supported-yet.js';
import type { SparkApplication } from '../../../src/api/spark-application.js';
import { sparkApplicationSpec } from '../../../src/api/spark-application-spec.js';
import type { JsonObject } from '../../../src/pod/json.js';
import { tagsOf } from '../../../src/pod/tags.js';
import { problemsOf } from '../api/manifests.js';
import { at } from './json-at.js';

const json = z.record(z.string(), z.unknown());

const recordedPod = z.looseObject({
  role: z.enum(roles),
  podIn: json,
  /** Whether the peer let the pod pass. */
  allowed: z.boolean(),
  podOut: json.nullable(),
  /** Why an API server would refuse the pods; null: it would not. */
  apiServer: z.looseObject({ podIn: z.string().nullable(), podOut: z.string().nullable() }),
});

const metadata = z.looseObject({ name: z.string(), namespace: z.string(), uid: z.string() });

const goldenCase = z.looseObject({
  case: z.string(),
  fault: z.string().nullable(),
  application: z.looseObject({ metadata, spec: json }).nullable(),
  pods: z.array(recordedPod).min(1),
});

export type RecordedPod = z.infer<typeof recordedPod>;

export interface GoldenPods {
  readonly name: string;
  readonly fault: string | null;
  readonly application: z.infer<typeof goldenCase>['application'];
  readonly pods: readonly RecordedPod[];
}

const folder = new URL('../../../../test/golden-pods/cases/', import.meta.url);

export function goldenPods(): GoldenPods[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const read = goldenCase.parse(JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
      return { name: read.case, fault: read.fault, application: read.application, pods: read.pods };
    });
}

/** Paths of what is wrong with an application, but for what is not supported yet, which has nothing to do with its pods. */
export function refusalOf({ application }: GoldenPods): string[] {
  if (application === null) return [];
  return problemsOf(application)
    .filter(({ message }) => !message.endsWith(notSupportedYet))
    .map(({ path }) => path);
}

/** The namespace that the peer's webhook served. */
const servedNamespace = 'default';

/** The pod as the webhook gets it: tagged by the reconciler or by Spark, if it is one of the application's. */
export function taggedPod({ application }: GoldenPods, { role, podIn }: RecordedPod): JsonObject {
  if (application === null || !isOf(application.metadata, podIn)) return podIn;
  const metadata = Object(podIn['metadata']);
  const tags = Object.fromEntries(goldenTags(application, role));
  return {
    ...podIn,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, [label.tagged]: 'true' },
      annotations: { ...metadata.annotations, ...tags },
    },
  };
}

function isOf({ name, namespace }: z.infer<typeof metadata>, pod: JsonObject): boolean {
  return (
    namespace === servedNamespace &&
    at(pod, 'metadata', 'namespace') === namespace &&
    at(pod, 'metadata', 'labels', label.applicationName) === name
  );
}

/** Whether or not a rule refuses the application: its tags are what they are. */
function goldenTags(application: NonNullable<GoldenPods['application']>, role: Role): ReadonlyMap<string, string> {
  const { name, namespace, uid } = application.metadata;
  // A version that is none makes no difference to tags.
  const { sparkVersion: _, ...versionless } = application.spec;
  const spec = sparkApplicationSpec.safeParse(withoutNulls(versionless));
  if (!spec.success) return new Map();
  const read: SparkApplication = { name, namespace, uid, labels: {}, annotations: {}, spec: spec.data };
  return tagsOf(read, role);
}
