import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAuthority, issueLeaf, oneDay } from '../../../certs/authority.js';
import { checkAuthority } from '../../../certs/authority-faults.js';
import { AuthoritySource } from '../../../certs/authority-source.js';
import { nothingSeen } from '../../../certs/trust.js';
import { basicConstraints, type KeyPairPem, keyUsage } from '../../../certs/x509.js';
import type { ApiClient } from '../../../src/kube/api-client.js';
import { silentLogger } from '../../../src/log.js';
import {
  authority,
  ecKeys,
  ed25519Keys,
  foreignAuthority,
  now,
  otherAuthority,
  rsaKeys,
  servingPair,
} from './certificate-material.js';
import { ModelCluster } from './model-cluster.js';
import { RecordedEvents } from './recorded-events.js';

const path = '/api/v1/namespaces/firesteel/secrets/ca';
const ours = { 'app.kubernetes.io/part-of': 'firesteel' };
const base64 = (text: string) => Buffer.from(text).toString('base64');
const dataOf = ({ certificate, privateKey }: KeyPairPem) => ({
  'ca-cert.pem': base64(certificate),
  'ca-key.pem': base64(privateKey),
});
const sound = dataOf(authority);

function siteWith(labels: Record<string, string>, data: Record<string, string>) {
  const cluster = new ModelCluster(['firesteel']);
  cluster.putSecret(path, labels, data);
  const client: ApiClient = {
    request: async (request) => cluster.request(request),
    lines: () => assert.fail('nobody watches here'),
  };
  const events = new RecordedEvents();
  const source = new AuthoritySource({
    place: { client, namespace: 'firesteel', name: 'ca' },
    certifier: {
      createAuthority,
      issueLeaf,
      readAuthority: (pair, from, at) => ({ ...pair, ...checkAuthority(pair, at, from) }),
    },
    settings: { authorityLifetime: 365 * oneDay, leafLifetime: 7 * oneDay, overlap: 60_000 },
    events,
    logger: silentLogger,
    chance: 0.5,
  });
  const look = () => source.look({ serving: undefined, trust: nothingSeen, now });
  return { cluster, events, look, data: () => cluster.secrets.get(path)?.data };
}

interface BadMaterial {
  readonly what: string;
  readonly data: Record<string, string>;
  readonly says: RegExp;
}

const bad: readonly BadMaterial[] = [
  { what: 'no certificate', data: { ...sound, 'ca-cert.pem': '' }, says: /the certificate is missing/ },
  { what: 'no key', data: { 'ca-cert.pem': sound['ca-cert.pem'] }, says: /the private key is missing/ },
  {
    what: 'a torn certificate',
    data: { ...sound, 'ca-cert.pem': base64(authority.certificate.slice(0, 200)) },
    says: /the certificate is not PEM/,
  },
  {
    what: 'a torn key',
    data: { ...sound, 'ca-key.pem': base64(authority.privateKey.slice(0, 60)) },
    says: /the private key is not PEM/,
  },
  {
    what: 'the key of another',
    data: { ...sound, 'ca-key.pem': base64(otherAuthority.privateKey) },
    says: /does not fit the certificate/,
  },
  { what: 'a leaf', data: dataOf(await servingPair()), says: /not that of an authority/ },
  {
    what: 'an authority that may not sign certificates',
    data: dataOf(await foreignAuthority({ extensions: [basicConstraints(true), keyUsage('cRLSign')] })),
    says: /keyUsage lacks keyCertSign/,
  },
  {
    what: 'an expired authority',
    data: dataOf(await foreignAuthority({ notBefore: now - 2 * oneDay, notAfter: now - 1_000 })),
    says: /expired on May 31|expired on Jun {2}1/,
  },
  {
    what: 'an authority of the future',
    data: dataOf(await foreignAuthority({ notBefore: now + 1_000 })),
    says: /valid only from/,
  },
  {
    what: 'an RSA key that is too short',
    data: dataOf(await foreignAuthority({ keys: rsaKeys(1024) })),
    says: /has 1024 bits; 2048 are needed/,
  },
  {
    what: 'a key of another kind',
    data: { ...sound, 'ca-key.pem': base64(ed25519Keys().privateKey) },
    says: /of type ed25519; RSA or EC is needed/,
  },
  {
    what: 'a curve that Go does not know',
    data: dataOf(await foreignAuthority({ keys: ecKeys('secp256k1') })),
    says: /curve secp256k1/,
  },
];

describe('in a Secret of ours', () => {
  for (const { what, data, says } of bad) {
    it(`${what} is told in an event and replaced by an authority that signs`, async () => {
      const site = siteWith(ours, data);
      await (await site.look()).step?.run();
      const [told] = site.events.all;
      assert.equal(told?.event, 'CertificateAuthorityReplaced');
      assert.match(told?.detail ?? '', says);
      assert.match(told?.detail ?? '', /Secret firesteel\/ca/);
      const plan = await site.look();
      assert.equal(plan.step, undefined);
      assert.equal((await plan.leaf?.run())?.anchor.id, plan.wanted?.[0]?.id);
    });
  }

  it('nothing, in a Secret that was only prepared, is filled in as if there were none', async () => {
    const site = siteWith(ours, {});
    await (await site.look()).step?.run();
    assert.deepEqual(site.events.all, [{ event: 'CertificateAuthorityCreated', detail: '' }]);
    assert.ok(await (await site.look()).leaf?.run());
  });

  it('a damaged one is put back as it was by whoever remembers it, so that no other has to become known', async () => {
    const site = siteWith(ours, sound);
    await site.look();
    site.cluster.putSecret(path, ours, {});
    const plan = await site.look();
    assert.deepEqual(
      plan.wanted?.map(({ id }) => id),
      [authority.anchor.id],
    );
    await plan.step?.run();
    assert.deepEqual(site.data(), sound);
    assert.match(site.events.all[0]?.detail ?? '', /restored/);
  });

  it('a successor that is of no use gives way to another one', async () => {
    const site = siteWith(ours, { ...sound, 'next-ca-cert.pem': 'AAAA' });
    const old = 300 * oneDay;
    assert.equal((await site.look()).step, undefined, 'there is no need of one yet');
    site.cluster.putSecret(path, ours, {
      ...dataOf(await createAuthority({ now: now - old, lifetime: 365 * oneDay })),
      'next-ca-cert.pem': 'AAAA',
    });
    await (await site.look()).step?.run();
    assert.deepEqual(site.events.all, [{ event: 'CertificateAuthorityRotating', detail: '' }]);
    assert.equal((await site.look()).wanted?.length, 2);
  });
});

describe('in a Secret of somebody else', () => {
  for (const { what, data, says } of bad) {
    it(`${what} is told in one event and left alone, and what is put right is used at once`, async () => {
      const site = siteWith({}, data);
      for (let time = 0; time < 3; time += 1) {
        const plan = await site.look();
        assert.equal(plan.step, undefined);
        assert.equal(plan.leaf, undefined);
      }
      assert.equal(site.events.all.length, 1);
      assert.equal(site.events.all[0]?.event, 'CertificateAuthorityInvalid');
      assert.match(site.events.all[0]?.detail ?? '', says);
      assert.match(site.events.all[0]?.detail ?? '', /not replaced because it lacks the label .*delete it/);
      assert.deepEqual(site.data(), data);

      site.cluster.putSecret(path, {}, sound);
      assert.equal((await (await site.look()).leaf?.run())?.anchor.id, authority.anchor.id);
    });
  }

  it('an authority that is sound is used, and never rotated', async () => {
    const soonOver = dataOf(await foreignAuthority({ notBefore: now - 30 * oneDay, notAfter: now + oneDay }));
    const site = siteWith({}, soonOver);
    const plan = await site.look();
    assert.equal(plan.step, undefined);
    assert.ok(await plan.leaf?.run());
    assert.deepEqual(site.data(), soonOver);
  });

  it('an RSA authority signs as well as one of our own kind', async () => {
    const pair = await foreignAuthority({ keys: rsaKeys(2048) });
    const leaf = await issueLeaf(pair, { now, lifetime: oneDay });
    assert.equal(leaf.anchor.isOurs, false);
  });
});
