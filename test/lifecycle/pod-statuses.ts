/** What kubelets and schedulers write into the status of a driver pod. */
import { driverContainerName } from '../../src/api/labels.js';

const time = (milliseconds: number) => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

/** Of the Spark container, or another one. */
export function containerStatus(state: object, name: string = driverContainerName): object {
  const started = 'running' in state;
  return { name, image: 'spark', imageID: '', ready: started, started, restartCount: 0, state };
}

const ended = (exitCode: number, reason: string) => ({
  containerStatuses: [containerStatus({ terminated: { exitCode, reason } })],
});

export const podStatuses = {
  running: { phase: 'Running', containerStatuses: [containerStatus({ running: {} })] },
  unknown: { phase: 'Unknown' },
  succeeded: { phase: 'Succeeded', ...ended(0, 'Completed') },
  failed: { phase: 'Failed', ...ended(3, 'Error') },
  unschedulable: (message: string) => ({
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
  }),
  /** On its node since then, its Spark container waiting for that reason. */
  waiting: (since: number, reason: string, message = '') => ({
    phase: 'Pending',
    conditions: [scheduled(since)],
    containerStatuses: [containerStatus({ waiting: { reason, message } })],
  }),
  /** An init container has run since then. */
  initializing: (since: number) => ({
    phase: 'Pending',
    conditions: [scheduled(since), { type: 'Initialized', status: 'False' }],
    initContainerStatuses: [containerStatus({ running: { startedAt: time(since) } }, 'fetch')],
    containerStatuses: [containerStatus({ waiting: { reason: 'PodInitializing' } })],
  }),
  /** The Spark container ended well at that time, and a sidecar goes on. */
  outlived: (at: number) => ({
    phase: 'Running',
    containerStatuses: [
      containerStatus({ terminated: { exitCode: 0, reason: 'Completed', finishedAt: time(at) } }),
      containerStatus({ running: {} }, 'proxy'),
    ],
  }),
};

const scheduled = (since: number) => ({ type: 'PodScheduled', status: 'True', lastTransitionTime: time(since) });
