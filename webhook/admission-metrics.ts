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
    this.#latency.observe(milliseconds / 1_000, { webhook, operation: known });
    this.#outcomes.increment({ operation: known, outcome });
  }

  answered(status: number): void {
    this.#requests.increment({ webhook, code: String(status) });
  }
}
