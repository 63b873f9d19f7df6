/** What the real helm makes of the chart. */
import { spawnSync } from 'node:child_process';

export interface Rendering {
  /** The program; by itself it is looked for in PATH. */
  readonly helm: string;
  readonly chart: string;
  readonly release: string;
  readonly namespace: string;
  readonly values: object;
}

/** @returns the manifests as YAML @throws with what helm says */
export function renderChart({ helm, chart, release, namespace, values }: Rendering): string {
  const { status, stdout, stderr, error } = spawnSync(
    helm,
    ['template', release, chart, '--namespace', namespace, '--values', '-'],
    { encoding: 'utf8', input: JSON.stringify(values), maxBuffer: 1 << 26 },
  );
  if (error !== undefined) throw new Error(`${helm} could not be run`, { cause: error });
  if (status !== 0) throw new Error(`helm refuses the chart: ${stderr}`);
  return stdout;
}
