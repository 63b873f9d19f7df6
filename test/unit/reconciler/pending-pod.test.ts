/** The stage of a pod's start, and since when, read off statuses as real kubelets and schedulers write them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pendingPod } from '../../../reconciler/pending-pod.js';

const created = Date.UTC(2026, 10, 22, 12, 0, 0);
const at = (minutes: number) => new Date(created + minutes * 60_000).toISOString();
const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: at(1) };
const sandbox = { type: 'PodReadyToStartContainers', status: 'True', lastTransitionTime: at(2) };
const initialized = { type: 'Initialized', status: 'True', lastTransitionTime: at(30) };
const waiting = (reason: string, message?: string) => ({ waiting: { reason, ...(message ? { message } : {}) } });
const driver = (state: object) => ({ containerStatuses: [{ name: 'spark-kubernetes-driver', state }] });
const creating = driver(waiting('ContainerCreating'));

const rows: readonly [name: string, status: object, stage: string, minutes: number, reason?: string][] = [
  ['no scheduler has seen it', {}, 'scheduling', 0],
  [
    'no node fits',
    { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes' }] },
    'scheduling',
    0,
    'Unschedulable',
  ],
  [
    'held by a gate',
    { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message: 'gates' }] },
    'scheduling',
    0,
    'SchedulingGated',
  ],
  ['mounting', { conditions: [scheduled], ...creating }, 'container creation', 1],
  ['its sandbox is there', { conditions: [scheduled, sandbox], ...creating }, 'container creation', 2],
  [
    'the image is not there',
    { conditions: [scheduled, sandbox], ...driver(waiting('ImagePullBackOff', 'Back-off')) },
    'image pull',
    2,
    'ImagePullBackOff',
  ],
  [
    'the name of the image is none',
    { conditions: [scheduled], ...driver(waiting('InvalidImageName', 'bad')) },
    'image pull',
    1,
    'InvalidImageName',
  ],
  [
    'a variable names a Secret that is not there',
    { conditions: [scheduled, sandbox], ...driver(waiting('CreateContainerConfigError', 'secret "s" not found')) },
    'container creation',
    2,
    'CreateContainerConfigError',
  ],
  [
    'an init container runs',
    {
      conditions: [scheduled, sandbox],
      initContainerStatuses: [
        { name: 'a', state: { terminated: { exitCode: 0, finishedAt: at(10) } } },
        { name: 'b', state: { running: { startedAt: at(11) } } },
      ],
      ...driver(waiting('PodInitializing')),
    },
    'init containers',
    11,
  ],
  [
    'the image of the second container is not there, after the first has run for long',
    {
      conditions: [scheduled, sandbox],
      initContainerStatuses: [
        { name: 'a', state: { terminated: { exitCode: 0, finishedAt: at(20) } } },
        { name: 'b', state: waiting('ErrImagePull', 'not found') },
      ],
    },
    'image pull',
    20,
    'ErrImagePull',
  ],
  [
    'a sidecar among the init containers runs while the driver is created',
    {
      conditions: [scheduled, sandbox, initialized],
      initContainerStatuses: [{ name: 'proxy', state: { running: { startedAt: at(25) } } }],
      ...creating,
    },
    'container creation',
    30,
  ],
];

describe('a pod that does not run yet', () => {
  for (const [name, status, stage, minutes, reason] of rows) {
    it(`${name}: ${stage}, since minute ${minutes}`, () => {
      const pending = pendingPod({ phase: 'Pending', ...status }, created);
      assert.deepEqual([pending?.stage, pending?.because?.reason], [stage, reason]);
      assert.equal(pending?.since, created + minutes * 60_000);
    });
  }

  it('is none once it runs or has ended', () => {
    for (const phase of ['Running', 'Succeeded', 'Failed']) assert.equal(pendingPod({ phase }, created), undefined);
  });
});
