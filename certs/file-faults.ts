/** What makes a certificate from files unusable. A fault is a row; the first that holds is reported. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { FiresteelError } from '../src/errors.js';
import { type Anchor, readAnchor, readBundle } from './anchor.js';
import type { Leaf } from './authority.js';
import { parsePart } from './authority-faults.js';

/** Contents of `--tls-cert-file` (the leaf first, then intermediates), `--tls-key-file` and `--tls-ca-file`; all PEM. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly privateKey: string;
  /** Undefined: somebody else writes the bundles. */
  readonly authorities: string | undefined;
}

interface Parsed {
  readonly leaf: X509Certificate;
  readonly chain: readonly X509Certificate[];
  readonly privateKey: KeyObject;
  readonly anchors: readonly Anchor[] | undefined;
}

interface Fault {
  readonly holds: (parsed: Parsed, now: number, name: string) => boolean;
  readonly says: (parsed: Parsed, name: string) => string;
}

const serverPurpose = '1.3.6.1.5.5.7.3.1';

const faults: readonly Fault[] = [
  {
    holds: ({ leaf, privateKey }) => !leaf.checkPrivateKey(privateKey),
    says: () => 'the private key does not fit the certificate',
  },
  {
    holds: ({ leaf }, now) => Date.parse(leaf.validTo) <= now,
    says: ({ leaf }) => `the certificate expired on ${leaf.validTo}`,
  },
  {
    holds: ({ leaf }, now) => Date.parse(leaf.validFrom) > now,
    says: ({ leaf }) => `the certificate is valid only from ${leaf.validFrom} on`,
  },
  {
    holds: ({ leaf }, _now, name) => (isIP(name) === 0 ? leaf.checkHost(name) : leaf.checkIP(name)) === undefined,
    says: ({ leaf }, name) =>
      `the certificate is for ${leaf.subjectAltName ?? 'no name'}, and API servers ask for ${name}`,
  },
  {
    // Go wants serverAuth among the purposes where there are any.
    holds: ({ leaf }) => leaf.keyUsage !== undefined && !leaf.keyUsage.includes(serverPurpose),
    says: () => 'the certificate is not for TLS servers (its extended key usage lacks serverAuth)',
  },
  {
    holds: ({ anchors }) => anchors !== undefined && anchors.length === 0,
    says: () => 'the file of the authorities holds no certificate',
  },
  {
    holds: (parsed) => parsed.anchors !== undefined && anchorOf(parsed) === undefined,
    says: () => 'the certificate is not signed by any in the file of the authorities, nor by way of its intermediates',
  },
];

/**
 * The leaf in the files, with the authority behind it (itself where the bundles are somebody else's).
 * @param name the one that API servers ask for
 * @throws {FiresteelError} CERTIFICATE_INVALID saying what is wrong; it holds nothing of the key
 */
export function checkFiles(files: CertificateFiles, now: number, name: string): { leaf: Leaf; anchors: Anchor[] } {
  const source = '--tls-cert-file, --tls-key-file, --tls-ca-file';
  const chain = parsePart(source, 'certificate', files.certificate, parseChain);
  const [leaf] = chain;
  if (leaf === undefined) throw new FiresteelError('CERTIFICATE_INVALID', `${source}: the certificate is not PEM`);
  const privateKey = parsePart(source, 'private key', files.privateKey, createPrivateKey);
  const anchors = files.authorities === undefined ? undefined : readBundle(files.authorities).anchors;
  const parsed = { leaf, chain, privateKey, anchors };
  const fault = faults.find(({ holds }) => holds(parsed, now, name));
  if (fault !== undefined) throw new FiresteelError('CERTIFICATE_INVALID', `${source}: ${fault.says(parsed, name)}`);
  const anchor = anchorOf(parsed) ?? readAnchor(leaf.toString());
  return {
    leaf: {
      certificate: files.certificate,
      privateKey: files.privateKey,
      anchor,
      issuedAt: Date.parse(leaf.validFrom),
      notAfter: Date.parse(leaf.validTo),
    },
    anchors: [...(anchors ?? [])],
  };
}

function parseChain(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [pem];
  return blocks.map((block) => new X509Certificate(block));
}

/** The authority at the end of the chain that begins with the leaf. */
function anchorOf({ leaf, chain, anchors = [] }: Parsed): Anchor | undefined {
  let subject: X509Certificate | undefined = leaf;
  for (let length = 0; subject !== undefined && length < 5; length += 1) {
    const signed: X509Certificate = subject;
    const anchor = anchors.find(({ pem }) => isSignedBy(signed, new X509Certificate(pem)));
    if (anchor !== undefined) return anchor;
    subject = chain.find((candidate) => candidate !== signed && isSignedBy(signed, candidate));
  }
  return undefined;
}

function isSignedBy(signed: X509Certificate, issuer: X509Certificate): boolean {
  return signed.checkIssued(issuer) && signed.verify(issuer.publicKey);
}
