/**
 * The HTTP side of the webhook: a Fastify server with every limit set, and the routes. HTTP/1.1 only: through Node HTTP/2
 * is slower, and API servers that pin one HTTP/2 connection send all reviews to one replica (kubernetes#80313).
 *
 * A POST that meets a closing connection is a failed admission, because Go repeats no POST. So we never close a connection
 * before the API server would (its Go client: after 90 s idle), not even one that has not carried a request yet, which is
 * what Node's own request and header timeouts would do. Slow senders are caught by a deadline that starts with the request.
 */
import type { Socket } from 'node:net';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { Clock } from '../src/clock.js';
import { FiresteelError } from '../src/errors.js';
import type { Logger } from '../src/log.js';
import type { AdmissionMetrics } from './admission-metrics.js';
import { reviewText } from './admission-review.js';
import { answerFaults, answerFrameworkError, answerParserError, sendText } from './http-faults.js';
import type { InFlight } from './in-flight.js';
import { podMutationPath } from './registration.js';
import { answerReview, type Mutate } from './review.js';
import { type ServedCertificate, secureContext } from './tls.js';

export interface HttpServerOptions {
  mutate: Mutate;
  certificate: ServedCertificate;
  clock: Clock;
  logger: Logger;
  inFlight: InFlight;
  metrics: AdmissionMetrics;
  /** While true, every answer closes its connection. */
  isDraining: () => boolean;
  /** Told of each request for a review. */
  onRequest: (socket: Socket) => void;
}

/** A review holds a pod and its old state, each at most 3 MiB in etcd, and the envelope (as controller-runtime has it). */
const bodyLimit = 7 * 1024 * 1024;
/** Longer than the 90 s after which Go's client closes an idle connection. */
const keepAliveTimeout = 95_000;
const silentConnectionTimeout = 100_000;
/** From the headers of a review to the end of its answer: the API server does not wait longer (`timeoutSeconds`). */
const reviewDeadline = 10_000;
const handshakeTimeout = 10_000;

const methods = { [podMutationPath]: 'POST' };

export type HttpServer = ReturnType<typeof createHttpServer>;

export function createHttpServer(options: HttpServerOptions) {
  const { certificate, logger, isDraining } = options;
  const server = fastify({
    https: {
      ...secureContext(certificate),
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout,
      headersTimeout: silentConnectionTimeout,
      requestTimeout: silentConnectionTimeout,
    },
    bodyLimit,
    keepAliveTimeout,
    requestTimeout: silentConnectionTimeout,
    connectionTimeout: silentConnectionTimeout,
    return503OnClosing: false,
    // One line a review is ours; Fastify's own logging would add three.
    logger: false,
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerParserError,
  });
  server.server.on('tlsClientError', (error) => logger.debug({ reason: error.message }, 'TLS handshake failed'));

  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, parseJson);
  answerFaults(server, methods, logger);
  server.addHook('onSend', (request, reply, _payload, next) => {
    // What is still to come of a request that was refused for its body must not be waited for.
    if (isDraining() || (reply.statusCode === 413 && !request.raw.complete)) reply.header('connection', 'close');
    next();
  });

  server.post(
    podMutationPath,
    { onRequest: (request, reply, next) => admitRequest(request, reply, options, next) },
    (request, reply) => handleReview(request, reply, options),
  );
  return server;
}

/**
 * Takes JSON as it is. Fastify's own parser refuses the whole review for a key `__proto__`, in an annotation, say; here it
 * is an own property like any other, and harmless as long as nobody merges it into another object.
 */
function parseJson(
  _request: FastifyRequest,
  body: Buffer,
  done: (error: Error | null, parsed?: unknown) => void,
): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString());
  } catch (cause) {
    done(new FiresteelError('REVIEW_INVALID', 'the body is not JSON', { cause }));
    return;
  }
  done(null, parsed);
}

/** Before the body is read: takes a place among the reviews in flight, and starts the deadline. */
function admitRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  { inFlight, clock, metrics, onRequest }: HttpServerOptions,
  next: () => void,
): void {
  onRequest(request.raw.socket);
  const leave = inFlight.enter(announcedBytes(request), () => giveUp(reply, 'the review arrives too slowly'));
  if (leave === undefined) {
    reply.raw.once('close', () => metrics.answered(reply.statusCode));
    // With it, and only with it, API servers send the review again.
    sendText(reply.header('retry-after', '1'), 429, 'too many reviews at once');
    return;
  }
  const cancelDeadline = clock.after(reviewDeadline, () =>
    giveUp(reply, `the review did not arrive within ${reviewDeadline / 1000} s`),
  );
  reply.raw.once('close', () => {
    metrics.answered(reply.statusCode);
    cancelDeadline();
    leave();
  });
  next();
}

/** What the body may have, where it is not said. */
function announcedBytes({ headers }: FastifyRequest): number {
  return Math.min(Number(headers['content-length'] ?? bodyLimit), bodyLimit);
}

function giveUp(reply: FastifyReply, why: string): void {
  if (reply.sent) reply.raw.destroy();
  else sendText(reply.header('connection', 'close'), 408, why);
}

function handleReview(
  request: FastifyRequest,
  reply: FastifyReply,
  { mutate, logger, metrics }: HttpServerOptions,
): FastifyReply {
  const { answer, outcome, operation, pod, fault } = answerReview(request.body, mutate);
  metrics.reviewed(operation, outcome, reply.elapsedTime);
  if (outcome === 'failed') logger.error({ ...pod, err: fault }, 'the mutation failed; the pod was denied');
  const level = outcome === 'denied' ? 'info' : 'debug';
  logger[level]({ ...pod, outcome, milliseconds: reply.elapsedTime }, 'review');
  return reply.type('application/json').send(reviewText(answer));
}
