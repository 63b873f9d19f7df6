/** What becomes of an application of the Kubeflow operator when Firesteel takes its namespace over. Pure. */
import { describeProblem } from '../api/problem.js';
import { readSparkApplication } from '../api/spark-application.js';
import { readStatus, type SparkApplicationStatus } from '../api/status.js';
import type { KubernetesObject } from '../kube/objects.js';
import { tagsOf } from '../pod/tags.js';

export interface Verdict {
  readonly kind: 'taken over' | 'to be drained' | 'to be changed';
  readonly reasons: readonly string[];
}

const ended: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED']);
/** States in which a driver may be there that still asks for executors. */
const running: ReadonlySet<string> = new Set(['SUBMITTED', 'RUNNING', 'UNKNOWN', 'SUCCEEDING', 'FAILING']);

export function verdictOn(object: KubernetesObject): Verdict {
  const status = readStatus('status' in object ? object.status : undefined);
  const state = status.applicationState?.state ?? '';
  const reading = readSparkApplication(object);
  if (!reading.ok) {
    const problems = reading.problems.map(describeProblem);
    // What has ended is only run again when somebody changes it.
    if (ended.has(state)) return { kind: 'taken over', reasons: ['has ended', ...problems.map(asWarning)] };
    return { kind: 'to be changed', reasons: problems };
  }
  if (ended.has(state)) return { kind: 'taken over', reasons: ['has ended; stays as it is'] };
  if (!running.has(state))
    return { kind: 'taken over', reasons: ['has no driver; Firesteel submits it when it is due'] };
  const features = [...tagsOf(reading.application, 'executor').keys()]
    .map((annotation) => annotation.slice(annotation.indexOf('/') + 1))
    .filter((feature) => feature !== 'owner-references');
  if (features.length === 0)
    return { kind: 'taken over', reasons: ['its driver goes on; its executors need no webhook'] };
  const needs = `new executors get their ${features.join(', ')} from the peer's webhook`;
  return { kind: 'to be drained', reasons: [`${needs}; ${executorsOf(status)}`] };
}

const asWarning = (problem: string) => `a changed spec would be refused: ${problem}`;

function executorsOf({ executorState }: SparkApplicationStatus): string {
  const states = Object.values(executorState ?? {});
  return `${states.filter((state) => state === 'RUNNING').length} of ${states.length} known executors are running`;
}
