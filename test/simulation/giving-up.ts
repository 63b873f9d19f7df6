/**
 * Words with which the operator stops waiting for something: a row is a kind of wait, and what must truly be so for it to be
 * over. Where a clock was wrong nothing is promised.
 */

import type { PendingStage } from '../../reconciler/pending-pod.js';
import { parseDuration } from '../../src/api/duration.js';
import { parseTime } from '../../src/api/status.js';
import type { Life } from './cluster/node.js';

interface GivingUp {
  /** Of the message; `stage` and `timeout` where it says them. */
  readonly words: RegExp;
  readonly isInfrastructure: (stage: string) => boolean;
  /** Tries that it takes. */
  readonly tries: number;
  /** What is wrong with it, given the pod that the status had claimed. */
  readonly fault?: (surrender: Surrender, life: Life | undefined, now: number) => string | undefined;
}

/** A status carries whole seconds. */
const rounding = 1_000;

/** Kubernetes' word for what is in the way, or where it has none ours. */
const expectedWords: Readonly<Record<PendingStage, string>> = {
  scheduling: 'Unschedulable',
  'container creation': 'FailedMount',
  'image pull': 'ImagePullBackOff',
  'init containers': 'init containers are at work',
};

/** When the wait began, where that is not when what hinders it is seen: mounts and pulls begin with the node. */
const beganWith: Readonly<Record<PendingStage, (life: Life) => number | undefined>> = {
  scheduling: ({ pod }) => parseTime(pod.metadata.creationTimestamp),
  'container creation': ({ boundAt }) => boundAt,
  'image pull': ({ boundAt }) => boundAt,
  'init containers': () => undefined,
};

function startFault({ message, stage, timeout }: Surrender, life: Life | undefined, now: number): string | undefined {
  if (life === undefined) return undefined;
  if (life.container !== 'waits') return `its container ${life.container}`;
  const { hindered } = life;
  if (hindered === undefined) return undefined;
  if (hindered.by !== stage) return `it was hindered by ${hindered.by}`;
  if (!message.includes(expectedWords[hindered.by])) return `it does not say ${expectedWords[hindered.by]}`;
  const waited = now - (beganWith[hindered.by](life) ?? hindered.since);
  return waited < timeout - rounding ? `it waited ${waited} ms only` : undefined;
}

const kindsOfGivingUp: readonly GivingUp[] = [
  {
    words: /did not start: (?<stage>[a-z ]+) took more than (?<timeout>\S+)/u,
    isInfrastructure: (stage) => stage === 'scheduling',
    tries: 1,
    fault: startFault,
  },
  { words: /gave up waiting: driver|nothing has been heard of driver/u, isInfrastructure: () => true, tries: 1 },
  { words: /failed to submit spark application: gave up/u, isInfrastructure: () => false, tries: 1 },
  { words: /gave up waiting for the run before/u, isInfrastructure: () => false, tries: 10 },
];

export interface Surrender {
  readonly kind: GivingUp;
  readonly message: string;
  readonly stage: string;
  /** In milliseconds. */
  readonly timeout: number;
}

export function surrenderIn(message: string): Surrender | undefined {
  for (const kind of kindsOfGivingUp) {
    const { groups } = kind.words.exec(message) ?? {};
    if (!kind.words.test(message)) continue;
    return { kind, message, stage: groups?.['stage'] ?? '', timeout: parseDuration(groups?.['timeout'] ?? '') ?? 0 };
  }
  return undefined;
}
