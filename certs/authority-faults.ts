/** What makes an authority unusable. A fault is a row; the first that holds is reported. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { FiresteelError, messageOf } from '../src/errors.js';
import { type Anchor, readAnchor } from './anchor.js';
import type { KeyPairPem } from './x509.js';

interface Parsed {
  readonly certificate: X509Certificate;
  readonly privateKey: KeyObject;
}

interface Fault {
  readonly holds: (parsed: Parsed, now: number) => boolean;
  readonly says: (parsed: Parsed) => string;
}

const curves = ['prime256v1', 'secp384r1', 'secp521r1'];

const faults: readonly Fault[] = [
  {
    holds: ({ privateKey }) => privateKey.asymmetricKeyType !== 'rsa' && privateKey.asymmetricKeyType !== 'ec',
    says: ({ privateKey }) => `the private key is of type ${privateKey.asymmetricKeyType}; RSA or EC is needed`,
  },
  {
    holds: ({ privateKey }) => (privateKey.asymmetricKeyDetails?.modulusLength ?? 2048) < 2048,
    says: ({ privateKey }) => `the RSA key has ${privateKey.asymmetricKeyDetails?.modulusLength} bits; 2048 are needed`,
  },
  {
    holds: ({ privateKey }) => {
      const { namedCurve } = privateKey.asymmetricKeyDetails ?? {};
      return namedCurve !== undefined && !curves.includes(namedCurve);
    },
    says: ({ privateKey }) =>
      `the EC key is of the curve ${privateKey.asymmetricKeyDetails?.namedCurve}, which API servers do not know`,
  },
  {
    holds: ({ certificate, privateKey }) => !certificate.checkPrivateKey(privateKey),
    says: () => 'the private key does not fit the certificate',
  },
  {
    holds: ({ certificate }) => !certificate.ca,
    says: () =>
      'the certificate is not that of an authority (basicConstraints CA is not set, or keyUsage lacks keyCertSign)',
  },
  {
    holds: ({ certificate }, now) => Date.parse(certificate.validTo) <= now,
    says: ({ certificate }) => `the certificate expired on ${certificate.validTo}`,
  },
  {
    holds: ({ certificate }, now) => Date.parse(certificate.validFrom) > now,
    says: ({ certificate }) => `the certificate is valid only from ${certificate.validFrom} on`,
  },
];

/**
 * Whether `authority` can sign at `now`.
 * @param source where the authority is from, for the message
 * @throws {FiresteelError} CERTIFICATE_INVALID saying what is wrong, and where
 */
export function checkAuthority(
  authority: KeyPairPem,
  now: number,
  source = 'the certificate authority',
): { anchor: Anchor } {
  const parsed = {
    certificate: parsePart(source, 'certificate', authority.certificate, (pem) => new X509Certificate(pem)),
    privateKey: parsePart(source, 'private key', authority.privateKey, createPrivateKey),
  };
  const fault = faults.find(({ holds }) => holds(parsed, now));
  if (fault !== undefined) throw new FiresteelError('CERTIFICATE_INVALID', `${source}: ${fault.says(parsed)}`);
  return { anchor: readAnchor(authority.certificate) };
}

/** @throws {FiresteelError} CERTIFICATE_INVALID; the message holds nothing of what was parsed */
export function parsePart<Part>(source: string, part: string, pem: string, parse: (pem: string) => Part): Part {
  if (pem.trim() === '') throw new FiresteelError('CERTIFICATE_INVALID', `${source}: the ${part} is missing`);
  try {
    return parse(pem);
  } catch (cause) {
    throw new FiresteelError('CERTIFICATE_INVALID', `${source}: the ${part} is not PEM: ${messageOf(cause)}`, {
      cause,
    });
  }
}
