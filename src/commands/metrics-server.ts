/** Serves the metrics of a process over plain HTTP, for Prometheus to scrape. */
import { exposition, type Metric } from '../metrics.js';
import { type PlainHttpServer, servePlainHttp } from './plain-http-server.js';

/**
 * @param address `host:port`, or `:port` for all interfaces, as the peer takes it
 * @param metrics asked for each time that somebody reads them
 * @param path where they are
 * @throws {FiresteelError} PORT_UNAVAILABLE
 */
export function serveMetrics(
  address: string,
  metrics: () => readonly Metric[],
  path = '/metrics',
): Promise<PlainHttpServer> {
  return servePlainHttp(address, 'metrics', { [path]: () => ({ text: exposition(metrics()) }) });
}
