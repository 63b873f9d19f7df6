/** What may become of a pod: a row is a fate, a fate is a list of stages. One that goes no further stays as it is. */
import { driverContainerName, executorContainerNames, submitterContainerName } from '../../src/api/labels.js';
import {
  canNotMount,
  canNotPull,
  disrupted,
  ends,
  evicted,
  failsToInitialize,
  findsNoNode,
  initializes,
  runs,
  type Stage,
  unheardOf,
  withSidecar,
} from './pod-stages.js';

export type PodRole = 'driver' | 'submitter' | 'executor';

export const podFates = {
  succeeds: [runs, ends(0)],
  fails: [runs, ends(1)],
  'is killed for its memory': [runs, ends(137, 'OOMKilled')],
  'is evicted': [runs, evicted],
  'is evicted before it starts': [evicted],
  'is evicted for the sake of its node': [runs, disrupted],
  'is preempted': [runs, { container: 'runs', deleted: 'preempted' }],
  'is on a node that gets lost': [runs, { container: 'runs', deleted: 'on a lost node' }],
  'is on a node that never comes back': [runs, { container: 'runs', deleted: 'on a node that never comes back' }],
  'is not heard of for a while': [runs, unheardOf, runs, ends(0)],
  'is never heard of again': [runs, { ...unheardOf, isUnheardOf: true }],
  'finds no node': [findsNoNode],
  'finds a node late': [findsNoNode, runs, ends(0)],
  'can not pull its image': [canNotPull],
  'pulls its image in the end': [canNotPull, runs, ends(0)],
  'can not mount a volume': [canNotMount],
  'mounts its volume in the end': [canNotMount, runs, ends(0)],
  'has an init container that goes on for ever': [initializes],
  'has an init container that takes its time': [initializes, runs, ends(0)],
  'has an init container that fails': [initializes, failsToInitialize],
  'ends well beside a sidecar that goes on': [withSidecar.bothRun, withSidecar.onlySidecarRuns],
  'fails beside a sidecar that ended well': [
    withSidecar.bothRun,
    withSidecar.sidecarEndedWell,
    withSidecar.failedAfterSidecar,
  ],
  'ends well beside a sidecar that failed': [withSidecar.bothRun, withSidecar.sidecarFailed, ends(0)],
  'ends with its driver': [runs, { ...ends(0), awaits: 'the end of its driver' }],
  'runs for ever': [runs],
} as const satisfies Readonly<Record<string, readonly Stage[]>>;

export type PodFate = keyof typeof podFates;

export const mainContainers: Readonly<Record<PodRole, string>> = {
  driver: driverContainerName,
  submitter: submitterContainerName,
  executor: executorContainerNames[0] ?? '',
};

/** Of a submission pod, by what became of its spark-submit. */
export const submissionStages = { runs, 'ended well': ends(0), 'ended badly': ends(1) } as const;
