/**
 * The syntax of labels and annotations, which the API server would refuse only with the pod (Kubernetes: "Labels and
 * Selectors"). Regular expressions over all keys of maps are beyond the cost budget of CEL.
 */
import { roles } from './labels.js';
import { type Problem, problemAt } from './problem.js';
import type { SparkApplicationSpec } from './spark-application-spec.js';

/** What Spark 4 replaces in labels (KubernetesConf). */
const placeholder = /\{\{(APP_ID|EXECUTOR_ID)\}\}/g;

/** Matches nothing. */
const none = /(?!)/;

const name = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const prefix = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Of a label or annotation. */
export function isQualifiedName(key: string): boolean {
  const [first = '', second, ...others] = key.split('/');
  if (others.length > 0) return false;
  return second === undefined ? name.test(first) : first.length <= 253 && prefix.test(first) && name.test(second);
}

export function isLabelValue(value: string): boolean {
  return value === '' || name.test(value);
}

const keyMessage =
  'not a name as Kubernetes takes it: at most 63 letters, digits, dashes, underscores and dots, perhaps after a DNS name and a slash';
const valueMessage =
  'not a value of a label as Kubernetes takes it: at most 63 letters, digits, dashes, underscores and dots, with letters or digits at both ends';

type Entries = Readonly<Record<string, string>> | undefined;

/** Capitals are no matter in the names of annotations. */
function keyProblems(path: readonly string[], entries: Entries, isAnnotation = false): Problem[] {
  return Object.keys(entries ?? {})
    .filter((key) => !isQualifiedName(isAnnotation ? key.toLowerCase() : key))
    .map((key) => problemAt([...path, key], keyMessage));
}

/** @param replaced what Spark puts something else for, before an API server sees it */
function valueProblems(path: readonly string[], entries: Entries, replaced = placeholder): Problem[] {
  return Object.entries(entries ?? {})
    .filter(([, value]) => !isLabelValue(value.replace(replaced, 'x')))
    .map(([key]) => problemAt([...path, key], valueMessage));
}

/** Labels and annotations of the application itself. */
export function ownMetadataProblems({ labels, annotations }: { labels: Entries; annotations: Entries }): Problem[] {
  return [
    ...keyProblems(['metadata', 'labels'], labels),
    ...valueProblems(['metadata', 'labels'], labels, none),
    ...keyProblems(['metadata', 'annotations'], annotations, true),
  ];
}

/** Maps that become labels, node selectors or annotations of pods and Services as they are. */
export function metadataSyntaxProblems(spec: SparkApplicationSpec): Problem[] {
  const { driver } = spec;
  const labels: readonly (readonly [path: readonly string[], entries: Entries])[] = [
    [['spec', 'nodeSelector'], spec.nodeSelector],
    [['spec', 'driver', 'serviceLabels'], driver?.serviceLabels],
    ...roles.flatMap((role) => [
      [['spec', role, 'labels'], spec[role]?.labels] as const,
      [['spec', role, 'nodeSelector'], spec[role]?.nodeSelector] as const,
    ]),
  ];
  const annotations: typeof labels = [
    [['spec', 'driver', 'serviceAnnotations'], driver?.serviceAnnotations],
    ...roles.map((role) => [['spec', role, 'annotations'], spec[role]?.annotations] as const),
  ];
  return [
    ...labels.flatMap(([path, entries]) => [...keyProblems(path, entries), ...valueProblems(path, entries)]),
    ...annotations.flatMap(([path, entries]) => keyProblems(path, entries, true)),
  ];
}
