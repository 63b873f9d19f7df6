/**
 * Pods that go on after their run has ended: executors that miss the end of their driver, and a driver whose sidecars have not
 * noticed. Each has some time to end by itself; then it is deleted, so that it frees what it holds.
 */
import { parseTime } from '../src/api/status.js';
import { timeoutsOf } from '../src/api/timeouts.js';
import type { ApplicationRecord } from './application-record.js';
import type { Action, DecisionContext, Observation } from './decision.js';
import { hasEnded } from './spark-pod.js';
import { isUndeletable } from './undeletable-pods.js';

/** An executor gives up by itself when it can not reach its driver any more. */
const executorGrace = 60_000;

/** Something to do at a time. */
export interface Chore {
  readonly action: Action;
  /** Milliseconds since the epoch. */
  readonly due: number;
}

/** What is to be done about them, and when. */
export function outlivingPods(
  record: ApplicationRecord,
  observation: Observation,
  context: DecisionContext,
): readonly Chore[] {
  return [...outlivingExecutors(record, observation), ...outlivingDriver(record, observation, context)];
}

function outlivingExecutors({ status }: ApplicationRecord, observation: Observation): readonly Chore[] {
  const pods = observation.executors.filter(
    (pod) => !pod.deleting && !hasEnded(pod) && !isUndeletable(observation, pod),
  );
  const end = parseTime(status.terminationTime);
  if (pods.length === 0 || end === undefined) return [];
  return [{ action: { kind: 'delete-executors', pods }, due: end + executorGrace }];
}

/** The Spark container has ended, and others of the pod have not. */
function outlivingDriver(
  { annotations, status }: ApplicationRecord,
  observation: Observation,
  { settings }: DecisionContext,
): readonly Chore[] {
  const { driver } = observation;
  if (driver.kind !== 'present' || isUndeletable(observation, driver.pod)) return [];
  const { pod } = driver;
  const end = parseTime(pod.end?.finishedAt) ?? parseTime(status.terminationTime);
  if (pod.deleting || pod.phase !== 'Running' || pod.end === undefined || end === undefined) return [];
  const due = end + timeoutsOf(annotations, settings.timeouts).sidecars;
  return [{ action: { kind: 'delete-driver', pod, onlyAsSeen: false }, due }];
}
