/** One review from body to answer: pure, but for what `mutate` does; the server around it speaks HTTP and logs. */
import { FiresteelError, messageOf } from '../src/errors.js';
import type { Operation } from '../src/pod/patch.js';
import { type AdmissionReview, allow, deny, podNames, readReview } from './admission-review.js';

/** The changes that a pod needs; throws a `FiresteelError` for a pod that must not be admitted. */
export type Mutate = (pod: unknown) => readonly Operation[];

/** `denied`: by a rule, `refused`: not a review of a new pod, `failed`: by a fault of our own. */
export type Outcome = 'patched' | 'unchanged' | 'denied' | 'refused' | 'failed';

export interface ReviewedPod {
  namespace?: string | undefined;
  name?: string | undefined;
  generateName?: string | undefined;
}

export interface Verdict {
  answer: AdmissionReview;
  outcome: Outcome;
  /** Empty where no pod was sent. */
  pod: ReviewedPod;
  /** What was thrown, of outcome `failed`. */
  fault?: unknown;
}

/** @throws {FiresteelError} REVIEW_INVALID where `body` has no uid to answer to */
export function answerReview(body: unknown, mutate: Mutate): Verdict {
  const read = readReview(body);
  if ('fault' in read) return { answer: deny(read.uid, 400, read.fault), outcome: 'refused', pod: {} };

  const { uid, namespace, object } = read.review;
  const pod = { namespace, ...podNames(object) };
  try {
    const operations = mutate(object);
    return { answer: allow(uid, operations), outcome: operations.length === 0 ? 'unchanged' : 'patched', pod };
  } catch (thrown) {
    if (thrown instanceof FiresteelError) return { answer: deny(uid, 403, thrown.message), outcome: 'denied', pod };
    const message = `the webhook of Firesteel failed on this pod, see its log: ${messageOf(thrown)}`;
    return { answer: deny(uid, 500, message), outcome: 'failed', pod, fault: thrown };
  }
}
