/**
 * The connection pools of an API client. Requests and watches have one each, so that watches, which hold their connection
 * for minutes, leave requests all of theirs; both keep connections alive, because a TLS handshake costs as much as ten requests.
 */
import { type Dispatcher, Pool, ProxyAgent } from 'undici';
import type { Connection } from './connection.js';
import { tlsOptions } from './tls-options.js';

/** The API server closes idle connections after 90 s and load balancers after 60 s or more: be first. */
const keepAliveMilliseconds = 45_000;

/** @param connections how many at once; null: no limit but the caller's own */
export function createDispatcher(connection: Connection, connections: number | null): Dispatcher {
  const options = {
    connections,
    pipelining: 1,
    keepAliveTimeout: keepAliveMilliseconds,
    keepAliveMaxTimeout: keepAliveMilliseconds,
    // Deadlines are those of each request.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const connect = connectOptions(connection);
  if (connection.proxyUrl !== undefined) {
    return new ProxyAgent({ ...options, uri: connection.proxyUrl, requestTls: connect });
  }
  return new Pool(new URL(connection.server).origin, { ...options, connect });
}

function connectOptions(connection: Connection) {
  return {
    ...tlsOptions(connection),
    timeout: 10_000,
    // As client-go: finds half-open connections and keeps load balancers from forgetting quiet ones.
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
  };
}
