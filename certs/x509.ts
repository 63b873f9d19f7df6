/**
 * X.509 certificates out of plain values (RFC 5280). node-forge encodes the DER; keys and signatures come from `node:crypto`,
 * in its thread pool. Our own keys are of the curve P-256: made in under 1 ms where an RSA key takes 0.2 to 0.7 s, and a
 * handshake costs the server a tenth. forge's certificates know RSA only, hence the structure is put together here, and
 * authorities of others may have either kind of key.
 */
import { createHash, createPrivateKey, generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';
import {
  bitString,
  boolean,
  explicit,
  integer,
  nothing,
  objectId,
  octets,
  sequence,
  set,
  tagged,
  time,
  utf8,
} from './der.js';
import { ipBytes } from './ip-bytes.js';

type Node = forge.asn1.Asn1;

/** A certificate and the private key (PKCS#8) that fits it, both PEM. */
export interface KeyPairPem {
  certificate: string;
  privateKey: string;
}

export interface CertificateRequest {
  commonName: string;
  /** PEM (SPKI). */
  publicKey: string;
  /** Milliseconds since the epoch; both are cut to whole seconds, as X.509 has them. */
  notBefore: number;
  notAfter: number;
  /** The identifiers of subject and authority key are added. */
  extensions: readonly Extension[];
}

export interface Extension {
  readonly id: string;
  readonly critical?: true;
  readonly value: Node;
}

export const organization = 'firesteel';
const generateKeyPairInPool = promisify(generateKeyPair);
const signInPool = promisify(sign);

export function generateKeys(): Promise<{ publicKey: string; privateKey: string }> {
  return generateKeyPairInPool('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

/** BasicConstraints: an authority that signs leaves alone, or no authority. */
export function basicConstraints(isAuthority: boolean): Extension {
  return {
    id: '2.5.29.19',
    critical: true,
    value: isAuthority ? sequence(boolean(true), integer('\x00')) : sequence(),
  };
}

/** Bits of KeyUsage by their number in RFC 5280, 4.2.1.3. */
const keyUsages = { digitalSignature: 0, keyCertSign: 5, cRLSign: 6 };

export function keyUsage(...uses: (keyof typeof keyUsages)[]): Extension {
  const numbers = uses.map((use) => keyUsages[use]);
  const bits = numbers.reduce((byte, number) => byte | (0x80 >> number), 0);
  return { id: '2.5.29.15', critical: true, value: bitString(String.fromCharCode(bits), 7 - Math.max(...numbers)) };
}

export function serverPurpose(): Extension {
  return { id: '2.5.29.37', value: sequence(objectId('1.3.6.1.5.5.7.3.1')) };
}

/** GeneralName of RFC 5280, 4.2.1.6: 2 is dNSName, 7 iPAddress. */
export function alternativeNames(dnsNames: readonly string[], ipAddresses: readonly string[]): Extension {
  const names = [
    ...dnsNames.map((name) => tagged(2, name)),
    ...ipAddresses.map((address) => tagged(7, ipBytes(address).toString('latin1'))),
  ];
  return { id: '2.5.29.17', value: sequence(...names) };
}

const subjectKeyIdentifier = '2.5.29.14';
const authorityKeyIdentifier = '2.5.29.35';

/** The PEM of the certificate asked for, signed by `issuer`, or by its own `privateKey` where there is no issuer yet. */
export async function signCertificate(
  request: CertificateRequest,
  issuer: KeyPairPem | { privateKey: string },
): Promise<string> {
  const publicKey = derOf(request.publicKey);
  const ownIdentifier = keyIdentifier(publicKey);
  const parent = 'certificate' in issuer ? readIssuer(issuer.certificate) : undefined;
  const parentIdentifier = parent === undefined ? ownIdentifier : parent.keyIdentifier;
  const subject = nameOf(request.commonName);
  const algorithm = signatureAlgorithm(createPrivateKey(issuer.privateKey));
  const extensions = [
    ...request.extensions,
    { id: subjectKeyIdentifier, value: octets(ownIdentifier) },
    ...(parentIdentifier === undefined
      ? []
      : [{ id: authorityKeyIdentifier, value: sequence(tagged(0, parentIdentifier)) }]),
  ];
  const toBeSigned = sequence(
    explicit(0, integer('\x02')),
    integer(randomSerialNumber()),
    algorithm,
    parent?.subject ?? subject,
    sequence(time(request.notBefore), time(request.notAfter)),
    subject,
    parse(publicKey),
    explicit(3, sequence(...extensions.map(encodeExtension))),
  );
  const signature = await signInPool('sha256', Buffer.from(encode(toBeSigned), 'latin1'), issuer.privateKey);
  return pemOf(encode(sequence(toBeSigned, algorithm, bitString(signature.toString('latin1'), 0))));
}

function encodeExtension({ id, critical, value }: Extension): Node {
  return sequence(objectId(id), ...(critical ? [boolean(true)] : []), octets(encode(value)));
}

function nameOf(commonName: string): Node {
  const attribute = (id: string, value: string) => set(sequence(objectId(id), utf8(value)));
  return sequence(attribute('2.5.4.10', organization), attribute('2.5.4.3', commonName));
}

/** With SHA-256; RFC 4055 wants the NULL after RSA's, RFC 5758 nothing after ECDSA's. */
function signatureAlgorithm(key: KeyObject): Node {
  if (key.asymmetricKeyType === 'rsa') return sequence(objectId('1.2.840.113549.1.1.11'), nothing());
  return sequence(objectId('1.2.840.10045.4.3.2'));
}

/** What a certificate signed by this one has to repeat of it: its name to the byte, and its stated key identifier. */
function readIssuer(pem: string): { subject: Node; keyIdentifier: string | undefined } {
  const [toBeSigned] = children(parse(derOf(pem)));
  const fields = children(toBeSigned);
  const subject = fields[5];
  if (subject === undefined) throw new TypeError('a certificate of the first version can not be an authority');
  const stated = children(children(fields.find(({ tagClass, type }) => tagClass === 0x80 && type === 3))[0])
    .map(children)
    .find(([id]) => typeof id?.value === 'string' && forge.asn1.derToOid(id.value) === subjectKeyIdentifier);
  const wrapped = stated?.at(-1)?.value;
  const inner = typeof wrapped === 'string' ? parse(wrapped).value : undefined;
  return { subject, keyIdentifier: typeof inner === 'string' ? inner : undefined };
}

function children(node: Node | undefined): Node[] {
  return typeof node?.value === 'object' ? node.value : [];
}

/** As RFC 7093 has it: 160 bits of the SHA-256. */
function keyIdentifier(publicKey: string): string {
  return createHash('sha256').update(Buffer.from(publicKey, 'latin1')).digest().subarray(0, 20).toString('latin1');
}

/** 16 bytes; the first is 0x40 to 0x7f, so that the DER integer is positive and the shortest possible, as Go insists. */
function randomSerialNumber(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0);
  return bytes.toString('latin1');
}

function encode(node: Node): string {
  return forge.asn1.toDer(node).getBytes();
}

function parse(der: string): Node {
  return forge.asn1.fromDer(der);
}

function derOf(pem: string): string {
  return forge.pem.decode(pem)[0]?.body ?? '';
}

function pemOf(der: string): string {
  const lines =
    Buffer.from(der, 'latin1')
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
