/** A small HTTP server of a process for those who watch it: probes and metrics, on a port of their own. */
import { createServer } from 'node:http';
import { FiresteelError, messageOf } from '../errors.js';

export interface PlainHttpServer {
  /** Where it listens. */
  readonly port: number;
  stop(): Promise<void>;
}

export interface PlainAnswer {
  readonly status?: number;
  readonly text: string;
}

/**
 * @param address `host:port`, or `:port` for all interfaces, as the peer takes it
 * @param what it serves, for messages
 * @throws {FiresteelError} PORT_UNAVAILABLE
 */
export async function servePlainHttp(
  address: string,
  what: string,
  pages: Readonly<Record<string, () => PlainAnswer>>,
): Promise<PlainHttpServer> {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  const paths = Object.keys(pages).join(', ');
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    const { status = 200, text } = page?.() ?? { status: 404, text: `there is nothing here but ${paths}\n` };
    response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    response.end(text);
  });
  server.maxConnections = 100;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new FiresteelError('PORT_UNAVAILABLE', `${what} can not be served at ${address}: ${messageOf(cause)}`, {
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
