/** What is counted and measured of certificates; docs/operations.md says which alarms to build on it. */
import { Counter, Gauge, type Metric } from '../src/metrics.js';
import type { Leaf } from './authority.js';

export class CertificateMetrics {
  readonly #expiry = new Gauge(
    'webhook_certificate_expiry_timestamp_seconds',
    'End of the validity of what is served, and of the authority behind it, in seconds since the epoch.',
  );
  readonly #rotations = new Counter(
    'webhook_certificate_rotations_total',
    'Certificates put in the place of another one, by whether their authority is another one, too.',
  );
  readonly #writes = new Counter(
    'webhook_ca_bundle_writes_total',
    'Times that the caBundle was written into a registration; every one that no rotation explains was a repair.',
  );
  readonly #trusted = new Gauge(
    'webhook_ca_bundle_trusted',
    '1 where every registration has the authority of what is served, else 0: then admission fails.',
  );
  /** By the names of controller-runtime, which the peer has. */
  readonly #reads = new Counter('certwatcher_read_certificate_total', 'Times that certificate files were read.');
  readonly #readErrors = new Counter(
    'certwatcher_read_certificate_errors_total',
    'Times that certificate files were of no use and the old certificate stayed.',
  );

  get metrics(): readonly Metric[] {
    return [this.#expiry, this.#rotations, this.#writes, this.#trusted, this.#reads, this.#readErrors];
  }

  served(leaf: Leaf, before: Leaf | undefined): void {
    this.#expiry.set(leaf.notAfter / 1_000, { certificate: 'serving' });
    this.#expiry.set(leaf.anchor.notAfter / 1_000, { certificate: 'authority' });
    if (before === undefined) return;
    this.#rotations.increment({ certificate: before.anchor.id === leaf.anchor.id ? 'serving' : 'authority' });
  }

  wroteBundle(): void {
    this.#writes.increment();
  }

  trusted(isTrusted: boolean): void {
    this.#trusted.set(isTrusted ? 1 : 0);
  }

  readFiles(isSound: boolean): void {
    this.#reads.increment();
    if (!isSound) this.#readErrors.increment();
  }
}
