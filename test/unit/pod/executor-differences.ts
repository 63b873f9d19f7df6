/**
 * In what executors without a webhook differ from those with one: the rows of the table in docs/compatibility.md, in its order
 * and under its names. An executor is the same when nothing but these rows is between the two, and an application that only one
 * way refuses is one of those below.
 */
import { annotationPrefix, label } from '../../../src/api/labels.js';
import { canonicalJson, isJsonObject } from '../../../src/pod/json.js';

export interface Difference {
  /** As the table names it. */
  readonly what: string;
  /** Takes it away from a pod. */
  readonly level: (pod: unknown) => unknown;
}

const unordered: ReadonlySet<string> = new Set([
  'ownerReferences',
  'containers',
  'env',
  'volumeMounts',
  'volumes',
  'ports',
]);

const withMembers = (pod: unknown, change: (name: string, value: unknown) => unknown): unknown =>
  JSON.parse(JSON.stringify(pod), change);

export const differences: readonly Difference[] = [
  {
    what: 'a plain variable that Spark sets itself (`SPARK_USER`, `SPARK_CONF_DIR` …)',
    level: (pod) =>
      withMembers(pod, (name, value) =>
        name === 'env' && Array.isArray(value) ? [...new Map(value.map((item) => [item.name, item])).values()] : value,
      ),
  },
  {
    what: 'order of owners, containers, variables, mounts, volumes and ports',
    level: (pod) =>
      withMembers(pod, (name, value) =>
        unordered.has(name) && Array.isArray(value)
          ? value.toSorted((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1))
          : value,
      ),
  },
  {
    what: 'annotations under `pod.sparkoperator.k8s.io/`, label `tagged`',
    level: (pod) =>
      withMembers(pod, (name, value) => {
        if (name === label.tagged || name.startsWith(annotationPrefix)) return undefined;
        return name === 'annotations' && isJsonObject(value) && Object.keys(value).length === 0 ? undefined : value;
      }),
  },
];

export interface Refusal {
  readonly what: string;
  /** What the reconciler says. */
  readonly message: RegExp;
  /** A spec that shows it. */
  readonly spec: object;
}

export const refusals: readonly Refusal[] = [
  {
    what: '`memoryLimit`',
    message: /spec\.executor\.memoryLimit is not possible/,
    spec: { executor: { memoryLimit: '2g' } },
  },
  {
    what: '`lifecycle` with `spark.decommission.enabled`',
    message: /spec\.executor\.lifecycle is not possible/,
    spec: { sparkConf: { 'spark.decommission.enabled': 'true' }, executor: { lifecycle: {} } },
  },
  {
    what: '`terminationGracePeriodSeconds` below 1',
    message: /spec\.executor\.terminationGracePeriodSeconds is not possible/,
    spec: { executor: { terminationGracePeriodSeconds: 0 } },
  },
  {
    what: 'a variable that Spark sets itself, with `valueFrom`; `SPARK_LOCAL_DIRS`, `SPARK_EXECUTOR_POD_IP`, `SPARK_EXECUTOR_POD_NAME`',
    message: /spec\.executor\.env \(\w+\) is not possible/,
    spec: { executor: { env: [{ name: 'SPARK_LOCAL_DIRS', value: '/a' }] } },
  },
  {
    what: 'a variable, mount, volume or port that a Spark property or another field asks for too',
    message: /spec\.executor: (variable|mount at|volume|port) \S+ is not possible/,
    spec: {
      sparkConf: { 'spark.executorEnv.A': 'x' },
      executor: { env: [{ name: 'A', value: 'y' }] },
    },
  },
];
