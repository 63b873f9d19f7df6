/** Certificates for tests: an authority, and leaves that it signs for 127.0.0.1 or for a client. */
import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';

export interface TestCertificate {
  certificate: string;
  key: string;
}

/** One key for all is enough here, and finding one takes a while. */
const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const signingKey = forge.pki.privateKeyFromPem(privateKey);
const authorityName = [{ name: 'commonName', value: 'authority of a test' }];

export function authority(): TestCertificate {
  return sign('authority of a test', [{ name: 'basicConstraints', cA: true }]);
}

export function leaf(commonName: string): TestCertificate {
  return sign(commonName, [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }]);
}

function sign(commonName: string, extensions: object[]): TestCertificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() - 3_600_000);
  certificate.validity.notAfter = new Date(Date.now() + 3_600_000);
  certificate.setSubject([{ name: 'commonName', value: commonName }]);
  certificate.setIssuer(authorityName);
  certificate.setExtensions(extensions);
  certificate.sign(signingKey, forge.md.sha256.create());
  return { certificate: forge.pki.certificateToPem(certificate), key: privateKey };
}
