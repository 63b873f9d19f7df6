/** What a client gets that does not speak the protocol of the webhook: the right status and one line of text, always. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { FiresteelError } from '../src/errors.js';
import type { Logger } from '../src/log.js';

/** Fastify's own errors whose text would be of no help. */
const texts: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'the content type must be application/json',
  FST_ERR_CTP_BODY_TOO_LARGE: 'the body is larger than the webhook takes',
};

export function sendText(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply
    .code(status)
    .type('text/plain; charset=utf-8')
    .send(`${text.replace(/\s+/g, ' ')}\n`);
}

/** @param methods the methods that each path takes, for telling 405 from 404 */
export function answerFaults(
  server: Pick<FastifyInstance, 'setErrorHandler' | 'setNotFoundHandler'>,
  methods: Readonly<Record<string, string>>,
  logger: Logger,
): void {
  server.setErrorHandler((error: FastifyError, _request, reply) => {
    const status = error instanceof FiresteelError ? 400 : (error.statusCode ?? 500);
    if (status >= 500) logger.error({ err: error }, 'could not answer a request');
    return sendText(
      reply,
      status,
      status >= 500 ? 'a fault of the webhook, see its log' : (texts[error.code] ?? error.message),
    );
  });
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.replace(/\?.*$/s, '');
    const allowed = Object.hasOwn(methods, path) ? methods[path] : undefined;
    if (allowed === undefined) return sendText(reply, 404, 'there is nothing here');
    return sendText(reply.header('allow', allowed), 405, `${path} takes ${allowed} only`);
  });
}

/** For what Fastify finds wrong before it has a route, such as a malformed path. */
export function answerFrameworkError(error: Error, _request: FastifyRequest, reply: FastifyReply): void {
  sendText(reply, 400, error.message);
}

/** Status of what Node's HTTP parser gives up on; 400 for all the rest. */
const parserFaults: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/** For what is not HTTP, or does not arrive in time; there is no request yet, only a socket. */
export function answerParserError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status = parserFaults[error.code ?? ''] ?? 400;
  const text = `${STATUS_CODES[status]}\n`;
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
        `Content-Length: ${text.length}\r\n\r\n${text}`,
    );
  }
  socket.destroy(error);
}
