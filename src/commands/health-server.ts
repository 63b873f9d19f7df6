/** Answers the liveness probe of the reconciler. A process that can not answer at all has a blocked event loop. */
import { type PlainHttpServer, servePlainHttp } from './plain-http-server.js';

/**
 * @param address `host:port`, or `:port` for all interfaces, as the peer takes it
 * @param stuckBecause why only a restart helps; undefined: the process does its work
 * @throws {FiresteelError} PORT_UNAVAILABLE
 */
export function serveHealth(address: string, stuckBecause: () => string | undefined): Promise<PlainHttpServer> {
  const answer = () => {
    const reason = stuckBecause();
    return reason === undefined ? { text: 'ok\n' } : { status: 500, text: `${reason}\n` };
  };
  return servePlainHttp(address, 'health', { '/healthz': answer, '/readyz': answer });
}
