/** Applications, pods and observations for the tests of decisions. */
import type { ApplicationRecord } from '../../../reconciler/application-record.js';
import type { DecisionContext, Observation } from '../../../reconciler/decision.js';
import { rendererOf, specHash } from '../../../reconciler/driver-rendering.js';
import type { PendingPod } from '../../../reconciler/pending-pod.js';
import { defaultSettings } from '../../../reconciler/settings.js';
import type { SparkPod } from '../../../reconciler/spark-pod.js';
import type { SparkApplicationStatus } from '../../../src/api/status.js';
import { objectKey } from '../../../src/kube/objects.js';

export const now = Date.UTC(2026, 10, 22, 12, 0, 0);
export const submissionId = '11111111-2222-4333-8444-555555555555';

export const spec = {
  type: 'Scala',
  mode: 'cluster',
  image: 'spark:4.1.4',
  mainClass: 'org.apache.spark.examples.SparkPi',
  mainApplicationFile: 'local:///opt/spark/examples/jars/spark-examples.jar',
};

export function application(
  status: SparkApplicationStatus = {},
  changes: Partial<ApplicationRecord> = {},
): ApplicationRecord {
  return {
    key: objectKey({ namespace: 'team', name: 'pi' }),
    uid: 'application-uid',
    resourceVersion: '1',
    name: 'pi',
    namespace: 'team',
    generation: 1,
    createdAt: now,
    deleting: false,
    orphaning: false,
    labels: {},
    annotations: {},
    spec,
    status,
    ...changes,
  };
}

/** The status after the intent, and with `podUid` after the claim. */
export function submittedStatus(podUid?: string): SparkApplicationStatus {
  return {
    applicationState: { state: 'SUBMITTED' },
    submissionID: submissionId,
    lastSubmissionAttemptTime: '2026-11-22T12:00:00Z',
    submissionAttempts: 1,
    driverInfo: { podName: 'pi-driver', ...(podUid === undefined ? {} : { podUid }) },
    submission: { specHash: specHash(spec), renderer: rendererOf(defaultSettings) },
    observedGeneration: 1,
  };
}

export function driverPod(changes: Partial<SparkPod> = {}): SparkPod {
  return {
    key: objectKey({ namespace: 'team', name: 'pi-driver' }),
    uid: 'pod-uid',
    resourceVersion: '1',
    name: 'pi-driver',
    role: 'driver',
    isSubmitter: false,
    applicationName: 'pi',
    submissionId,
    applicationId: `spark-${submissionId.replaceAll('-', '')}`,
    executorId: undefined,
    ownerUid: 'application-uid',
    applicationUid: 'application-uid',
    isTagged: false,
    applied: undefined,
    configMapId: '0123456789abcdef',
    deleting: false,
    phase: 'Pending',
    end: undefined,
    deletionDeadline: undefined,
    nodeName: undefined,
    failedInitContainer: undefined,
    pending: undefined,
    failure: undefined,
    disruption: undefined,
    exception: undefined,
    memoryLimit: undefined,
    ...changes,
  };
}

/** A pod that has been in that stage since `now`. */
export function pending(stage: PendingPod['stage'], because?: PendingPod['because']): Pick<SparkPod, 'pending'> {
  return { pending: { stage, since: now, ...(because === undefined ? {} : { because }) } };
}

export function executorPod(id: number, changes: Partial<SparkPod> = {}): SparkPod {
  const name = `pi-exec-${id}`;
  return driverPod({ name, key: objectKey({ namespace: 'team', name }), role: 'executor', executorId: id, ...changes });
}

export function seen(changes: Partial<Observation> = {}): Observation {
  return {
    driver: { kind: 'unknown' },
    submissionPod: { kind: 'unknown' },
    replaced: { kind: 'unknown' },
    strays: [],
    executors: [],
    strayExecutors: [],
    released: false,
    configMap: 'unknown',
    ...changes,
  };
}

/** As the API server itself has shown it. */
export function present(pod: SparkPod): Pick<Observation, 'driver'> {
  return { driver: { kind: 'present', pod, isLive: true } };
}

/** As the cache has it. */
export function cached(pod: SparkPod): Pick<Observation, 'driver'> {
  return { driver: { kind: 'present', pod } };
}

export const context: DecisionContext = {
  now,
  newSubmissionId: '99999999-2222-4333-8444-555555555555',
  settings: defaultSettings,
};
