/** The spec of an application that was submitted is another one now: everything begins anew, also after its end. */
import type { SparkApplicationStatus } from '../src/api/status.js';
import { applicationEvents } from './application-events.js';
import type { ApplicationRecord } from './application-record.js';
import type { Decision } from './decision.js';
import { renderer, specHash } from './driver-rendering.js';
import { withoutRun } from './rerun.js';

/** Whether more has changed since the submission than what may change under a running application. */
export function isInvalid({ status, generation, spec }: ApplicationRecord): boolean {
  if (status.submission == null || status.observedGeneration === generation) return false;
  return specHash(spec) !== status.submission.specHash;
}

/** INVALIDATING: the counters of tries begin anew too. */
export function invalidated(record: ApplicationRecord): Decision {
  const { lastSubmissionAttemptTime, submissionAttempts, executionAttempts, infrastructureFailures, ...kept } =
    withoutRun(record);
  return {
    status: { ...kept, applicationState: { state: 'INVALIDATING' }, observedGeneration: record.generation },
    events: [applicationEvents.invalidating(record.name)],
  };
}

/** A submission of the peer is taken for one of the present spec, so that a later change of it is seen. */
export function adopted({ status, spec }: ApplicationRecord): SparkApplicationStatus {
  return status.submission == null ? { submission: { specHash: specHash(spec), renderer } } : {};
}
