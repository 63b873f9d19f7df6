/** What a status keeps of a run that is over, when another one follows. */
import type { SparkApplicationStatus } from '../src/api/status.js';
import type { ApplicationRecord } from './application-record.js';
import { renderer, specHash } from './driver-rendering.js';
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

/** What the cluster did to earlier runs is forgotten. */
export function rerunAfterSuccess(record: ApplicationRecord): SparkApplicationStatus {
  const { infrastructureFailures, ...status } = rerun(record);
  return status;
}
