import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FiresteelError } from '../../../src/errors.js';
import { connect, inClusterConnection } from '../../../src/kube/connection.js';
import { FakeClock } from './fake-clock.js';

const isInvalid = (text: string) => (thrown: unknown) =>
  thrown instanceof FiresteelError && thrown.code === 'KUBECONFIG_INVALID' && thrown.message.includes(text);

function directory(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'firesteel-connection-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

function writeKubeconfig(path: string, server: string): string {
  const config = {
    clusters: [{ name: 'one', cluster: { server } }],
    contexts: [{ name: 'one', context: { cluster: 'one', user: 'one' } }],
    users: [{ name: 'one', user: {} }],
    'current-context': 'one',
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

const serviceAccount = (token: () => string) => async (path: string) => {
  const files: Record<string, () => string> = {
    '/var/run/secrets/kubernetes.io/serviceaccount/token': token,
    '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt': () => 'the CA\n',
  };
  const read = files[path];
  if (read === undefined) throw new Error(`no such file: ${path}`);
  return read();
};

for (const [host, server] of [
  ['10.0.0.1', 'https://10.0.0.1:6443'],
  ['fd00::1', 'https://[fd00::1]:6443'],
] as const) {
  test(`in a pod the API server is reached at ${server}`, async () => {
    const environment = { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: '6443' };
    const connection = await inClusterConnection(
      environment,
      serviceAccount(() => 'hush\n'),
      new FakeClock(),
    );
    assert.equal(connection.server, server);
    assert.equal(connection.ca, 'the CA');
    assert.equal(await connection.authorization(), 'Bearer hush');
  });
}

test('the token of a service account is read again after a minute and not before', async () => {
  const clock = new FakeClock();
  let reads = 0;
  const readFile = serviceAccount(() => {
    reads += 1;
    return `token ${reads}`;
  });
  const connection = await inClusterConnection({ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, readFile, clock);
  clock.stall(59_999);
  assert.equal(await connection.authorization(), 'Bearer token 1');
  clock.stall(1);
  assert.equal(await connection.authorization(), 'Bearer token 2');
});

test('a pod without a service account token is told what is missing', async () => {
  const environment = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };
  const readFile = async (path: string) => {
    throw new Error(`ENOENT: ${path}`);
  };
  await assert.rejects(inClusterConnection(environment, readFile), isInvalid('serviceaccount/token'));
});

test('a kubeconfig that is named goes before the variable, and that before the pod and the home directory', async (t) => {
  const home = directory(t);
  mkdirSync(join(home, '.kube'));
  writeKubeconfig(join(home, '.kube', 'config'), 'https://home:1');
  const kubeconfig = writeKubeconfig(join(home, 'named'), 'https://named:1');
  const environment = { HOME: home, KUBECONFIG: writeKubeconfig(join(home, 'variable'), 'https://variable:1') };
  assert.equal((await connect({ kubeconfig }, environment)).server, 'https://named:1');
  assert.equal((await connect({}, environment)).server, 'https://variable:1');
  assert.equal((await connect({}, { HOME: home })).server, 'https://home:1');
  await assert.rejects(connect({}, { HOME: home, KUBERNETES_SERVICE_HOST: '10.0.0.1' }), isInvalid('serviceaccount'));
});

test('where there is no API server to be found, the message says what to do', async (t) => {
  await assert.rejects(connect({}, { HOME: directory(t) }), isInvalid('pass --kubeconfig FILE'));
});
