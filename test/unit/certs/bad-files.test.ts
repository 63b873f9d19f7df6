import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { type Leaf, oneDay } from '../../../certs/authority.js';
import { CertificateMetrics } from '../../../certs/certificate-metrics.js';
import { objectId, sequence } from '../../../certs/der.js';
import { FileSource } from '../../../certs/file-source.js';
import { nothingSeen } from '../../../certs/trust.js';
import { basicConstraints, keyUsage, signCertificate } from '../../../certs/x509.js';
import { silentLogger } from '../../../src/log.js';
import { exposition } from '../../../src/metrics.js';
import { authority, ecKeys, foreignAuthority, now, otherAuthority, servingPair } from './certificate-material.js';
import { RecordedEvents } from './recorded-events.js';

interface Files {
  cert?: string;
  key?: string;
  ca?: string;
}

const overlap = 60_000;

function siteWith(context: TestContext, files: Files) {
  const folder = mkdtempSync(join(tmpdir(), 'firesteel-files-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const write = (changed: Files) => {
    for (const [name, text] of Object.entries(changed)) writeFileSync(join(folder, name), text);
  };
  write(files);
  const events = new RecordedEvents();
  const metrics = new CertificateMetrics();
  const source = new FileSource({
    certificateFile: join(folder, 'cert'),
    keyFile: join(folder, 'key'),
    authorityFile: join(folder, 'ca'),
    requiredName: 'webhook.firesteel.svc',
    overlap,
    events,
    metrics,
    logger: silentLogger,
  });
  const look = (serving?: Leaf, trust = nothingSeen) => source.look({ serving, trust, now });
  return { write, events, look, metrics: () => exposition(metrics.metrics) };
}

const pair = await servingPair();
const sound: Required<Files> = { cert: pair.certificate, key: pair.privateKey, ca: authority.certificate };
const clientPurpose = { id: '2.5.29.37', value: sequence(objectId('1.3.6.1.5.5.7.3.2')) };

async function pairFiles(options: Parameters<typeof servingPair>[0]): Promise<Files> {
  const { certificate, privateKey } = await servingPair(options);
  return { cert: certificate, key: privateKey };
}

const bad: readonly { readonly what: string; readonly files: Files; readonly says: RegExp }[] = [
  { what: 'an empty certificate', files: { cert: '' }, says: /the certificate is missing/ },
  { what: 'a torn certificate', files: { cert: pair.certificate.slice(0, 100) }, says: /the certificate is not PEM/ },
  { what: 'a torn key', files: { key: pair.privateKey.slice(0, 60) }, says: /the private key is not PEM/ },
  { what: 'the key of another', files: { key: ecKeys().privateKey }, says: /does not fit/ },
  { what: 'an expired certificate', files: await pairFiles({ notAfter: now - 1_000 }), says: /expired on/ },
  { what: 'a certificate of the future', files: await pairFiles({ notBefore: now + 1_000 }), says: /valid only from/ },
  {
    what: 'another name',
    files: await pairFiles({ name: 'other.svc' }),
    says: /is for DNS:other.svc, and API servers ask for webhook.firesteel.svc/,
  },
  { what: 'a certificate for clients', files: await pairFiles({ purpose: clientPurpose }), says: /lacks serverAuth/ },
  { what: 'another authority', files: { ca: otherAuthority.certificate }, says: /not signed by any/ },
  { what: 'no authority', files: { ca: 'see elsewhere\n' }, says: /holds no certificate/ },
];

describe('certificate files', () => {
  for (const { what, files, says } of bad) {
    it(`with ${what} are told in one event, the old ones stay, and what is put right is used`, async (context) => {
      const site = siteWith(context, sound);
      const serving = await (await site.look()).leaf?.run();
      assert.ok(serving);
      site.write(files);
      for (let time = 0; time < 3; time += 1) assert.equal((await site.look(serving)).leaf, undefined);
      assert.equal(site.events.all.length, 1);
      assert.equal(site.events.all[0]?.event, 'ServingCertificateInvalid');
      assert.match(site.events.all[0]?.detail ?? '', says);
      assert.match(site.events.all[0]?.detail ?? '', /the old certificate stays/);
      assert.match(site.metrics(), /^certwatcher_read_certificate_errors_total 3$/m);

      const renewed = await servingPair();
      site.write({ cert: renewed.certificate, key: renewed.privateKey, ca: authority.certificate });
      assert.equal((await (await site.look(serving)).leaf?.run())?.certificate, renewed.certificate);
    });
  }

  it('that are not there are told by their path', async (context) => {
    const site = siteWith(context, { cert: sound.cert, key: sound.key });
    assert.deepEqual(await site.look(), { wanted: undefined });
    assert.match(site.events.all[0]?.detail ?? '', /\/ca can not be read: ENOENT/);
  });

  it('that stay the same are not served anew', async (context) => {
    const site = siteWith(context, sound);
    const serving = await (await site.look()).leaf?.run();
    assert.equal((await site.look(serving)).leaf, undefined);
  });

  it('of a new authority are served only when every registration has had it for the overlap', async (context) => {
    const site = siteWith(context, sound);
    const serving = await (await site.look()).leaf?.run();
    const next = await servingPair({ issuer: otherAuthority });
    site.write({ cert: next.certificate, key: next.privateKey, ca: otherAuthority.certificate });
    const trustedFor = (milliseconds: number) => ({
      ...nothingSeen,
      trustedSince: new Map([[otherAuthority.anchor.id, now - milliseconds]]),
    });
    assert.equal((await site.look(serving)).leaf, undefined);
    assert.equal((await site.look(serving, trustedFor(overlap - 1))).leaf, undefined);
    const plan = await site.look(serving, trustedFor(overlap));
    assert.equal((await plan.leaf?.run())?.certificate, next.certificate);
  });

  it('may hold intermediates between the leaf and the authority', async (context) => {
    const root = await foreignAuthority();
    const keys = ecKeys();
    const extensions = [basicConstraints(true), keyUsage('keyCertSign')];
    const request = {
      commonName: 'between',
      publicKey: keys.publicKey,
      notBefore: now - oneDay,
      notAfter: now + oneDay,
    };
    const between = {
      certificate: await signCertificate({ ...request, extensions }, root),
      privateKey: keys.privateKey,
    };
    const served = await servingPair({ issuer: between });
    const files = { cert: served.certificate + between.certificate, key: served.privateKey, ca: root.certificate };
    const plan = await siteWith(context, files).look();
    assert.equal((await plan.leaf?.run())?.certificate, files.cert);
  });
});
