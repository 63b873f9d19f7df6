/**
 * X.509 certificates out of plain values. node-forge encodes the DER; keys and signatures come from `node:crypto`, in its
 * thread pool, because forge's own arithmetic would hold the event loop, and with it admission, for 30 ms a signature.
 */
import { generateKeyPair, randomBytes, sign, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';

/** A certificate and the private key (PKCS#8) that fits it, both PEM. */
export interface KeyPairPem {
  certificate: string;
  privateKey: string;
}

export interface CertificateRequest {
  commonName: string;
  publicKey: string;
  /** Milliseconds since the epoch; both are cut to whole seconds, as X.509 has them. */
  notBefore: number;
  notAfter: number;
  /** As forge's `setExtensions` takes them; the identifiers of subject and authority key are added. */
  extensions: object[];
}

const organization = 'firesteel';
const generateKeyPairInPool = promisify(generateKeyPair);
const signInPool = promisify(sign);

/** An RSA key of 2048 bits: what every TLS stack takes, and forge can certify. Takes 0.1 to 0.4 s of one core. */
export function generateKeys(): Promise<{ publicKey: string; privateKey: string }> {
  return generateKeyPairInPool('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

/** The PEM of the certificate asked for, signed by `issuer`, or by its own `privateKey` where there is no issuer yet. */
export async function signCertificate(
  request: CertificateRequest,
  issuer: KeyPairPem | { privateKey: string },
): Promise<string> {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(request.publicKey);
  certificate.serialNumber = randomSerialNumber();
  certificate.validity.notBefore = new Date(request.notBefore);
  certificate.validity.notAfter = new Date(request.notAfter);
  certificate.setSubject([
    { name: 'organizationName', value: organization },
    { name: 'commonName', value: request.commonName },
  ]);
  const parent = 'certificate' in issuer ? forge.pki.certificateFromPem(issuer.certificate) : certificate;
  certificate.setIssuer(parent.subject.attributes);
  certificate.setExtensions([
    ...request.extensions,
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: keyIdentifier(parent) },
  ]);
  certificate.signatureOid = forge.pki.oids['sha256WithRSAEncryption'] ?? '';
  certificate.siginfo.algorithmOid = certificate.signatureOid;
  const toBeSigned = encodeToBeSigned(certificate);
  certificate.signature = (await signInPool('sha256', toBeSigned, issuer.privateKey)).toString('latin1');
  return forge.pki.certificateToPem(certificate);
}

/** End of the validity of the first certificate in `pem`, in milliseconds since the epoch. */
export function expiryOf(pem: string | X509Certificate): number {
  const certificate = typeof pem === 'string' ? new X509Certificate(pem) : pem;
  return Date.parse(certificate.validTo);
}

/** 16 bytes; the first is 0x40 to 0x7f, so that the DER integer is positive and the shortest possible, as Go insists. */
function randomSerialNumber(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0);
  return bytes.toString('hex');
}

/** The identifier that `certificate` states for its own key, whoever made it; for a new one, the usual SHA-1 of the key. */
function keyIdentifier(certificate: forge.pki.Certificate): string {
  const stated = certificate.getExtension('subjectKeyIdentifier');
  if (stated !== undefined && stated !== null && 'subjectKeyIdentifier' in stated) {
    return forge.util.hexToBytes(String(stated.subjectKeyIdentifier));
  }
  return certificate.generateSubjectKeyIdentifier().getBytes();
}

/** The first element of the certificate's ASN.1 sequence: what the signature covers. */
function encodeToBeSigned(certificate: forge.pki.Certificate): Buffer {
  certificate.signature = '';
  const [toBeSigned] = forge.pki.certificateToAsn1(certificate).value;
  if (typeof toBeSigned !== 'object') throw new TypeError('node-forge encoded a certificate that is no sequence');
  return Buffer.from(forge.asn1.toDer(toBeSigned).getBytes(), 'latin1');
}
