/**
 * Between two runs: the status lets go of the old one first, so that nobody still works for it, and remembers the names of its
 * pods; then those pods go; and only when the API server has said that all are gone does anything else begin.
 */
import { boundMessage, type SparkApplicationStatus } from '../src/api/status.js';
import type { ApplicationRecord } from './application-record.js';
import type { Decision, Observation } from './decision.js';
import { renderer, specHash } from './driver-rendering.js';
import type { SparkPod } from './spark-pod.js';
import { submissionPodName } from './submission/names.js';

/** The status without the run that it spoke of; counters and the time of the latest submission stay. */
export function withoutRun(record: ApplicationRecord): SparkApplicationStatus {
  const {
    sparkApplicationId,
    terminationTime,
    executorState,
    executorCounts,
    untrackedExecutors,
    driverInfo,
    submission,
    ...kept
  } = record.status;
  // The order counts: once spark-submit has ended, the driver that it may have made is looked for.
  const replacedPods = new Set([
    ...(submission?.submitter === 'pod' ? [submissionPodName(record.name)] : []),
    ...(submission?.replacedPods ?? []),
    ...(driverInfo?.podName ? [driverInfo.podName] : []),
  ]);
  return {
    ...kept,
    driverInfo: {},
    submission: {
      specHash: submission?.specHash ?? specHash(record.spec),
      renderer: submission?.renderer ?? renderer,
      ...(replacedPods.size === 0 ? {} : { replacedPods: [...replacedPods] }),
    },
  };
}

/** PENDING_RERUN: the run is over and another one follows; the counter of submissions begins anew. */
export function rerun(record: ApplicationRecord): SparkApplicationStatus {
  return { ...withoutRun(record), applicationState: { state: 'PENDING_RERUN' }, submissionAttempts: 0 };
}

/** A pod that hangs on a lost node goes when Kubernetes says so, or when somebody deletes it by force. */
const recheckAfterMilliseconds = 30_000;

/**
 * The next step against the pods of earlier submissions; undefined: all are gone.
 * @param wait what is done while one of them ends
 */
export function clearReplaced(
  { status }: ApplicationRecord,
  { replaced }: Observation,
  wait: (pod: SparkPod) => Decision,
): Decision | undefined {
  if (!status.submission?.replacedPods?.length || replaced.kind === 'absent') return undefined;
  if (replaced.kind === 'unknown') return { action: { kind: 'look-up-replaced' } };
  if (replaced.pod.deleting) return wait(replaced.pod);
  return { action: { kind: 'delete-driver', pod: replaced.pod, onlyAsSeen: false } };
}

/** The same between two runs, in the state that the application is in. */
export function cleanUp(record: ApplicationRecord, observation: Observation): Decision | undefined {
  const { status } = record;
  return clearReplaced(record, observation, ({ name }) => {
    const state = status.applicationState?.state ?? '';
    const errorMessage = boundMessage(`waiting for pod ${name} to go`);
    return { status: { ...status, applicationState: { state, errorMessage } }, recheckAfterMilliseconds };
  });
}
