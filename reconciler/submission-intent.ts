/**
 * The intent to submit: a status with the submission id, the name of the driver pod and who makes it, before anything exists.
 */
import { driverPodName } from '../src/api/names.js';
import { describeProblems } from '../src/api/problem.js';
import type { SparkApplication } from '../src/api/spark-application.js';
import { formatTime } from '../src/api/status.js';
import { FiresteelError } from '../src/errors.js';
import { applicationEvents } from './application-events.js';
import { type ApplicationRecord, readApplication } from './application-record.js';
import type { Decision, DecisionContext, StateHandler } from './decision.js';
import { rendererOf, specHash } from './driver-rendering.js';
import { submissionPodName } from './submission/names.js';
import { failed, submissionFailed } from './submission-ends.js';
import { planSubmission, type SubmissionPlan } from './submission-plan.js';

/** A new application: refuse it, or declare the intent to submit it. */
export const begin: StateHandler = (record, _, context) => {
  const reading = readApplication(record);
  if (!reading.ok) return failed(record, context, `invalid SparkApplication: ${describeProblems(reading.problems)}`);
  const plan = tryPlan(reading.application, context);
  if (plan instanceof FiresteelError) return submissionFailed(tried(record, context), context, plan.message);
  return declareIntent(record, context, reading.application, plan);
};

/** A submission that is refused before it leaves a mark counts as one all the same. */
function tried(record: ApplicationRecord, { now }: DecisionContext): ApplicationRecord {
  const submissionAttempts = (record.status.submissionAttempts ?? 0) + 1;
  return { ...record, status: { ...record.status, submissionAttempts, lastSubmissionAttemptTime: formatTime(now) } };
}

function tryPlan(application: SparkApplication, context: DecisionContext): SubmissionPlan | FiresteelError {
  try {
    return planSubmission(application, { id: context.newSubmissionId, submitTime: context.now }, context.settings);
  } catch (error) {
    if (error instanceof FiresteelError) return error;
    throw error;
  }
}

function declareIntent(
  record: ApplicationRecord,
  { now, newSubmissionId, settings }: DecisionContext,
  application: SparkApplication,
  plan: SubmissionPlan,
): Decision {
  const { status, name } = record;
  const { sparkApplicationId, executorState, executorCounts, untrackedExecutors, terminationTime, ...kept } = status;
  const isFirst = (status.applicationState?.state ?? '') === '';
  const podName = driverPodName(name, application.spec);
  return {
    status: {
      ...kept,
      applicationState: { state: 'SUBMITTED' },
      submissionID: newSubmissionId,
      ...(plan.submitter === 'native' ? { sparkApplicationId: plan.applicationId } : {}),
      lastSubmissionAttemptTime: formatTime(now),
      submissionAttempts: (status.submissionAttempts ?? 0) + 1,
      driverInfo: { podName },
      submission: {
        specHash: specHash(record.spec),
        renderer: rendererOf(settings),
        ...(plan.submitter === 'pod' ? { submitter: 'pod' } : {}),
        ...replacedPods(record, podName, plan),
      },
      observedGeneration: record.generation,
    },
    events: [...(isFirst ? [applicationEvents.added(name)] : []), ...plan.events],
  };
}

/** Two pods of one name exclude each other; those of other names have to be remembered until they are gone. */
function replacedPods(
  { status, name }: ApplicationRecord,
  podName: string,
  { submitter }: SubmissionPlan,
): { replacedPods?: string[] } {
  const { submission, driverInfo } = status;
  const names = new Set([
    ...(submission?.submitter === 'pod' ? [submissionPodName(name)] : []),
    ...(submission?.replacedPods ?? []),
    driverInfo?.podName ?? podName,
  ]);
  names.delete(podName);
  if (submitter === 'pod') names.delete(submissionPodName(name));
  return names.size === 0 ? {} : { replacedPods: [...names] };
}

/** Whether the status speaks of this spec and of this version of the code. */
export function isCurrentSubmission({ status, spec }: ApplicationRecord, { settings }: DecisionContext): boolean {
  return status.submission?.specHash === specHash(spec) && status.submission.renderer === rendererOf(settings);
}
