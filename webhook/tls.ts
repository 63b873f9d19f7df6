/** What the webhook demands of TLS, the same at the start and after every swap of the certificate. */
import { constants, createPrivateKey, X509Certificate } from 'node:crypto';
import { FiresteelError, messageOf } from '../src/errors.js';

/** Both PEM; the key unencrypted. */
export interface ServedCertificate {
  certificate: string;
  privateKey: string;
}

/**
 * Options of a secure context.
 * @throws {FiresteelError} CERTIFICATE_INVALID where the two are not PEM or do not belong together. Node would not say so:
 * with keys of different types every later handshake fails instead.
 */
export function secureContext(served: ServedCertificate) {
  checkPair(served);
  return {
    cert: served.certificate,
    key: served.privateKey,
    minVersion: 'TLSv1.2' as const,
    // Renegotiation (TLS 1.2) costs a server ten times what it costs a client, and API servers never ask for it.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  };
}

function checkPair({ certificate, privateKey }: ServedCertificate): void {
  let fits: boolean;
  try {
    fits = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(privateKey));
  } catch (cause) {
    const message = `the certificate for the webhook, or its private key, is not PEM: ${messageOf(cause)}`;
    throw new FiresteelError('CERTIFICATE_INVALID', message, { cause });
  }
  if (!fits)
    throw new FiresteelError('CERTIFICATE_INVALID', 'the private key does not fit the certificate for the webhook');
}
