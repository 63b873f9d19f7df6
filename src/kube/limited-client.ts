/**
 * Sends no more requests than a limit of ours allows, for clusters whose API server has none. Leases go past it: a leader that waits
 * in its own queue would lose its lease. Nobody stands behind a request that was given up.
 */
import { type Clock, pause } from '../clock.js';
import type { ApiClient, ApiRequest } from './api-client.js';
import { ApiUnreachable } from './api-error.js';
import { apiVersion, leases } from './resources.js';
import { type RequestLimit, TokenBucket } from './token-bucket.js';

const leasePaths = `/apis/${apiVersion(leases)}/`;

export class LimitedClient implements ApiClient {
  readonly #inner: ApiClient;
  readonly #clock: Clock;
  readonly #bucket: TokenBucket;

  constructor(inner: ApiClient, limit: RequestLimit, clock: Clock) {
    this.#inner = inner;
    this.#clock = clock;
    this.#bucket = new TokenBucket(limit);
  }

  /** The timeout of a request begins when it is sent. */
  async request(request: ApiRequest): Promise<unknown> {
    await this.#turn(request, request.signal);
    if (request.signal?.aborted) {
      throw new ApiUnreachable(`${request.method} ${request.path}`, new Error('given up before it was sent'));
    }
    return await this.#inner.request(request);
  }

  async *lines(request: ApiRequest, signal: AbortSignal, opened?: () => void): AsyncGenerator<string, void, undefined> {
    await this.#turn(request, signal);
    if (!signal.aborted) yield* this.#inner.lines(request, signal, opened);
  }

  async #turn({ path }: ApiRequest, signal: AbortSignal | undefined): Promise<void> {
    if (path.startsWith(leasePaths)) return;
    const milliseconds = this.#bucket.take(this.#clock.elapsed());
    if (milliseconds === 0) return;
    await pause(this.#clock, milliseconds, signal);
    if (signal?.aborted) this.#bucket.giveBack();
  }
}
