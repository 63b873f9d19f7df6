/** What the simulation reads of a pod, by its own eyes rather than the reconciler's. */

import { label } from '../../../src/api/labels.js';
import type { PodRole } from '../pod-fates.js';
import { controllerUidOf, type StoredObject } from './stored-object.js';

export interface PodFacts {
  readonly uid: string;
  /** Undefined: it is none of ours. */
  readonly role: PodRole | undefined;
  readonly submissionId: string | undefined;
  readonly applicationUid: string | undefined;
  readonly nodeName: string | undefined;
  readonly phase: string | undefined;
  /** Of the ConfigMaps that it mounts. */
  readonly configMapNames: readonly string[];
  /** Of its main container. */
  readonly args: readonly string[];
  /** How long its containers may run. */
  readonly deadlineSeconds: number | undefined;
}

interface PodSpec {
  readonly activeDeadlineSeconds?: number;
  readonly nodeName?: string;
  readonly containers?: readonly { readonly args?: readonly string[] }[];
  readonly volumes?: readonly { readonly configMap?: { readonly name: string } }[];
}

export function podFactsOf(pod: StoredObject): PodFacts {
  const { labels = {}, uid } = pod.metadata;
  const { nodeName, containers = [], volumes = [], activeDeadlineSeconds }: PodSpec = pod.spec ?? {};
  const { phase }: { phase?: string } = pod.status ?? {};
  const role = labels[label.role];
  return {
    uid,
    role: role === 'driver' || role === 'executor' ? role : labels[label.submitter] === 'pod' ? 'submitter' : undefined,
    submissionId: labels[label.submissionId],
    applicationUid: controllerUidOf(pod),
    nodeName,
    phase,
    configMapNames: volumes.flatMap(({ configMap }) => (configMap === undefined ? [] : [configMap.name])),
    args: containers[0]?.args ?? [],
    deadlineSeconds: activeDeadlineSeconds,
  };
}

/** The driver that spark-submit makes mounts its ConfigMap only, and has no fence of its own: that is around spark-submit. */
export function isOfSparkSubmit(pod: StoredObject): boolean {
  const { volumes = [] }: PodSpec = pod.spec ?? {};
  return volumes.length === 1;
}
