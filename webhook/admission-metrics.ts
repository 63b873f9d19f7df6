/** What is counted and measured of reviews, by the names of controller-runtime where it has one, as the peer's are. */
import { Counter, Gauge, Histogram, type Metric } from '../src/metrics.js';
import { podMutationPath } from './registration.js';
import type { Outcome } from './review.js';

const webhook = podMutationPath;
/** What Kubernetes has; anything else counts as one more. */
const operations: readonly string[] = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];

export class AdmissionMetrics {
  readonly #latency = new Histogram(
    'controller_runtime_webhook_latency_seconds',
    'Time from the headers of a review to its answer, by operation.',
  );
  readonly #requests = new Counter(
    'controller_runtime_webhook_requests_total',
    'Requests for reviews, by the HTTP status of the answer; 429 is one that was refused for lack of room.',
  );
  readonly #inFlight = new Gauge(
    'controller_runtime_webhook_requests_in_flight',
    'Reviews that are being received or answered.',
  );
  readonly #outcomes = new Counter('webhook_reviews_total', 'Reviews that were answered, by operation and outcome.');
  /** What is recorded of a review, by operation and outcome, and of an answer, by status: labels are written out once. */
  readonly #onReview = new Map<string, (milliseconds: number) => void>();
  readonly #onAnswer = new Map<number, () => void>();
  readonly #count: () => number;

  constructor(inFlight: () => number) {
    this.#count = inFlight;
  }

  get metrics(): readonly Metric[] {
    this.#inFlight.set(this.#count(), { webhook });
    return [this.#latency, this.#requests, this.#inFlight, this.#outcomes];
  }

  reviewed(operation: string, outcome: Outcome, milliseconds: number): void {
    const known = operations.includes(operation) ? operation : 'other';
    const key = `${known} ${outcome}`;
    const record = this.#onReview.get(key) ?? this.#recorderOf(known, outcome);
    this.#onReview.set(key, record);
    record(milliseconds);
  }

  answered(status: number): void {
    const count = this.#onAnswer.get(status) ?? this.#requests.incrementing({ webhook, code: String(status) });
    this.#onAnswer.set(status, count);
    count();
  }

  #recorderOf(operation: string, outcome: Outcome): (milliseconds: number) => void {
    const observe = this.#latency.observing({ webhook, operation });
    const count = this.#outcomes.incrementing({ operation, outcome });
    return (milliseconds) => {
      observe(milliseconds / 1_000);
      count();
    };
  }
}
