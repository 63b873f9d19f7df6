/** Serves the metrics of a process over plain HTTP, for Prometheus to scrape. */
import { createServer } from 'node:http';
import { FiresteelError, messageOf } from '../errors.js';
import { exposition, type Metric } from '../metrics.js';

export interface MetricsServer {
  /** Where it listens. */
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * @param address `host:port`, or `:port` for all interfaces, as the peer takes it
 * @param metrics asked for each time that somebody reads them
 * @param path where they are
 * @throws {FiresteelError} PORT_UNAVAILABLE
 */
export async function serveMetrics(
  address: string,
  metrics: () => readonly Metric[],
  path = '/metrics',
): Promise<MetricsServer> {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  const server = createServer((request, response) => {
    const isMetrics = request.url?.split('?', 1)[0] === path;
    response.writeHead(isMetrics ? 200 : 404, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    response.end(isMetrics ? exposition(metrics()) : `there is nothing here but ${path}\n`);
  });
  server.maxConnections = 100;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new FiresteelError('PORT_UNAVAILABLE', `metrics can not be served at ${address}: ${messageOf(cause)}`, {
          cause,
        }),
      ),
    );
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
