/** One review from body to answer: pure, but for what `mutate` does; the server around it speaks HTTP and logs. */
import { FiresteelError, messageOf } from '../src/errors.js';
import {
  type Admission,
  type AdmissionReview,
  allow,
  deny,
  leaveAlone,
  podNames,
  readReview,
} from './admission-review.js';

/** The changes that a pod needs; throws a `FiresteelError` for a pod that must not be admitted. */
export type Mutate = (pod: unknown) => Admission;

/**
 * `left alone`: not a new pod, `denied`: by a rule, `refused`: not a review of version 1, `failed`: by a fault of our own.
 */
export type Outcome = 'patched' | 'unchanged' | 'left alone' | 'denied' | 'refused' | 'failed';

export interface ReviewedPod {
  namespace?: string | undefined;
  name?: string;
  generateName?: string;
  /** Only where the pod will not be stored. */
  dryRun?: true;
}

export interface Verdict {
  answer: AdmissionReview;
  outcome: Outcome;
  /** As it was sent; empty where that could not be read. */
  operation: string;
  /** Empty where no pod was sent. */
  pod: ReviewedPod;
  /** What was thrown, of outcome `failed`. */
  fault?: unknown;
}

/** @throws {FiresteelError} REVIEW_INVALID where `body` has no uid to answer to */
export function answerReview(body: unknown, mutate: Mutate): Verdict {
  const read = readReview(body);
  if (!('review' in read)) {
    const { uid, operation = '', fault } = read;
    if (fault === undefined) return { answer: leaveAlone(uid), outcome: 'left alone', operation, pod: {} };
    return { answer: deny(uid, 400, fault), outcome: 'refused', operation, pod: {} };
  }
  const operation = 'CREATE';
  const { uid, namespace, dryRun, pod: object } = read.review;
  const pod: ReviewedPod = { namespace, ...podNames(object), ...(dryRun ? { dryRun } : {}) };
  try {
    const admission = mutate(object);
    const outcome = admission.patch.length === 0 ? 'unchanged' : 'patched';
    return { answer: allow(uid, admission), outcome, operation, pod };
  } catch (thrown) {
    if (thrown instanceof FiresteelError) {
      const answer = deny(uid, 403, thrown.message, { denied: thrown.code });
      return { answer, outcome: 'denied', operation, pod };
    }
    const message = `the webhook of Firesteel failed on this pod, see its log: ${messageOf(thrown)}`;
    return { answer: deny(uid, 500, message), outcome: 'failed', operation, pod, fault: thrown };
  }
}
