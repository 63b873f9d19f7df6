/** Reads the recordings under test/golden-pods. */
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { roles } from '../../../src/api/labels.js';

const json = z.record(z.string(), z.unknown());

const recordedPod = z.looseObject({
  role: z.enum(roles),
  podIn: json,
  /** Whether the peer let the pod pass. */
  allowed: z.boolean(),
  podOut: json.nullable(),
});

const goldenCase = z.looseObject({
  case: z.string(),
  fault: z.string().nullable(),
  application: json,
  pods: z.array(recordedPod).min(1),
});

export type RecordedPod = z.infer<typeof recordedPod>;

export interface GoldenPods {
  readonly name: string;
  readonly fault: string | null;
  readonly application: unknown;
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

/**
 * Cases whose application is refused here, with the paths, where the peer went on: to a pod that the API server refuses, to
 * one without its volume, or (`volumes-declared-twice`) to one with the last of two volumes.
 */
export const refusedApplications: Readonly<Record<string, readonly string[]>> = {
  'mounts-same-path': ['spec.driver.volumeMounts[0].mountPath'],
  'volumes-undeclared': ['spec.driver.volumeMounts', 'spec.executor.volumeMounts'],
  'spark-version-odd': ['spec.sparkVersion'],
};
