/** What may become of a pod once it has started: a row is a fate, a fate is a list of stages. */
import { driverContainerName, executorContainerNames, submitterContainerName } from '../../src/api/labels.js';

export type PodRole = 'driver' | 'submitter' | 'executor';

export interface Stage {
  /** The pod's status, by the name of its main container. */
  readonly status?: (container: string) => object;
  /** What is true of the main container from now on. */
  readonly container: 'runs' | 'ended well' | 'ended badly';
  /** The control plane deletes the pod; on a lost node the container runs on all the same until the node is back. */
  readonly deleted?: 'preempted' | 'on a lost node';
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
const running = { running: {} };

const runs: Stage = {
  status: (container) => ({ phase: 'Running', containerStatuses: [state(container, running)] }),
  container: 'runs',
};

function ends(exitCode: number, reason = exitCode === 0 ? 'Completed' : 'Error'): Stage {
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

const evicted: Stage = {
  status: () => ({ phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' }),
  container: 'ended badly',
};

export const podFates = {
  succeeds: [runs, ends(0)],
  fails: [runs, ends(1)],
  'is killed for its memory': [runs, ends(137, 'OOMKilled')],
  'is evicted': [runs, evicted],
  'is evicted before it starts': [evicted],
  'is preempted': [runs, { container: 'runs', deleted: 'preempted' }],
  'is on a node that gets lost': [runs, { container: 'runs', deleted: 'on a lost node' }],
  'ends well beside a sidecar that goes on': [
    besideSidecar(running, running, 'runs'),
    besideSidecar(terminated(0, 'Completed'), running, 'ended well'),
  ],
  'fails beside a sidecar that ended well': [
    besideSidecar(running, running, 'runs'),
    besideSidecar(running, terminated(0, 'Completed'), 'runs'),
    besideSidecar(terminated(1, 'Error'), terminated(0, 'Completed'), 'ended badly'),
  ],
  'ends well beside a sidecar that failed': [
    besideSidecar(running, running, 'runs'),
    besideSidecar(running, terminated(2, 'Error'), 'runs'),
    ends(0),
  ],
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
