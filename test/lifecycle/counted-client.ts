/** An API client that knows when nothing is under way: what a reconciler has not begun by then it waits with. */
import { setImmediate as turn } from 'node:timers/promises';
import type { ApiClient, ApiRequest } from '../../src/kube/api-client.js';
import { ApiError } from '../../src/kube/api-error.js';

/** More turns of the event loop than lie between a timer and the request that it leads to. */
const quietTurns = 10;

export class CountedClient implements ApiClient {
  /** What is refused; default: nothing. */
  refuses: (request: ApiRequest) => boolean = () => false;
  readonly #client: ApiClient;
  #underWay = 0;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  async request(request: ApiRequest): Promise<unknown> {
    this.#underWay += 1;
    try {
      if (this.refuses(request)) throw new ApiError(request.path, 403, { reason: 'Forbidden', message: 'not allowed' });
      return await this.#client.request(request);
    } finally {
      this.#underWay -= 1;
    }
  }

  lines(request: ApiRequest, signal: AbortSignal, opened?: () => void): AsyncIterable<string> {
    return this.#client.lines(request, signal, opened);
  }

  /** Resolves when no request is under way and none follows; watches do not count. */
  async quiet(): Promise<void> {
    for (let turns = 0; turns < quietTurns; turns += 1) {
      if (this.#underWay > 0) turns = 0;
      await turn();
    }
  }
}
