import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stringify } from 'yaml';
import type { Connection } from '../../../src/kube/connection.js';
import { kubeconfigConnection } from '../../../src/kube/kubeconfig.js';
import { plainKubeconfigConnection } from '../../../src/kube/plain-kubeconfig.js';
import { temporaryFiles } from '../commands/temporary-files.js';

const write = temporaryFiles();
let files = 0;
const base64 = (text: string) => Buffer.from(text).toString('base64');

function kubeconfig(cluster: object, user: object): string {
  const text = stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: 'https://h:6443', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [
      { name: 'x', context: { cluster: 'c', user: 'u', namespace: 'n' } },
      { name: 'y', context: { cluster: 'c', user: 'nobody' } },
    ],
    'current-context': 'x',
  });
  files += 1;
  return write(`kubeconfig-${files}`, text);
}

const asText = async ({ authorization, ca, clientCertificate, clientKey, ...rest }: Connection) => ({
  ...rest,
  ca: ca?.toString(),
  clientCertificate: clientCertificate?.toString(),
  clientKey: clientKey?.toString(),
  authorization: await authorization(),
});

describe('a plain kubeconfig', () => {
  write('ca.pem', 'authority');
  const plain: readonly (readonly [what: string, cluster: object, user: object])[] = [
    ['a token', {}, { token: 't' }],
    [
      'certificates in it',
      { 'certificate-authority-data': base64('a') },
      { 'client-certificate-data': base64('c'), 'client-key-data': base64('k') },
    ],
    ['an authority in a file beside it', { 'certificate-authority': 'ca.pem' }, { token: 't' }],
    ['a name for the server', { 'tls-server-name': 's', 'insecure-skip-tls-verify': true }, { token: 't' }],
    ['a user without credentials', { server: 'http://h' }, {}],
  ];
  for (const [what, cluster, user] of plain) {
    it(`with ${what} gives the connection that the whole reader gives`, async () => {
      const path = kubeconfig(cluster, user);
      const connection = plainKubeconfigConnection(path);
      assert.ok(connection);
      const { insecureSkipTlsVerify: _, ...expected } = await asText(await kubeconfigConnection(path));
      const { insecureSkipTlsVerify, ...found } = await asText(connection);
      assert.deepEqual(found, expected);
      assert.equal(insecureSkipTlsVerify, 'insecure-skip-tls-verify' in cluster ? true : undefined);
    });
  }

  const others: readonly (readonly [what: string, cluster: object, user: object])[] = [
    ['an exec plug-in', {}, { exec: { command: 'x', apiVersion: 'client.authentication.k8s.io/v1' } }],
    ['a token file', {}, { tokenFile: '/t' }],
    ['a proxy', { 'proxy-url': 'http://p' }, { token: 't' }],
    ['impersonation', {}, { token: 't', as: 'x' }],
    ['a file that is not there', { 'certificate-authority': 'none.pem' }, { token: 't' }],
  ];
  for (const [what, cluster, user] of others) {
    it(`with ${what} is left to the whole reader`, () => {
      assert.equal(plainKubeconfigConnection(kubeconfig(cluster, user)), undefined);
    });
  }

  it('is looked into by the context that is asked for', () => {
    assert.equal(plainKubeconfigConnection(kubeconfig({}, { token: 't' }), 'y'), undefined);
    assert.equal(plainKubeconfigConnection(kubeconfig({}, { token: 't' }), 'none'), undefined);
  });
});
