/** Certificates for tests, sound and not: whatever somebody may put into the Secret or the files. */
import { generateKeyPairSync } from 'node:crypto';
import { createAuthority, oneDay } from '../../../certs/authority.js';
import type { KeyPairPem } from '../../../certs/x509.js';
import {
  alternativeNames,
  basicConstraints,
  type Extension,
  keyUsage,
  serverPurpose,
  signCertificate,
} from '../../../certs/x509.js';

export const now = Date.parse('2026-06-01T12:00:00Z');

const publicKeyEncoding = { type: 'spki', format: 'pem' } as const;
const privateKeyEncoding = { type: 'pkcs8', format: 'pem' } as const;

interface Keys {
  publicKey: string;
  privateKey: string;
}

export function ecKeys(namedCurve = 'P-256'): Keys {
  return generateKeyPairSync('ec', { namedCurve, publicKeyEncoding, privateKeyEncoding });
}

export function rsaKeys(modulusLength: number): Keys {
  return generateKeyPairSync('rsa', { modulusLength, publicKeyEncoding, privateKeyEncoding });
}

export function ed25519Keys(): Keys {
  return generateKeyPairSync('ed25519', { publicKeyEncoding, privateKeyEncoding });
}

export const authority = await createAuthority({ now, lifetime: 365 * oneDay });
export const otherAuthority = await createAuthority({ now, lifetime: 365 * oneDay });

/** A self-signed authority of somebody else. */
export async function foreignAuthority({
  keys = ecKeys(),
  notBefore = now - oneDay,
  notAfter = now + oneDay,
  extensions = [basicConstraints(true), keyUsage('keyCertSign')],
}: {
  keys?: Keys;
  notBefore?: number;
  notAfter?: number;
  extensions?: readonly Extension[];
} = {}): Promise<KeyPairPem> {
  const request = { commonName: 'somebody', publicKey: keys.publicKey, notBefore, notAfter, extensions };
  return { certificate: await signCertificate(request, keys), privateKey: keys.privateKey };
}

/** A certificate for `webhook.firesteel.svc`, signed by `issuer`, and its key. */
export async function servingPair({
  issuer = authority as KeyPairPem,
  name = 'webhook.firesteel.svc',
  notBefore = now - oneDay,
  notAfter = now + oneDay,
  purpose = serverPurpose(),
}: {
  issuer?: KeyPairPem;
  name?: string;
  notBefore?: number;
  notAfter?: number;
  purpose?: Extension;
} = {}): Promise<KeyPairPem> {
  const keys = ecKeys();
  const extensions = [basicConstraints(false), keyUsage('digitalSignature'), purpose, alternativeNames([name], [])];
  const request = { commonName: 'served', publicKey: keys.publicKey, notBefore, notAfter, extensions };
  return { certificate: await signCertificate(request, issuer), privateKey: keys.privateKey };
}
