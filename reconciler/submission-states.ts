/**
 * From a new application to a driver that may start. Each step first leaves its mark where a successor finds it:
 *
 * 1. intent: a status with the submission id and the name of the pod, before anything exists;
 * 2. pod: it can not start, because its ConfigMap is missing: the fence;
 * 3. claim: the uid of the one pod that may run, in the status;
 * 4. release: Service and the rest, the driver's ConfigMap last.
 */
import { driverPodName } from '../src/api/names.js';
import { describeProblems } from '../src/api/problem.js';
import type { SparkApplication } from '../src/api/spark-application.js';
import { formatTime } from '../src/api/status.js';
import { FiresteelError } from '../src/errors.js';
import { applicationEvents } from './application-events.js';
import { type ApplicationRecord, readApplication } from './application-record.js';
import type { Decision, DecisionContext, Observation, StateHandler } from './decision.js';
import { expectedDigest, renderDriver, rendererOf, specHash } from './driver-rendering.js';
import { driverLost, monitor } from './monitoring-states.js';
import { hasStarted, type SparkPod } from './spark-pod.js';
import type { DriverObjects } from './submission/driver-objects.js';
import { failed, submissionFailed, waitFor } from './submission-ends.js';

/** A new application: refuse it, or declare the intent to submit it. */
export const begin: StateHandler = (record, _, context) => {
  const reading = readApplication(record);
  if (!reading.ok) return failed(record, context, `invalid SparkApplication: ${describeProblems(reading.problems)}`);
  const rendered = tryRender(reading.application, context);
  if (rendered instanceof FiresteelError) return submissionFailed(tried(record, context), context, rendered.message);
  return declareIntent(record, context, reading.application, rendered);
};

/** A submission that is refused before it leaves a mark counts as one all the same. */
function tried(record: ApplicationRecord, { now }: DecisionContext): ApplicationRecord {
  const submissionAttempts = (record.status.submissionAttempts ?? 0) + 1;
  return { ...record, status: { ...record.status, submissionAttempts, lastSubmissionAttemptTime: formatTime(now) } };
}

function tryRender(application: SparkApplication, context: DecisionContext): DriverObjects | FiresteelError {
  try {
    return renderDriver(application, { id: context.newSubmissionId, submitTime: context.now }, context.settings);
  } catch (error) {
    if (error instanceof FiresteelError) return error;
    throw error;
  }
}

function declareIntent(
  record: ApplicationRecord,
  { now, newSubmissionId, settings }: DecisionContext,
  application: SparkApplication,
  rendered: DriverObjects,
): Decision {
  const { status, name } = record;
  const { executorState, executorCounts, untrackedExecutors, terminationTime, ...kept } = status;
  const isFirst = (status.applicationState?.state ?? '') === '';
  const podName = driverPodName(name, application.spec);
  return {
    status: {
      ...kept,
      applicationState: { state: 'SUBMITTED' },
      submissionID: newSubmissionId,
      sparkApplicationId: rendered.applicationId,
      lastSubmissionAttemptTime: formatTime(now),
      submissionAttempts: (status.submissionAttempts ?? 0) + 1,
      driverInfo: { podName },
      submission: {
        specHash: specHash(record.spec),
        renderer: rendererOf(settings),
        ...replacedPods(record, podName),
      },
      observedGeneration: record.generation,
    },
    events: [
      ...(isFirst ? [applicationEvents.added(name)] : []),
      ...rendered.warnings.map((warning) => applicationEvents.doubt(warning)),
    ],
  };
}

/** Two pods of one name exclude each other; those of other names have to be remembered until they are gone. */
function replacedPods({ status }: ApplicationRecord, podName: string): { replacedPods?: string[] } {
  const names = new Set([...(status.submission?.replacedPods ?? []), status.driverInfo?.podName ?? podName]);
  names.delete(podName);
  return names.size === 0 ? {} : { replacedPods: [...names] };
}

/** SUBMITTED: wherever the last leader stopped, go on from there. */
export const submitted: StateHandler = (record, observation, context) => {
  // A submission without our mark is the peer's: it was complete when the peer wrote this state.
  if (record.status.submission == null) return monitor(record, observation, context);
  if (record.status.driverInfo?.podUid == null) return beforeClaim(record, observation, context);
  return afterClaim(record, observation, context, record.status.driverInfo.podUid);
};

function beforeClaim(record: ApplicationRecord, observation: Observation, context: DecisionContext): Decision {
  const reading = readApplication(record);
  // The new intent goes before the deletion of what the old one made, so that nobody still works for the old one.
  if (!reading.ok || !isCurrentSubmission(record, context)) return begin(record, observation, context);
  const pod = observation.driver.kind === 'present' ? observation.driver.pod : undefined;
  if (pod === undefined) return createOrWait(record, observation, context);
  if (pod.ownerUid !== record.uid) return nameIsTaken(record, context, pod);
  if (pod.deleting) return waitToGo(record, observation, context, pod);
  if (pod.submissionId !== record.status.submissionID) {
    return { action: { kind: 'delete-driver', pod, onlyAsSeen: false } };
  }
  if (pod.applied !== expectedDigest(reading.application)) {
    return {
      events: [applicationEvents.podUnmutated(pod.name)],
      action: { kind: 'delete-driver', pod, onlyAsSeen: true, because: { kind: 'wait', message: unmutated(pod) } },
    };
  }
  return claim(record, pod);
}

/** By the driver of a deleted application of this name, which is about to go, or by something that is not ours at all. */
function nameIsTaken(record: ApplicationRecord, context: DecisionContext, pod: SparkPod): Decision {
  const isOfPredecessor = pod.applicationName === record.name && pod.ownerUid !== undefined;
  if (isOfPredecessor || pod.deleting) {
    return waitFor(record, context, `waiting for pod ${pod.name} of an earlier application to go`);
  }
  return submissionFailed(record, context, `driver pod already exists: ${pod.name} is not of this application`);
}

function unmutated(pod: SparkPod): string {
  return (
    `pod ${pod.name} was admitted without the features that its annotations ask for, and was deleted; ` +
    'check the MutatingWebhookConfiguration of Firesteel'
  );
}

/** Whether the status speaks of this spec and of this version of the code. */
function isCurrentSubmission({ status, spec }: ApplicationRecord, { settings }: DecisionContext): boolean {
  return status.submission?.specHash === specHash(spec) && status.submission.renderer === rendererOf(settings);
}

function createOrWait(record: ApplicationRecord, observation: Observation, context: DecisionContext): Decision {
  const { setback } = observation;
  if (setback === undefined) return unlessWaiting(observation, context, create(record, observation, context));
  if (setback.kind === 'refused') return submissionFailed(record, context, setback.message);
  return waitFor(record, context, `waiting to create the driver pod: ${setback.message}`);
}

/** The pods of earlier submissions under other names go first. */
function create(record: ApplicationRecord, observation: Observation, context: DecisionContext): Decision {
  const { replaced } = observation;
  if (!record.status.submission?.replacedPods?.length || replaced.kind === 'absent')
    return { action: { kind: 'create-driver' } };
  if (replaced.kind === 'unknown') return { action: { kind: 'look-up-replaced' } };
  if (replaced.pod.deleting) return waitToGo(record, observation, context, replaced.pod);
  return { action: { kind: 'delete-driver', pod: replaced.pod, onlyAsSeen: false } };
}

/** Events come whenever they like; what was said to be tried later is tried later. */
function unlessWaiting({ waitUntil = 0 }: Observation, { now }: DecisionContext, decision: Decision): Decision {
  return waitUntil > now ? { recheckAfterMilliseconds: waitUntil - now } : decision;
}

function waitToGo(
  record: ApplicationRecord,
  { setback }: Observation,
  context: DecisionContext,
  pod: SparkPod,
): Decision {
  return waitFor(record, context, setback?.message ?? `waiting for pod ${pod.name} to go`);
}

function claim(record: ApplicationRecord, pod: SparkPod): Decision {
  const { status, name } = record;
  if (status.submission == null) return {};
  const { waitingSince, replacedPods: _, ...submission } = status.submission;
  return {
    status: {
      ...status,
      applicationState: { state: 'SUBMITTED' },
      executionAttempts: (status.executionAttempts ?? 0) + 1,
      driverInfo: { ...status.driverInfo, podUid: pod.uid },
      submission: { ...submission, ...(pod.configMapId === undefined ? {} : { configMapId: pod.configMapId }) },
    },
    events: [applicationEvents.submitted(name)],
    action: { kind: 'release-driver' },
  };
}

function afterClaim(
  record: ApplicationRecord,
  observation: Observation,
  context: DecisionContext,
  podUid: string,
): Decision {
  const { driver, setback } = observation;
  if (driver.kind === 'unknown') return { action: { kind: 'look-up-driver' } };
  const pod = driver.kind === 'present' && driver.pod.uid === podUid ? driver.pod : undefined;
  const isReleased = observation.released || observation.configMap === 'present';
  if (pod !== undefined && (isReleased || hasStarted(pod))) return monitor(record, observation, context);
  if (setback?.kind === 'refused' && (pod === undefined || pod.deleting)) {
    return submissionFailed(record, context, setback.message);
  }
  // It may have run: nobody but a new submission may ever make another one.
  if (pod === undefined) return driverLost(record, observation, context);
  if (pod.deleting) return waitToGo(record, observation, context, pod);
  if (observation.configMap === 'unknown') {
    return unlessWaiting(observation, context, { action: { kind: 'look-up-config-map' } });
  }
  if (setback?.kind === 'refused')
    return { action: { kind: 'delete-driver', pod, onlyAsSeen: true, because: setback } };
  if (setback?.kind === 'wait') return waitFor(record, context, `waiting to release the driver: ${setback.message}`);
  // The spec or the code changed, and the driver can not have started: a new intent takes the claim back, and the pod is
  // deleted as that of another submission. The other way round a late release could start it in between.
  return isCurrentSubmission(record, context)
    ? { action: { kind: 'release-driver' } }
    : begin(record, observation, context);
}
