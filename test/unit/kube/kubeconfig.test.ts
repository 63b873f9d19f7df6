import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { stringify } from 'yaml';
import { FiresteelError, messageOf } from '../../../src/errors.js';
import { kubeconfigConnection } from '../../../src/kube/kubeconfig.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function setUp(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'firesteel-kubeconfig-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const write = (name: string, content: string): string => {
    const path = join(directory, name);
    writeFileSync(path, content);
    return path;
  };
  const kubeconfig = (user: object, cluster: object = {}, name = 'one'): string =>
    write(
      `${name}.yaml`,
      stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name, cluster: { server: `https://${name}:6443`, ...cluster } }],
        contexts: [{ name, context: { cluster: name, user: name } }],
        users: [{ name, user }],
        'current-context': name,
      }),
    );
  return { write, kubeconfig };
}

async function refusal(path: string): Promise<string> {
  try {
    await kubeconfigConnection(path);
  } catch (thrown) {
    assert.ok(thrown instanceof FiresteelError && thrown.code === 'KUBECONFIG_INVALID');
    return messageOf(thrown);
  }
  throw new Error('it was not refused');
}

test('certificates are taken from data', async (t) => {
  const { kubeconfig } = setUp(t);
  const user = { 'client-certificate-data': base64('cert'), 'client-key-data': base64('key') };
  const cluster = { 'certificate-authority-data': base64('ca'), 'tls-server-name': 'kubernetes' };
  const connection = await kubeconfigConnection(kubeconfig(user, cluster));
  assert.equal(connection.server, 'https://one:6443');
  assert.equal(String(connection.ca), 'ca');
  assert.equal(String(connection.clientCertificate), 'cert');
  assert.equal(String(connection.clientKey), 'key');
  assert.equal(connection.serverName, 'kubernetes');
  assert.equal(await connection.authorization(), undefined);
});

test('certificates are taken from files beside the kubeconfig', async (t) => {
  const { kubeconfig, write } = setUp(t);
  write('ca.pem', 'ca');
  write('cert.pem', 'cert');
  write('key.pem', 'key');
  const user = { 'client-certificate': 'cert.pem', 'client-key': 'key.pem' };
  const connection = await kubeconfigConnection(kubeconfig(user, { 'certificate-authority': 'ca.pem' }));
  assert.deepEqual([connection.ca, connection.clientCertificate, connection.clientKey].map(String), [
    'ca',
    'cert',
    'key',
  ]);
});

for (const [kind, user, header] of [
  ['a token', { token: 'hush' }, 'Bearer hush'],
  ['a name and a password', { username: 'me', password: 'hush' }, `Basic ${base64('me:hush')}`],
  ['nothing', {}, undefined],
] as const) {
  test(`a user with ${kind} is sent as ${header?.split(' ')[0] ?? 'no header'}`, async (t) => {
    const connection = await kubeconfigConnection(setUp(t).kubeconfig(user));
    assert.equal(await connection.authorization(), header);
  });
}

test('a token file is read, relative to the kubeconfig and before a token', async (t) => {
  const { kubeconfig, write } = setUp(t);
  write('token', 'from the file\n');
  const connection = await kubeconfigConnection(kubeconfig({ tokenFile: 'token', token: 'old' }));
  assert.equal(await connection.authorization(), 'Bearer from the file');
});

test('an exec plug-in is asked for a token and a certificate', async (t) => {
  const credential = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: 'plugged', clientCertificateData: 'cert', clientKeyData: 'key' },
  };
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: process.execPath,
    args: ['-e', `console.log(process.env.CREDENTIAL)`],
    env: [{ name: 'CREDENTIAL', value: JSON.stringify(credential) }],
  };
  const connection = await kubeconfigConnection(setUp(t).kubeconfig({ exec }));
  assert.equal(await connection.authorization(), 'Bearer plugged');
  assert.equal(connection.clientCertificate, 'cert');
  assert.equal(connection.clientKey, 'key');
});

for (const [fault, script, words] of [
  ['fails', 'console.error("please log in"); process.exit(1)', /please log in/],
  ['prints something else', 'console.log("hush")', /did not print an ExecCredential/],
] as const) {
  test(`an exec plug-in that ${fault} is named as the reason, and its output kept out`, async (t) => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: ['-e', script] };
    const message = await refusal(setUp(t).kubeconfig({ exec }));
    assert.match(message, words);
    assert.ok(!message.includes('hush'));
  });
}

test('an http:// server is reached without TLS, with an exec plug-in too', async (t) => {
  const { kubeconfig, write } = setUp(t);
  write('token', 'hush');
  const cluster = { server: 'http://127.0.0.1:8001/base' };
  const connection = await kubeconfigConnection(kubeconfig({ tokenFile: 'token' }, cluster));
  assert.equal(connection.server, 'http://127.0.0.1:8001/base');
  assert.equal(await connection.authorization(), 'Bearer hush');
});

test('of several files the first to name something wins', async (t) => {
  const { kubeconfig } = setUp(t);
  const first = kubeconfig({ token: 'first' }, {}, 'first');
  const second = kubeconfig({ token: 'second' }, {}, 'second');
  const connection = await kubeconfigConnection([first, second, first].join(delimiter));
  assert.equal(connection.server, 'https://first:6443');
  assert.equal(await connection.authorization(), 'Bearer first');
});

test('a proxy and a server that is not verified are passed on', async (t) => {
  const cluster = { 'proxy-url': 'http://proxy:3128', 'insecure-skip-tls-verify': true };
  const connection = await kubeconfigConnection(setUp(t).kubeconfig({}, cluster));
  assert.equal(connection.proxyUrl, 'http://proxy:3128');
  assert.equal(connection.insecureSkipTlsVerify, true);
});

test('what can not be honoured is refused instead of ignored', async (t) => {
  const { kubeconfig } = setUp(t);
  assert.match(await refusal(kubeconfig({ as: 'somebody' })), /impersonates/);
  assert.match(await refusal(kubeconfig({}, { 'proxy-url': 'socks5://proxy:1080' })), /proxy-url/);
  assert.match(await refusal(kubeconfig({}, { server: 'ftp://somewhere' })), /ftp:\/\/somewhere/);
});

test('a kubeconfig that is missing, malformed or without a context is refused, and no secret of it repeated', async (t) => {
  const { write } = setUp(t);
  assert.match(await refusal('/does/not/exist'), /\/does\/not\/exist.*ENOENT/);
  assert.match(await refusal(write('empty', 'kind: Config\n')), /kubectl config use-context/);
  const message = await refusal(write('malformed', 'users:\n- name: one\n  user: {token: hush\n token: "hush'));
  assert.match(message, /malformed can not be used: ./);
  assert.ok(!message.includes('hush'));
});
