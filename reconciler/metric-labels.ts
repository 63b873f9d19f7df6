/**
 * The labels of metrics that an operator asks for with `--metrics-labels`: values of the labels of an application, or of its
 * executors. Users choose those values, so that their number is bounded.
 */
import type { Labels } from '../src/metrics.js';
import type { ApplicationRecord } from './application-record.js';

/** Combinations of values; what comes after counts under `Other`. */
const maximumCombinations = 1_000;

export class MetricLabels {
  private readonly names: readonly string[];
  private readonly combinations = new Set<string>();

  /** @param names as Kubernetes or as Prometheus writes them */
  constructor(names: readonly string[]) {
    this.names = names.map(sanitised);
  }

  get areNone(): boolean {
    return this.names.length === 0;
  }

  /** Of applications without any label. */
  get unknown(): Labels {
    return this.bounded(Object.fromEntries(this.names.map((name) => [name, 'Unknown'])));
  }

  /** As the peer: the label of the sanitised name; of `namespace` else the namespace. */
  of(application: ApplicationRecord, whose: 'application' | 'executor'): Labels {
    const labels =
      whose === 'executor' ? { ...application.labels, ...executorLabels(application) } : application.labels;
    const known = new Map(Object.entries(labels).map(([name, value]) => [sanitised(name), value]));
    const fallBack = (name: string) => (name === 'namespace' ? application.namespace : 'Unknown');
    return this.bounded(Object.fromEntries(this.names.map((name) => [name, known.get(name) ?? fallBack(name)])));
  }

  private bounded(labels: Labels): Labels {
    const combination = JSON.stringify(Object.values(labels));
    if (this.combinations.has(combination)) return labels;
    if (this.combinations.size >= maximumCombinations) {
      return Object.fromEntries(this.names.map((name) => [name, 'Other']));
    }
    this.combinations.add(combination);
    return labels;
  }
}

/** What Prometheus takes for a name. */
export function sanitised(name: string): string {
  return name.replaceAll('-', '_');
}

/** Nobody has checked the spec. */
function executorLabels({ spec }: ApplicationRecord): Record<string, string> {
  const executor: unknown = 'executor' in spec ? spec.executor : undefined;
  const labels: unknown =
    typeof executor === 'object' && executor !== null && 'labels' in executor ? executor.labels : {};
  const entries = Object.entries(labels ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries);
}
