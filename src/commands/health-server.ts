/** Answers the liveness probe of a process over plain HTTP. One that can not answer at all has a blocked event loop. */
import { createServer } from 'node:http';
import { FiresteelError, messageOf } from '../errors.js';

export interface HealthServer {
  /** Where it listens. */
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * @param address `host:port`, or `:port` for all interfaces, as the peer takes it
 * @param stuckBecause why only a restart helps; undefined: the process does its work
 * @throws {FiresteelError} PORT_UNAVAILABLE
 */
export async function serveHealth(address: string, stuckBecause: () => string | undefined): Promise<HealthServer> {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  const server = createServer((request, response) => {
    const isKnown = request.url === '/healthz' || request.url === '/readyz';
    const reason = isKnown ? stuckBecause() : 'there is nothing here but /healthz and /readyz';
    response.writeHead(isKnown ? (reason === undefined ? 200 : 500) : 404, { 'content-type': 'text/plain' });
    response.end(`${reason ?? 'ok'}\n`);
  });
  server.maxConnections = 100;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(unavailable(address, cause)));
    server.listen({ port: Number(address.slice(colon + 1)), ...(host === '' ? {} : { host }) }, resolve);
  });
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : 0,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function unavailable(address: string, cause: unknown): FiresteelError {
  return new FiresteelError('PORT_UNAVAILABLE', `health can not be served at ${address}: ${messageOf(cause)}`, {
    cause,
  });
}
