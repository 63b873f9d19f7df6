/**
 * The certificate authority of the webhook: long-lived, shared by the replicas, trusted by the API server through the
 * `caBundle` of our registration. Each replica signs a short leaf of its own with it, so that no leaf is ever stored.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { FiresteelError, messageOf } from '../src/errors.js';
import { expiryOf, generateKeys, type KeyPairPem, signCertificate } from './x509.js';

export type { KeyPairPem };

export const oneDay = 24 * 60 * 60 * 1000;
const authorityLifetime = 3650 * oneDay;
/** Certificates begin an hour ago, for API servers whose clock is behind ours. */
const backDate = 60 * 60 * 1000;

export interface Leaf extends KeyPairPem {
  /** Milliseconds since the epoch. */
  notAfter: number;
}

/**
 * A new authority with a key of its own.
 * @param now milliseconds since the epoch
 * @param lifetime milliseconds; default ten years
 */
export async function createAuthority({
  now,
  lifetime = authorityLifetime,
}: {
  now: number;
  lifetime?: number;
}): Promise<KeyPairPem> {
  const keys = await generateKeys();
  const certificate = await signCertificate(
    {
      commonName: 'firesteel webhook authority',
      publicKey: keys.publicKey,
      notBefore: now - backDate,
      notAfter: now + lifetime,
      extensions: [
        { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
        { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
      ],
    },
    { privateKey: keys.privateKey },
  );
  return { certificate, privateKey: keys.privateKey };
}

/**
 * A serving certificate with a key of its own, signed by `authority`, which it does not outlive.
 * @param now milliseconds since the epoch
 * @param lifetime milliseconds
 * @throws {FiresteelError} CERTIFICATE_INVALID where the authority can not sign, as `checkAuthority`
 */
export async function issueLeaf(
  authority: KeyPairPem,
  names: { dnsNames: readonly string[]; ipAddresses: readonly string[]; now: number; lifetime: number },
): Promise<Leaf> {
  const { notAfter: lastDay } = checkAuthority(authority, names.now);
  const keys = await generateKeys();
  const certificate = await signCertificate(
    {
      commonName: 'firesteel webhook',
      publicKey: keys.publicKey,
      notBefore: names.now - backDate,
      notAfter: Math.min(names.now + names.lifetime, lastDay),
      extensions: [
        { name: 'basicConstraints', critical: true, cA: false },
        { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames: alternativeNames(names.dnsNames, names.ipAddresses) },
      ],
    },
    authority,
  );
  return { certificate, privateKey: keys.privateKey, notAfter: expiryOf(certificate) };
}

/** GeneralName of RFC 5280, 4.2.1.6: type 2 is dNSName, type 7 iPAddress. */
function alternativeNames(dnsNames: readonly string[], ipAddresses: readonly string[]): object[] {
  return [...dnsNames.map((value) => ({ type: 2, value })), ...ipAddresses.map((ip) => ({ type: 7, ip }))];
}

interface ParsedAuthority {
  certificate: X509Certificate;
  privateKey: KeyObject;
}

/** What makes an authority unusable, the first that holds being reported. */
const faults: { holds(parsed: ParsedAuthority, now: number): boolean; says(parsed: ParsedAuthority): string }[] = [
  {
    holds: ({ privateKey }) => privateKey.asymmetricKeyType !== 'rsa',
    says: ({ privateKey }) => `the private key is of type ${privateKey.asymmetricKeyType}; RSA is needed`,
  },
  {
    holds: ({ certificate, privateKey }) => !certificate.checkPrivateKey(privateKey),
    says: () => 'the private key does not fit the certificate',
  },
  {
    holds: ({ certificate }) => !certificate.ca,
    says: () => 'the certificate is not that of an authority (basicConstraints CA is not set)',
  },
  {
    holds: ({ certificate }, now) => expiryOf(certificate) <= now,
    says: ({ certificate }) => `the certificate expired on ${certificate.validTo}`,
  },
  {
    holds: ({ certificate }, now) => Date.parse(certificate.validFrom) > now,
    says: ({ certificate }) => `the certificate is valid only from ${certificate.validFrom} on`,
  },
];

/**
 * Whether `authority` can sign at `now`, and until when.
 * @param source where the authority is from, for the message
 * @throws {FiresteelError} CERTIFICATE_INVALID saying what is wrong, and where
 */
export function checkAuthority(
  authority: KeyPairPem,
  now: number,
  source = 'the certificate authority',
): { notAfter: number } {
  const certificate = parsePart(source, 'certificate', () => new X509Certificate(authority.certificate));
  const privateKey = parsePart(source, 'private key', () => createPrivateKey(authority.privateKey));
  const parsed = { certificate, privateKey };
  const fault = faults.find(({ holds }) => holds(parsed, now));
  if (fault !== undefined) throw new FiresteelError('CERTIFICATE_INVALID', `${source}: ${fault.says(parsed)}`);
  return { notAfter: expiryOf(certificate) };
}

function parsePart<Part>(source: string, part: string, parse: () => Part): Part {
  try {
    return parse();
  } catch (cause) {
    throw new FiresteelError('CERTIFICATE_INVALID', `${source}: the ${part} is not PEM: ${messageOf(cause)}`, {
      cause,
    });
  }
}
