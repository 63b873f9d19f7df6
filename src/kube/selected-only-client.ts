/**
 * The fence around namespaces that were let go: they may be looked at, and nothing is written to them. A pass that was under way
 * when its namespace was let go learns of it here, before anything is sent.
 */
import { FiresteelError } from '../errors.js';
import type { ApiClient, ApiRequest } from './api-client.js';

/** Of the path of an object, or collection, in a namespace. */
const inNamespace = /^\/apis?\/(?:[^/]+\/){1,2}namespaces\/([^/]+)\//;

export class SelectedOnlyClient implements ApiClient {
  constructor(
    private readonly inner: ApiClient,
    private readonly isSelected: (namespace: string) => boolean,
  ) {}

  /** @throws {FiresteelError} NAMESPACE_LET_GO; else as `ApiClient.request` */
  async request(request: ApiRequest): Promise<unknown> {
    const { method, path } = request;
    const [, namespace] = inNamespace.exec(path) ?? [];
    if (method !== 'GET' && namespace !== undefined && !this.isSelected(decodeURIComponent(namespace))) {
      throw new FiresteelError('NAMESPACE_LET_GO', `${method} ${path} was not sent: the namespace is selected no more`);
    }
    return await this.inner.request(request);
  }

  lines(...watch: Parameters<ApiClient['lines']>): AsyncIterable<string> {
    return this.inner.lines(...watch);
  }
}
