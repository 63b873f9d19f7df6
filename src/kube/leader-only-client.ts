/**
 * The last fence before the API server: who does not lead may look, and writes nothing. A process that was paused, or whose
 * passes end late, learns of its lost lease here, before anything is sent.
 */
import { FiresteelError } from '../errors.js';
import type { ApiClient, ApiRequest } from './api-client.js';

export class LeaderOnlyClient implements ApiClient {
  constructor(
    private readonly inner: ApiClient,
    private readonly isLeader: () => boolean,
  ) {}

  /** @throws {FiresteelError} NOT_LEADING; else as `ApiClient.request` */
  async request(request: ApiRequest): Promise<unknown> {
    if (request.method !== 'GET' && !this.isLeader()) {
      const { method, path } = request;
      throw new FiresteelError('NOT_LEADING', `${method} ${path} was not sent: this process holds the lease no more`);
    }
    return await this.inner.request(request);
  }

  lines(...watch: Parameters<ApiClient['lines']>): AsyncIterable<string> {
    return this.inner.lines(...watch);
  }
}
