import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createAuthority, issueLeaf, oneDay } from '../../../certs/authority.js';
import { checkAuthority } from '../../../certs/authority-faults.js';
import { servingNames } from '../../../certs/serving-names.js';
import { FiresteelError } from '../../../src/errors.js';

const now = Date.parse('2026-06-01T12:00:00.500Z');
const service = { name: 'firesteel-webhook', namespace: 'spark-operator' };

const lifetime = 365 * oneDay;
const authority = await createAuthority({ now, lifetime });
const otherAuthority = await createAuthority({ now, lifetime });
const names = servingNames({ service, url: 'https://Webhook.Example.com.:9443/x' });
const leaf = await issueLeaf(authority, { now, lifetime: 7 * oneDay, names });
const authorityCertificate = new X509Certificate(authority.certificate);
const leafCertificate = new X509Certificate(leaf.certificate);

/** The message of the CERTIFICATE_INVALID that `action` must throw. */
function refusalOf(action: () => unknown): string {
  try {
    action();
  } catch (thrown) {
    assert.ok(thrown instanceof FiresteelError);
    assert.equal(thrown.code, 'CERTIFICATE_INVALID');
    return thrown.message;
  }
  return assert.fail('nothing was thrown');
}

describe('an authority', () => {
  test('is a CA of the organisation firesteel for the time asked for, from an hour ago', () => {
    assert.equal(authorityCertificate.ca, true);
    assert.match(authorityCertificate.subject, /^O=firesteel$/m);
    assert.equal(Date.parse(authorityCertificate.validFrom), Date.parse('2026-06-01T11:00:00Z'));
    assert.equal(Date.parse(authorityCertificate.validTo), Date.parse('2026-06-01T12:00:00Z') + lifetime);
  });

  test('has a serial number of its own: 128 bits and positive', () => {
    const numbers = [authority, otherAuthority, leaf].map((pair) => new X509Certificate(pair.certificate).serialNumber);
    for (const number of numbers) assert.match(number, /^[4-7][0-9A-F]{31}$/);
    assert.equal(new Set(numbers).size, numbers.length);
  });

  test('that is sound is accepted and its end told', () => {
    assert.equal(checkAuthority(authority, now).anchor.notAfter, Date.parse(authorityCertificate.validTo));
  });

  test('whose key is that of another is refused, naming the fault and the place', () => {
    const mixed = { certificate: authority.certificate, privateKey: otherAuthority.privateKey };
    assert.equal(
      refusalOf(() => checkAuthority(mixed, now, 'Secret a/b')),
      'Secret a/b: the private key does not fit the certificate',
    );
  });

  test('that is only a leaf is refused', () => {
    assert.match(
      refusalOf(() => checkAuthority(leaf, now)),
      /not that of an authority/,
    );
  });

  test('is refused from the second on in which it expires, and before it begins', () => {
    const end = Date.parse(authorityCertificate.validTo);
    assert.doesNotThrow(() => checkAuthority(authority, end - 1));
    assert.match(
      refusalOf(() => checkAuthority(authority, end)),
      /expired on .*2027/,
    );
    assert.match(
      refusalOf(() => checkAuthority(authority, now - 2 * oneDay)),
      /valid only from/,
    );
  });

  test('that is not PEM is refused with the part that is broken', () => {
    const garbled = authority.certificate.replace(/[A-Za-z]{20}/, '!');
    assert.match(
      refusalOf(() => checkAuthority({ ...authority, certificate: garbled }, now)),
      /the certificate is not PEM/,
    );
    assert.match(
      refusalOf(() => checkAuthority({ ...authority, privateKey: '' }, now)),
      /the private key is missing/,
    );
  });
});

describe('a leaf', () => {
  test('is signed by its authority and by no other', () => {
    assert.equal(leafCertificate.verify(authorityCertificate.publicKey), true);
    assert.equal(leafCertificate.checkIssued(authorityCertificate), true);
    assert.equal(leafCertificate.verify(new X509Certificate(otherAuthority.certificate).publicKey), false);
  });

  test('answers to every form of the Service, to this machine and to the host of the URL', () => {
    for (const host of [
      'firesteel-webhook',
      'firesteel-webhook.spark-operator',
      'firesteel-webhook.spark-operator.svc',
      'firesteel-webhook.spark-operator.svc.cluster.local',
      'localhost',
      'webhook.example.com',
    ]) {
      assert.equal(leafCertificate.checkHost(host), host);
    }
    for (const address of ['127.0.0.1', '::1']) assert.equal(leafCertificate.checkIP(address), address);
    assert.equal(leafCertificate.checkHost('other.spark-operator.svc'), undefined);
  });

  test('tells its end', () => {
    assert.equal(Math.floor(leaf.notAfter / 1_000) * 1_000, Date.parse(leafCertificate.validTo));
    assert.equal(Date.parse(leafCertificate.validTo), Date.parse('2026-06-08T12:00:00Z'));
  });

  test('does not outlive its authority', async () => {
    const end = Date.parse(authorityCertificate.validTo);
    const late = await issueLeaf(authority, { now: end - oneDay, lifetime: 30 * oneDay });
    assert.equal(late.notAfter, end);
  });

  test('is not issued by an authority that expired', async () => {
    const later = Date.parse(authorityCertificate.validTo) + oneDay;
    await assert.rejects(issueLeaf(authority, { now: later, lifetime }), { code: 'CERTIFICATE_INVALID' });
  });
});

test('the host of a URL is told from an address, and nothing is named twice', () => {
  assert.deepEqual(servingNames({ url: 'https://[fd00::7]:9443' }), {
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1', '::1', 'fd00::7'],
  });
  assert.deepEqual(servingNames({ url: 'https://127.0.0.1:9443' }), {
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1', '::1'],
  });
});

const openssl = 'openssl';
const hasOpenssl = spawnSync(openssl, ['version']).status === 0;

test('openssl verifies the chain strictly, for a TLS server and its name, and finds the extensions critical', {
  skip: hasOpenssl ? false : 'there is no openssl on the PATH',
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'firesteel-certs-'));
  try {
    const [caFile, leafFile] = [join(folder, 'ca.pem'), join(folder, 'leaf.pem')];
    writeFileSync(caFile, authority.certificate);
    writeFileSync(leafFile, leaf.certificate);
    const purpose = ['-x509_strict', '-purpose', 'sslserver', '-attime', String(Math.floor(now / 1000))];
    const name = ['-verify_hostname', 'firesteel-webhook.spark-operator.svc'];
    const verified = execFileSync(openssl, ['verify', ...purpose, ...name, '-CAfile', caFile, leafFile]);
    assert.match(verified.toString(), /leaf\.pem: OK/);

    const text = (file: string) => execFileSync(openssl, ['x509', '-noout', '-text', '-in', file]).toString();
    assert.match(text(caFile), /Basic Constraints: critical\s+CA:TRUE/);
    assert.match(text(caFile), /Key Usage: critical\s+Certificate Sign, CRL Sign/);
    assert.match(text(leafFile), /Key Usage: critical\s+Digital Signature\s/);
    assert.match(text(leafFile), /TLS Web Server Authentication/);
    const subjectKey = /Subject Key Identifier:\s+([0-9A-F:]+)/.exec(text(caFile))?.[1];
    const authorityKey = /Authority Key Identifier:\s+(?:keyid:)?([0-9A-F:]+)/.exec(text(leafFile))?.[1];
    assert.ok(subjectKey);
    assert.equal(authorityKey, subjectKey);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
