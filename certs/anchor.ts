/**
 * Anchors: certificates of authorities as they stand in a `caBundle`, reduced to what decisions need. A bundle is PEM, several
 * certificates one after the other.
 */
import { X509Certificate } from 'node:crypto';
import { organization } from './x509.js';

/** Certificates begin an hour ago, for API servers whose clock is behind ours. */
export const backDate = 60 * 60 * 1000;

export interface Anchor {
  /** SHA-256 of the certificate. */
  readonly id: string;
  readonly pem: string;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  readonly notAfter: number;
  /** Whether Firesteel made it, by its name. */
  readonly isOurs: boolean;
}

export interface Bundle {
  readonly anchors: readonly Anchor[];
  /** Whether there is something in it beside these, or one of them twice. */
  readonly isUntidy: boolean;
}

const block = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\n?/g;

/** @throws where `pem` does not begin with a certificate */
export function readAnchor(pem: string): Anchor {
  const certificate = new X509Certificate(pem);
  const isOurs = certificate.subject === `O=${organization}\nCN=firesteel webhook authority`;
  const notBefore = Date.parse(certificate.validFrom);
  return {
    id: certificate.fingerprint256,
    pem: certificate.toString(),
    issuedAt: isOurs ? notBefore + backDate : notBefore,
    notAfter: Date.parse(certificate.validTo),
    isOurs,
  };
}

/** Whatever is in a bundle; what is no certificate is left out and makes it untidy. */
export function readBundle(pem: string): Bundle {
  const blocks = pem.match(block) ?? [];
  const read = blocks.flatMap((text) => {
    try {
      return [readAnchor(text)];
    } catch {
      return []; // told by `isUntidy`, upon which the bundle is written anew
    }
  });
  const anchors = [...new Map(read.map((anchor) => [anchor.id, anchor])).values()];
  return { anchors, isUntidy: anchors.length !== blocks.length || pem.replace(block, '').trim() !== '' };
}

export function writeBundle(anchors: readonly Anchor[]): string {
  return anchors.map(({ pem }) => pem).join('');
}
