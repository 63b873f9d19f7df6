/** The kinds of runs: a row is an application, what its pods may fare, and what its user does meanwhile. All faults strike in all. */
import type { ReconcilerSettings } from '../../reconciler/settings.js';
import type { PodFate, PodRole } from './pod-fates.js';
import type { Random } from './random.js';
import type { UserAction } from './user-actions.js';

export interface RunKind {
  readonly name: string;
  readonly spec: object;
  /** Who submits; left out: the operator. With `either`, the user changes it too. */
  readonly submitter?: 'pod' | 'either';
  readonly users: readonly UserAction[];
  /** Of drivers; the first is the usual one. */
  readonly fates: readonly PodFate[];
  /** Of submission pods: `fails` makes some of them die half way. Default: as drivers. */
  readonly submitterFates?: readonly PodFate[];
  /** That a driver asks for in its life; default: none. */
  readonly executors?: number;
  readonly executorFates?: readonly PodFate[];
  /** A quota that is used up, a webhook that is away, or a right that is missing stays so. */
  readonly troubleLasts?: boolean;
  readonly settings?: Partial<ReconcilerSettings>;
  readonly drawFate: (role: PodRole, random: Random, isCalm: boolean) => PodFate;
}

const minimal = {
  type: 'Scala',
  image: 'spark:4.3.0',
  sparkVersion: '4.3.0',
  mainClass: 'Main',
  mainApplicationFile: 'local:///app.jar',
  arguments: ['0'],
};

const claim = 'spark.kubernetes.driver.volumes.persistentVolumeClaim.work.';

/** A claim beside Service, ConfigMap and NetworkPolicy. */
const withClaim = {
  ...minimal,
  sparkConf: {
    [`${claim}mount.path`]: '/work',
    [`${claim}options.claimName`]: 'OnDemand',
    [`${claim}options.storageClass`]: 'standard',
    [`${claim}options.sizeLimit`]: '1Gi',
  },
};

/** With files that are written anew with each edit. */
const monitored = {
  ...minimal,
  monitoring: {
    exposeDriverMetrics: false,
    exposeExecutorMetrics: false,
    metricsProperties: '0',
    prometheus: { jmxExporterJar: '/jmx.jar' },
  },
};

/** Its pods need the webhook. */
const tagged = { ...minimal, driver: { env: [{ name: 'GREETING', value: 'hello' }] } };

const retrying = (onFailureRetries: number, onSubmissionFailureRetries: number) => ({
  type: 'OnFailure',
  onFailureRetries,
  onFailureRetryInterval: 10,
  onSubmissionFailureRetries,
  onSubmissionFailureRetryInterval: 10,
});

const failures: readonly PodFate[] = [
  'fails',
  'is killed for its memory',
  'is evicted',
  'is evicted before it starts',
  'is preempted',
  'is on a node that gets lost',
];

const slowStarts: readonly PodFate[] = [
  'finds no node',
  'finds a node late',
  'can not pull its image',
  'pulls its image in the end',
  'can not mount a volume',
  'mounts its volume in the end',
  'has an init container that goes on for ever',
  'has an init container that takes its time',
  'has an init container that fails',
];

const lostNodes: readonly PodFate[] = [
  'is on a node that gets lost',
  'is on a node that never comes back',
  'is not heard of for a while',
  'is never heard of again',
  'is evicted for the sake of its node',
];

const executorFates: readonly PodFate[] = [
  'ends with its driver',
  'runs for ever',
  'fails',
  'is evicted',
  'is preempted',
  'finds no node',
  'can not pull its image',
  'is on a node that gets lost',
];

const minutes = 60_000;

/** Shorter than the quiet that ends a run, so that all of them come to their end in it. */
const hurried: Partial<ReconcilerSettings> = {
  timeouts: {
    scheduling: 8 * minutes,
    'container creation': 6 * minutes,
    'image pull': 5 * minutes,
    'init containers': 7 * minutes,
    termination: 9 * minutes,
    sidecars: 5 * minutes,
    submission: 2 * minutes,
    'submission pod': 6 * minutes,
  },
  infrastructureRetries: 2,
};

const sidecars: readonly PodFate[] = [
  'ends well beside a sidecar that goes on',
  'fails beside a sidecar that ended well',
  'ends well beside a sidecar that failed',
];

const edits: readonly UserAction[] = ['edit the spec', 'edit the time to live', 'edit the pod name'];
const podDeletions: readonly UserAction[] = ['delete a pod', 'delete a pod by force'];
const suspensions: readonly UserAction[] = ['suspend', 'resume'];
const deletions: readonly UserAction[] = [
  'delete',
  'delete in the foreground',
  'delete and orphan',
  'hold by a finalizer',
  'let go of the finalizer',
  'create',
];

const rows: readonly Omit<RunKind, 'drawFate'>[] = [
  { name: 'plain', spec: withClaim, users: [], fates: ['succeeds'] },
  { name: 'edits', spec: monitored, users: edits, fates: ['succeeds'] },
  { name: 'pod deletions', spec: minimal, users: podDeletions, fates: ['succeeds'] },
  {
    name: 'retries',
    spec: { ...minimal, restartPolicy: retrying(2, 2) },
    users: [],
    fates: ['succeeds', ...failures, 'fails'],
    executors: 2,
    executorFates,
  },
  { name: 'sidecars', spec: tagged, users: ['edit the spec'], fates: ['succeeds', ...sidecars] },
  {
    name: 'suspensions',
    spec: { ...tagged, restartPolicy: retrying(1, 1) },
    users: suspensions,
    fates: ['succeeds', 'fails'],
    executors: 2,
    executorFates,
  },
  {
    name: 'deletions',
    spec: { ...withClaim, timeToLiveSeconds: 600 },
    users: [...deletions, 'create', 'edit the time to live', 'edit the spec'],
    fates: ['succeeds', 'fails'],
  },
  {
    name: 'time to live',
    spec: { ...minimal, timeToLiveSeconds: 1 },
    users: ['create'],
    fates: ['succeeds'],
  },
  {
    name: 'endless',
    spec: {
      ...minimal,
      restartPolicy: { type: 'Always', onFailureRetryInterval: 10, onSubmissionFailureRetryInterval: 10 },
    },
    users: ['edit the spec', ...suspensions],
    fates: ['succeeds', 'fails', 'runs for ever'],
    executors: 2,
    executorFates,
  },
  {
    name: 'foreign pods',
    spec: minimal,
    users: [
      'put a foreign pod in the way',
      'take the foreign pod away',
      'edit the pod name',
      'break the spec',
      'edit the spec',
    ],
    fates: ['succeeds'],
  },
  {
    name: 'submission pods',
    spec: monitored,
    submitter: 'pod',
    users: ['edit the spec', 'edit the pod name'],
    fates: ['succeeds'],
  },
  {
    name: 'slow starts',
    spec: { ...minimal, restartPolicy: retrying(1, 1) },
    users: ['edit the spec', 'suspend', 'resume'],
    fates: ['succeeds', ...slowStarts],
    settings: hurried,
  },
  {
    name: 'slow submission pods',
    spec: { ...minimal, restartPolicy: retrying(1, 1) },
    submitter: 'pod',
    users: ['edit the spec'],
    fates: ['succeeds', ...slowStarts],
    submitterFates: ['succeeds', ...slowStarts, 'runs for ever', 'fails'],
    settings: hurried,
  },
  {
    name: 'lost nodes',
    spec: { ...minimal, restartPolicy: retrying(1, 1) },
    users: ['edit the spec', 'delete a pod by force'],
    fates: ['succeeds', ...lostNodes],
    settings: hurried,
  },
  {
    name: 'executors',
    spec: { ...tagged, restartPolicy: retrying(1, 1) },
    users: ['edit the spec', ...podDeletions, ...suspensions, ...deletions],
    fates: ['succeeds', 'fails', 'is preempted', 'is evicted for the sake of its node'],
    executors: 4,
    executorFates,
    settings: { maximumTrackedExecutors: 2 },
  },
  {
    name: 'lasting trouble',
    spec: { ...tagged, restartPolicy: retrying(1, 1) },
    users: ['edit the spec', 'edit the pod name', 'forbid the operator to delete pods', ...suspensions],
    fates: ['succeeds'],
    troubleLasts: true,
    settings: hurried,
  },
  {
    name: 'everything',
    spec: { ...monitored, restartPolicy: retrying(1, 1) },
    submitter: 'either',
    users: [...edits, ...podDeletions, ...suspensions, ...deletions, 'break the spec'],
    fates: ['succeeds', ...failures, ...sidecars, ...slowStarts, ...lostNodes],
    executors: 2,
    executorFates,
    settings: hurried,
  },
  {
    name: 'forbidden deletions',
    spec: { ...minimal, restartPolicy: retrying(1, 1), timeToLiveSeconds: 600 },
    users: [
      'forbid the operator to delete pods',
      'forbid the operator to delete pods',
      'allow it to delete pods again',
      'edit the spec',
      'edit the pod name',
      ...suspensions,
      ...deletions,
    ],
    fates: ['succeeds', 'fails', ...sidecars, ...slowStarts, 'is never heard of again'],
    executors: 2,
    executorFates,
    settings: hurried,
  },
];

/** In calm, an application that runs for ever has a driver that does. */
function drawFate(row: Omit<RunKind, 'drawFate'>): RunKind['drawFate'] {
  const { fates, submitterFates = fates, executorFates = [] } = row;
  const fatesOf = { driver: fates, submitter: submitterFates, executor: executorFates };
  const isEndless = row.name === 'endless';
  return (role, random, isCalm) => {
    const [usual = 'succeeds'] = fatesOf[role];
    const drawn = random.chance(0.4) ? usual : (random.pick(fatesOf[role]) ?? usual);
    if (isEndless && isCalm && role === 'driver') return 'runs for ever';
    return drawn;
  };
}

export const runKinds: readonly RunKind[] = rows.map((row) => ({ ...row, drawFate: drawFate(row) }));

/** Seeds take turns, so that a seed alone says of which kind its run is. */
export function kindOf(seed: number): RunKind {
  const kind = runKinds[seed % runKinds.length];
  if (kind === undefined) throw new RangeError(`no kind of run for seed ${seed}`);
  return kind;
}

/** @throws {RangeError} */
export function kindNamed(name: string): RunKind {
  const kind = runKinds.find((row) => row.name === name);
  if (kind !== undefined) return kind;
  throw new RangeError(`no kind of run is called '${name}'; there are: ${runKinds.map((row) => row.name).join(', ')}`);
}
