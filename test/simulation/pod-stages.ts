/** The stages that a pod may go through: what the API server is told of it, and what is true of its main container meanwhile. */

import type { PendingStage } from '../../reconciler/pending-pod.js';
import { formatTime } from '../../src/api/status.js';

export interface Stage {
  /** The pod's status, by the name of its main container, at the time that the node's clock shows. */
  readonly status?: (container: string, now: number) => object;
  /** What is true of the main container from now on. */
  readonly container: 'waits' | 'runs' | 'ended well' | 'ended badly';
  /** What the pod can not have before this stage; left out: nothing, of one that waits or ends, its mounts, of one that runs. */
  readonly needs?: 'no node' | 'its mounts';
  /** Why it does not start, where it never does or takes its time. */
  readonly hindered?: PendingStage;
  /** Kubernetes' warning, as an event. */
  readonly warning?: { readonly reason: string; readonly message: string };
  /** It comes only when the container of the pod's owner has ended. */
  readonly awaits?: 'the end of its driver';
  /** The control plane deletes the pod; on a lost node the container runs on all the same until the node is back. */
  readonly deleted?: 'preempted' | 'on a lost node' | 'on a node that never comes back';
  /** The node does not answer any more; what it is told to stop runs on. */
  readonly isUnheardOf?: true;
  /** Its failure is none of the application's. */
  readonly isClustersDoing?: true;
}

const state = (name: string, is: object) => ({
  name,
  state: is,
  image: '',
  imageID: '',
  ready: false,
  restartCount: 0,
});
const terminated = (exitCode: number, reason: string) => ({ terminated: { exitCode, reason } });
const condition = (type: string, status: 'True' | 'False', now: number, more: object = {}) => ({
  type,
  status,
  lastTransitionTime: formatTime(now),
  ...more,
});
const running = { running: {} };

export const runs: Stage = {
  status: (container) => ({
    phase: 'Running',
    containerStatuses: [state(container, running)],
    initContainerStatuses: null,
  }),
  container: 'runs',
};

export function ends(exitCode: number, reason = exitCode === 0 ? 'Completed' : 'Error'): Stage {
  return {
    status: (container) => ({
      phase: exitCode === 0 ? 'Succeeded' : 'Failed',
      containerStatuses: [state(container, terminated(exitCode, reason))],
    }),
    container: exitCode === 0 ? 'ended well' : 'ended badly',
  };
}

function besideSidecar(driver: object, sidecar: object, container: Stage['container']): Stage {
  return {
    status: (name) => ({ phase: 'Running', containerStatuses: [state('sidecar', sidecar), state(name, driver)] }),
    container,
  };
}

export const withSidecar = {
  bothRun: besideSidecar(running, running, 'runs'),
  onlySidecarRuns: besideSidecar(terminated(0, 'Completed'), running, 'ended well'),
  sidecarEndedWell: besideSidecar(running, terminated(0, 'Completed'), 'runs'),
  sidecarFailed: besideSidecar(running, terminated(2, 'Error'), 'runs'),
  failedAfterSidecar: besideSidecar(terminated(1, 'Error'), terminated(0, 'Completed'), 'ended badly'),
} as const;

/** It used more than its own limits: its own fault. */
export const evicted: Stage = {
  status: () => ({
    phase: 'Failed',
    reason: 'Evicted',
    message: 'Pod ephemeral local storage usage exceeds the limit.',
  }),
  container: 'ended badly',
};

/** Kubernetes says that it was the cluster's doing. */
export const disrupted: Stage = {
  status: (container, now) => ({
    phase: 'Failed',
    reason: 'Evicted',
    message: 'The node was low on resource: memory.',
    containerStatuses: [state(container, terminated(137, 'Error'))],
    conditions: [
      condition('PodScheduled', 'True', now),
      condition('DisruptionTarget', 'True', now, { reason: 'TerminationByKubelet' }),
    ],
  }),
  container: 'ended badly',
  isClustersDoing: true,
};

/** The control plane marks a pod on a node that does not answer. */
export const unheardOf: Stage = { status: () => ({ phase: 'Unknown' }), container: 'runs' };

export const findsNoNode: Stage = {
  status: (_, now) => ({
    phase: 'Pending',
    conditions: [
      condition('PodScheduled', 'False', now, {
        reason: 'Unschedulable',
        message: '0/1 nodes are available: 1 Insufficient memory.',
      }),
    ],
  }),
  container: 'waits',
  needs: 'no node',
  hindered: 'scheduling',
};

export const canNotPull: Stage = {
  status: (container) => ({
    phase: 'Pending',
    containerStatuses: [
      state(container, { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "spark:4.3.0"' } }),
    ],
  }),
  container: 'waits',
  needs: 'its mounts',
  hindered: 'image pull',
};

/** Only an event says why: once, and not of the ConfigMap that a release has still to make. */
export const canNotMount: Stage = {
  status: (container) => ({
    phase: 'Pending',
    containerStatuses: [state(container, { waiting: { reason: 'ContainerCreating' } })],
  }),
  container: 'waits',
  needs: 'its mounts',
  hindered: 'container creation',
  warning: { reason: 'FailedMount', message: 'MountVolume.SetUp failed for volume "work"' },
};

const initContainer = (is: object) => ({ initContainerStatuses: [state('prepare', is)] });

export const initializes: Stage = {
  status: (_, now) => ({ phase: 'Pending', ...initContainer({ running: { startedAt: formatTime(now) } }) }),
  container: 'waits',
  needs: 'its mounts',
  hindered: 'init containers',
};

export const failsToInitialize: Stage = {
  status: () => ({ phase: 'Failed', ...initContainer(terminated(3, 'Error')) }),
  container: 'ended badly',
};

/** Kubernetes ends a pod whose `activeDeadlineSeconds` are over. */
export const exceedsDeadline: Stage = {
  status: (container) => ({
    phase: 'Failed',
    reason: 'DeadlineExceeded',
    message: 'Pod was active on the node longer than the specified deadline',
    containerStatuses: [state(container, terminated(137, 'Error'))],
  }),
  container: 'ended badly',
};
