import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createAuthority } from '../../../certs/authority.js';
import { loadOrCreateAuthority } from '../../../certs/authority-secret.js';
import { silentLogger } from '../../../src/log.js';
import { SecretServer } from './secret-server.js';

const now = Date.parse('2026-06-01T12:00:00Z');
const namespace = 'spark-operator';
const name = 'firesteel-ca';
const ours = { 'app.kubernetes.io/part-of': 'firesteel' };
const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;

const sound = await createAuthority({ now });
const base64 = (text: string) => Buffer.from(text).toString('base64');
const soundData = { 'ca-cert.pem': base64(sound.certificate), 'ca-key.pem': base64(sound.privateKey) };
const brokenData = { ...soundData, 'ca-key.pem': base64('lost') };

function load(client: SecretServer, at = now) {
  return loadOrCreateAuthority({ client, namespace, name, now: at, logger: silentLogger });
}

describe('the authority in its Secret', () => {
  test('is created, labelled as ours, where there is none, and read back by the next start', async () => {
    const server = new SecretServer([namespace]);
    const created = await load(server);
    const secret = server.secrets.get(path);
    assert.deepEqual(secret?.metadata.labels, ours);
    assert.equal(secret?.type, 'Opaque');
    assert.deepEqual(Object.keys(secret?.data ?? {}), ['ca-cert.pem', 'ca-key.pem']);
    assert.deepEqual(await load(server), created);
    assert.equal(server.requests.filter(({ method }) => method !== 'GET').length, 1);
  });

  test('is one, however many replicas start at once', async () => {
    const server = new SecretServer([namespace]);
    const authorities = await Promise.all([load(server), load(server), load(server)]);
    assert.equal(new Set(authorities.map(({ certificate }) => certificate)).size, 1);
    assert.equal(server.requests.filter(({ method }) => method === 'POST').length, 3, 'they did race');
  });

  test('is used as it is where somebody else made it, label or not', async () => {
    const server = new SecretServer([namespace]);
    server.put(namespace, name, {}, soundData);
    assert.deepEqual(await load(server), sound);
  });

  test('is replaced where it is broken and ours, by one and the same for all replicas', async () => {
    const server = new SecretServer([namespace]);
    server.put(namespace, name, ours, brokenData);
    const [one, two] = await Promise.all([load(server), load(server)]);
    assert.deepEqual(one, two);
    assert.notEqual(one?.certificate, sound.certificate);
    assert.equal(server.secrets.get(path)?.data?.['ca-cert.pem'], base64(one?.certificate ?? ''));
  });

  test('is filled in where an empty Secret of ours was prepared', async () => {
    const server = new SecretServer([namespace]);
    server.put(namespace, name, ours, {});
    const authority = await load(server);
    assert.equal(server.secrets.get(path)?.data?.['ca-key.pem'], base64(authority.privateKey));
  });

  test('is replaced when it has expired', async () => {
    const server = new SecretServer([namespace]);
    server.put(namespace, name, ours, soundData);
    const later = now + 11 * 365 * 24 * 60 * 60 * 1000;
    assert.notDeepEqual(await load(server, later), sound);
  });

  test('is left alone where it is broken and not ours, and the error says what and what to do', async () => {
    const server = new SecretServer([namespace]);
    server.put(namespace, name, { 'app.kubernetes.io/managed-by': 'Helm' }, brokenData);
    await assert.rejects(load(server), {
      code: 'CERTIFICATE_INVALID',
      message: /^Secret spark-operator\/firesteel-ca .*the private key is not PEM.*label.*delete it/,
    });
    assert.deepEqual(server.secrets.get(path)?.data, brokenData);
  });

  test('needs its namespace, and says so where that is missing', async () => {
    await assert.rejects(load(new SecretServer(['default'])), {
      code: 'API_REFUSED',
      message: /^the namespace spark-operator, .* does not exist; create it/,
    });
  });
});
