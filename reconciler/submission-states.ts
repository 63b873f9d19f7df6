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
import { boundMessage, formatTime, parseTime, type SparkApplicationStatus } from '../src/api/status.js';
import { FiresteelError } from '../src/errors.js';
import { applicationEvents } from './application-events.js';
import { type ApplicationRecord, readApplication } from './application-record.js';
import type { Decision, DecisionContext, Observation, StateHandler } from './decision.js';
import { expectedDigest, renderDriver, renderer, specHash } from './driver-rendering.js';
import { driverLost, monitor } from './monitoring-states.js';
import { hasStarted, type SparkPod } from './spark-pod.js';
import type { DriverObjects } from './submission/driver-objects.js';

/** A new application: refuse it, or declare the intent to submit it. */
export const begin: StateHandler = (record, _, context) => {
  if (record.deleting) return {};
  const reading = readApplication(record);
  if (!reading.ok) return failed(record, context, `invalid SparkApplication: ${describeProblems(reading.problems)}`);
  const rendered = tryRender(reading.application, context);
  if (rendered instanceof FiresteelError) return submissionFailed(record, context, rendered.message);
  return declareIntent(record, context, reading.application, rendered);
};

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
  { now, newSubmissionId }: DecisionContext,
  application: SparkApplication,
  rendered: DriverObjects,
): Decision {
  const { status, name } = record;
  const { executorState, terminationTime, ...kept } = status;
  const isFirst = (status.applicationState?.state ?? '') === '';
  return {
    status: {
      ...kept,
      applicationState: { state: 'SUBMITTED' },
      submissionID: newSubmissionId,
      sparkApplicationId: rendered.applicationId,
      lastSubmissionAttemptTime: formatTime(now),
      submissionAttempts: (status.submissionAttempts ?? 0) + 1,
      driverInfo: { podName: driverPodName(name, application.spec) },
      submission: { specHash: specHash(record.spec), renderer },
      observedGeneration: record.generation,
    },
    events: [
      ...(isFirst ? [applicationEvents.added(name)] : []),
      ...rendered.warnings.map((warning) => applicationEvents.doubt(warning)),
    ],
    action: { kind: 'create-driver' },
  };
}

/** SUBMITTED: wherever the last leader stopped, go on from there. */
export const submitted: StateHandler = (record, observation, context) => {
  // A submission without our mark is the peer's: it was complete when the peer wrote this state.
  if (record.status.submission == null) return monitor(record, observation, context);
  if (record.status.driverInfo?.podUid == null) return beforeClaim(record, observation, context);
  return afterClaim(record, observation, context, record.status.driverInfo.podUid);
};

function beforeClaim(record: ApplicationRecord, observation: Observation, context: DecisionContext): Decision {
  const pod = observation.driver.kind === 'present' ? observation.driver.pod : undefined;
  if (pod !== undefined && pod.ownerUid !== record.uid) return nameIsTaken(record, context, pod);
  if (pod?.deleting) return { recheckAfterMilliseconds: recheckGoing };
  if (record.deleting) return {};
  const reading = readApplication(record);
  const isCurrent = reading.ok && isCurrentSubmission(record);
  if (pod !== undefined && (!isCurrent || pod.submissionId !== record.status.submissionID)) {
    return { action: { kind: 'delete-driver', uid: pod.uid } };
  }
  if (!isCurrent) return begin(record, observation, context);
  if (pod === undefined) return createOrWait(record, observation, context);
  if (pod.applied !== expectedDigest(reading.application)) {
    return { action: { kind: 'delete-driver', uid: pod.uid, because: { kind: 'wait', message: unmutated(pod) } } };
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
function isCurrentSubmission({ status, spec }: ApplicationRecord): boolean {
  return status.submission?.specHash === specHash(spec) && status.submission.renderer === renderer;
}

function createOrWait(record: ApplicationRecord, observation: Observation, context: DecisionContext): Decision {
  const { setback } = observation;
  if (setback === undefined) return { action: { kind: 'create-driver' } };
  if (setback.kind === 'refused') return submissionFailed(record, context, setback.message);
  return waitFor(record, context, `waiting to create the driver pod: ${setback.message}`);
}

function claim(record: ApplicationRecord, pod: SparkPod): Decision {
  const { status, name } = record;
  return {
    status: {
      ...status,
      applicationState: { state: 'SUBMITTED' },
      executionAttempts: (status.executionAttempts ?? 0) + 1,
      driverInfo: { ...status.driverInfo, podUid: pod.uid },
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
  if (pod !== undefined && (observation.released || hasStarted(pod))) return monitor(record, observation, context);
  if (setback?.kind === 'refused' && (pod === undefined || pod.deleting)) {
    return submissionFailed(record, context, setback.message);
  }
  if (pod === undefined) {
    return isCurrentSubmission(record) ? driverLost(record, observation, context) : begin(record, observation, context);
  }
  if (pod.deleting) return { recheckAfterMilliseconds: recheckGoing };
  if (setback?.kind === 'refused') return { action: { kind: 'delete-driver', uid: pod.uid, because: setback } };
  if (setback?.kind === 'wait') return waitFor(record, context, `waiting to release the driver: ${setback.message}`);
  if (isCurrentSubmission(record)) return { action: { kind: 'release-driver' } };
  return replaceUnreleased(record, observation, context);
}

/**
 * The spec or the code changed under a claimed pod: only its ConfigMap can tell whether it may start already. Where it may
 * not, the claim is taken back first, by a new intent; the pod is deleted as that of another submission. The other way round
 * a late release of a paused leader could start it, and its end by our hand would look like the application's own.
 */
function replaceUnreleased(record: ApplicationRecord, observation: Observation, context: DecisionContext): Decision {
  if (observation.configMap === 'unknown') return { action: { kind: 'look-up-config-map' } };
  if (observation.configMap === 'present') return monitor(record, observation, context);
  return begin(record, observation, context);
}

const recheckGoing = 5_000;

/** Says why, and looks again ever more rarely, up to the deadline of the submission. */
function waitFor(record: ApplicationRecord, context: DecisionContext, message: string): Decision {
  const begun = parseTime(record.status.lastSubmissionAttemptTime) ?? context.now;
  const elapsed = Math.max(0, context.now - begun);
  const remaining = context.settings.submissionDeadlineMilliseconds - elapsed;
  if (remaining <= 0) return submissionFailed(record, context, `gave up ${message}`);
  const status: SparkApplicationStatus = {
    ...record.status,
    applicationState: { state: 'SUBMITTED', errorMessage: boundMessage(message) },
  };
  const pause = Math.min(Math.max(elapsed / 4, 1_000), 30_000, remaining);
  return { status, recheckAfterMilliseconds: pause };
}

/** SUBMISSION_FAILED, and with no retry to follow at once FAILED. */
export function submissionFailed(record: ApplicationRecord, context: DecisionContext, why: string): Decision {
  const decision = failed(record, context, `failed to submit spark application: ${why}`);
  return { ...decision, events: [applicationEvents.submissionFailed(record.name, why), ...(decision.events ?? [])] };
}

function failed(record: ApplicationRecord, { now }: DecisionContext, why: string): Decision {
  const errorMessage = boundMessage(why);
  return {
    status: {
      ...record.status,
      applicationState: { state: 'FAILED', errorMessage },
      terminationTime: formatTime(now),
      observedGeneration: record.generation,
    },
    events: [applicationEvents.failed(record.name, errorMessage)],
  };
}
