/**
 * The life of the admission server: it listens, changes its certificate without dropping a connection, and leaves so that
 * no review is lost: `leave` drains (drain.ts) and then closes.
 */
import type { Socket } from 'node:net';
import { type Clock, systemClock } from '../src/clock.js';
import { FiresteelError, messageOf } from '../src/errors.js';
import type { Logger } from '../src/log.js';
import type { Metric } from '../src/metrics.js';
import { AdmissionMetrics } from './admission-metrics.js';
import { Connections } from './connections.js';
import { type DrainTimes, drain, drainTimes } from './drain.js';
import { createHttpServer, type HttpServer } from './http-server.js';
import { defaultLimits, InFlight, type InFlightLimits } from './in-flight.js';
import type { Mutate } from './review.js';
import { type ServedCertificate, secureContext } from './tls.js';

export type { Mutate } from './review.js';
export type { ServedCertificate } from './tls.js';

export interface WebhookServerOptions {
  /** A `FiresteelError` denies the pod with its message; anything else denies it too, and is logged with its stack. */
  mutate: Mutate;
  certificate: ServedCertificate;
  /** `0.0.0.0` and `::` for all interfaces. */
  host: string;
  /** 0: any that is free. */
  port: number;
  logger: Logger;
  /** Reviews beyond are answered 429, which API servers repeat after a second; default 200, and 64 MiB of bodies. */
  limits?: Partial<InFlightLimits>;
  /** Open TCP connections; default 2,000. */
  maximumConnections?: number;
  /** Default: the machine's. */
  clock?: Clock;
}

export class WebhookServer {
  readonly #options: WebhookServerOptions;
  readonly #http: HttpServer;
  readonly #inFlight: InFlight;
  readonly #connections: Connections;
  readonly #metrics: AdmissionMetrics;
  readonly #clock: Clock;
  #draining = false;
  #requestCount = 0;
  #closed: Promise<void> | undefined;

  /** @throws {FiresteelError} CERTIFICATE_INVALID where key and certificate do not fit */
  constructor(options: WebhookServerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#inFlight = new InFlight({ ...defaultLimits, ...options.limits }, this.#clock);
    this.#metrics = new AdmissionMetrics(() => this.#inFlight.count);
    this.#connections = new Connections(options.maximumConnections ?? 2_000);
    this.#http = createHttpServer({
      mutate: options.mutate,
      certificate: options.certificate,
      clock: this.#clock,
      logger: options.logger,
      inFlight: this.#inFlight,
      metrics: this.#metrics,
      isDraining: () => this.#draining,
      onRequest: (socket) => {
        this.#requestCount += 1;
        this.#connections.used(socket);
      },
    });
    this.#http.server.on('connection', (socket: Socket) => this.#connections.add(socket));
  }

  get metrics(): readonly Metric[] {
    return this.#metrics.metrics;
  }

  /** @throws {FiresteelError} PORT_UNAVAILABLE */
  async listen(): Promise<{ port: number }> {
    const { port, host } = this.#options;
    try {
      await this.#http.listen({ port, host: singleAddress(host) });
    } catch (thrown) {
      throw portUnavailable(port, host, thrown);
    }
    const address = this.#http.server.address();
    return { port: typeof address === 'object' && address !== null ? address.port : port };
  }

  /**
   * Serves `certificate` on every new connection; open connections go on.
   * @throws {FiresteelError} CERTIFICATE_INVALID where the two do not fit; the old certificate stays
   */
  swapCertificate(certificate: ServedCertificate): void {
    this.#http.server.setSecureContext(secureContext(certificate));
  }

  /** Closes each connection with its next answer, serving all the while. */
  closeConnections(): void {
    this.#draining = true;
  }

  /** Of reviews, since the start. */
  get requestCount(): number {
    return this.#requestCount;
  }

  /** Goes on serving until nobody comes any more, then ends. Whoever calls has failed readiness before. */
  async leave(times: DrainTimes = drainTimes): Promise<void> {
    await drain(this, this.#clock, times);
    await this.close();
  }

  /** Takes no new connection, answers the reviews in flight, and ends all connections. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    this.closeConnections();
    const { server } = this.#http;
    const ended = new Promise((resolve) => server.close(resolve));
    await this.#inFlight.idle();
    // Node lists a connection without a request as busy, and one in its handshake not at all; both would hold us up.
    this.#connections.destroyAll();
    await ended;
    await this.#http.close();
  }
}

/** For `localhost` Fastify opens a second server, which `swapCertificate` would not reach. */
function singleAddress(host: string): string {
  return host === 'localhost' ? '127.0.0.1' : host;
}

/** What the operating system's codes mean to whoever chose the port. */
const listenFaults: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another program; end that program or choose another port',
  EACCES: 'is not allowed to this user; choose a port above 1023',
  EADDRNOTAVAIL: 'is not an address of this machine; choose another host',
};

function portUnavailable(port: number, host: string, thrown: unknown): FiresteelError {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const fault = listenFaults[code] ?? `can not be listened on: ${messageOf(thrown)}`;
  return new FiresteelError('PORT_UNAVAILABLE', `port ${port} of ${host} ${fault}`, { cause: thrown });
}
