/**
 * A handshake with ourselves, as an API server would do it: with the bundle in the registration and the name that is asked for.
 * Only what has passed it once is ready.
 */
import { checkServerIdentity, connect } from 'node:tls';
import { FiresteelError, messageOf } from '../src/errors.js';

export interface SelfCheck {
  readonly host: string;
  readonly port: number;
  /** Name or address that the certificate must be for. */
  readonly serverName: string;
  /** PEM. */
  readonly bundle: string;
}

const timeout = 5_000;

/** @throws {FiresteelError} CERTIFICATE_INVALID with what an API server would say */
export async function checkHandshake({ host, port, serverName, bundle }: SelfCheck): Promise<void> {
  // By the name alone; the port is reached by its own address.
  const isAddress = /^[\d.]+$|:/.test(serverName);
  const socket = connect({
    host: host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host,
    port,
    ca: bundle,
    ALPNProtocols: ['http/1.1'],
    timeout,
    ...(isAddress ? { checkServerIdentity: (_host, certificate) => checkServerIdentity(serverName, certificate) } : {}),
    ...(isAddress ? {} : { servername: serverName }),
  });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
      socket.once('timeout', () => reject(new Error(`no answer within ${timeout / 1_000} s`)));
    });
  } catch (cause) {
    const message = `an API server could not connect to ${serverName} with the caBundle of the registration: ${messageOf(cause)}`;
    throw new FiresteelError('CERTIFICATE_INVALID', message, { cause });
  } finally {
    socket.destroy();
  }
}
