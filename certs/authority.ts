/**
 * The certificate authority of the webhook: long-lived, shared by the replicas, trusted by the API server through the
 * `caBundle` of our registration. Each replica signs a short-lived leaf of its own with it, so that no leaf is ever stored.
 */
import { type Anchor, backDate, readAnchor } from './anchor.js';
import { checkAuthority } from './authority-faults.js';
import { type ServingNames, servingNames } from './serving-names.js';
import {
  alternativeNames,
  basicConstraints,
  generateKeys,
  type KeyPairPem,
  keyUsage,
  serverPurpose,
  signCertificate,
} from './x509.js';

export const oneDay = 24 * 60 * 60 * 1000;

/** What the API server has to trust, and the key that signs. */
export interface Authority extends KeyPairPem {
  readonly anchor: Anchor;
}

/** What one replica serves. */
export interface Leaf extends KeyPairPem {
  /** Of the authority that signed it. */
  readonly anchor: Anchor;
  /** Milliseconds since the epoch: when the authority was known to be the present one, and the end of the validity. */
  readonly issuedAt: number;
  readonly notAfter: number;
}

/**
 * A new authority with a key of its own, valid from an hour ago.
 * @param now milliseconds since the epoch
 * @param lifetime milliseconds
 */
export async function createAuthority({ now, lifetime }: { now: number; lifetime: number }): Promise<Authority> {
  const keys = await generateKeys();
  const certificate = await signCertificate(
    {
      commonName: 'firesteel webhook authority',
      publicKey: keys.publicKey,
      notBefore: now - backDate,
      notAfter: now + lifetime,
      extensions: [basicConstraints(true), keyUsage('keyCertSign', 'cRLSign')],
    },
    { privateKey: keys.privateKey },
  );
  return { certificate, privateKey: keys.privateKey, anchor: readAnchor(certificate) };
}

/**
 * A serving certificate with a key of its own, signed by `authority`, which it does not outlive.
 * @param now milliseconds since the epoch; for rotation: when the authority was last known to be the present one
 * @param lifetime milliseconds
 * @throws {FiresteelError} CERTIFICATE_INVALID where the authority can not sign
 */
export async function issueLeaf(
  authority: KeyPairPem,
  { now, lifetime, names = servingNames({}) }: { now: number; lifetime: number; names?: ServingNames },
): Promise<Leaf> {
  const { anchor } = checkAuthority(authority, now);
  const keys = await generateKeys();
  const notAfter = Math.min(now + lifetime, anchor.notAfter);
  const certificate = await signCertificate(
    {
      commonName: 'firesteel webhook',
      publicKey: keys.publicKey,
      notBefore: now - backDate,
      notAfter,
      extensions: [
        basicConstraints(false),
        keyUsage('digitalSignature'),
        serverPurpose(),
        alternativeNames(names.dnsNames, names.ipAddresses),
      ],
    },
    authority,
  );
  return { certificate, privateKey: keys.privateKey, anchor, issuedAt: now, notAfter };
}
