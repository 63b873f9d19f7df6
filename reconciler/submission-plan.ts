/** How an application is going to be submitted, checked by making the objects once: what is refused, is before anything exists. */
import { submitterAnnotation } from '../src/api/labels.js';
import type { SparkApplication } from '../src/api/spark-application.js';
import { applicationEvents } from './application-events.js';
import type { ApplicationEvent } from './decision.js';
import { renderDriver, type SubmissionKey } from './driver-rendering.js';
import { submitOptions } from './submission/application-options.js';
import { refused } from './submission/refusal.js';
import { chooseSubmitter } from './submission/submitter-choice.js';
import { renderSubmissionPod, type SubmissionPodSettings } from './submission-pod.js';

export type SubmissionPlan =
  | { readonly submitter: 'native'; readonly applicationId: string; readonly events: readonly ApplicationEvent[] }
  | { readonly submitter: 'pod'; readonly events: readonly ApplicationEvent[] };

/** @throws {FiresteelError} SUBMISSION_REFUSED */
export function planSubmission(
  application: SparkApplication,
  submission: SubmissionKey,
  settings: SubmissionPodSettings,
): SubmissionPlan {
  const choice = chooseSubmitter(
    application.annotations[submitterAnnotation],
    submitOptions(application, submission.id, settings),
  );
  if (choice.submitter === 'pod') {
    // The driver that spark-submit makes gets its owner and its features through the webhook.
    if (settings.podMutation === 'template')
      throw refused(`${choice.because}: takes a submission pod, which needs the webhook`);
    renderSubmissionPod(application, submission, settings);
    return { submitter: 'pod', events: [applicationEvents.submittedByPod(application.name, choice.because)] };
  }
  const { applicationId, warnings } = renderDriver(application, submission, settings);
  return { submitter: 'native', applicationId, events: warnings.map((warning) => applicationEvents.doubt(warning)) };
}
