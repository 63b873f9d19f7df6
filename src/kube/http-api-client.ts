/** `ApiClient` for processes that stay: keep-alive undici pools, one for requests and one for watches. */
import { ApiOverHttp, type ApiOverHttpOptions } from './api-over-http.js';
import type { Connection } from './connection.js';
import { createDispatcher } from './http-dispatcher.js';
import type { HttpTransport } from './http-transport.js';
import { wholeAnswer } from './whole-answer.js';

const maximumConnections = 32;

export class HttpApiClient extends ApiOverHttp {
  constructor(connection: Connection, options: ApiOverHttpOptions = {}) {
    super(connection, pooledTransport(connection), options);
  }
}

function pooledTransport(connection: Connection): HttpTransport {
  const { origin } = new URL(connection.server);
  const requests = createDispatcher(connection, maximumConnections);
  const streams = createDispatcher(connection, null);
  return {
    request: ({ deadline, ...request }) => wholeAnswer(requests, { origin, ...request }, deadline),
    stream: ({ deadline, ...request }) => streams.request({ origin, ...request, signal: deadline.signal }),
    close: async () => {
      await Promise.all([requests.close(), streams.destroy()]);
    },
  };
}
