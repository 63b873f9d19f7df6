/** The certificates and the server as other TLS stacks than Node's see them; Go's is that of the end-to-end tests. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { issueLeaf, oneDay } from '../../../certs/authority.js';
import { servingNames } from '../../../certs/serving-names.js';
import { pod, podReview, responseIn } from './reviews.js';
import { authority, startServer } from './served.js';

const run = promisify(execFile);
const name = 'firesteel-webhook.spark-operator.svc';
const names = servingNames({ service: { name: 'firesteel-webhook', namespace: 'spark-operator' } });
const certificate = await issueLeaf(authority, { now: Date.now(), lifetime: oneDay, names });

function without(program: string): string | false {
  return spawnSync(program, ['--help']).error === undefined ? false : `there is no ${program} on the PATH`;
}

async function site(context: TestContext) {
  const { target } = await startServer(context, { certificate });
  const folder = mkdtempSync(join(tmpdir(), 'firesteel-clients-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, authority.certificate);
  return { port: target.port, caFile };
}

for (const version of ['tls1_2', 'tls1_3']) {
  it(`openssl s_client verifies chain and name: ${version}`, { skip: without('openssl') }, async (context) => {
    const { port, caFile } = await site(context);
    const verify = ['-verify_return_error', '-verify_hostname', name, '-x509_strict', '-CAfile', caFile];
    const child = run('openssl', [
      's_client',
      `-${version}`,
      '-connect',
      `127.0.0.1:${port}`,
      '-servername',
      name,
      ...verify,
    ]);
    child.child.stdin?.end();
    const { stdout } = await child;
    assert.match(stdout, /Verify return code: 0 \(ok\)|Verification: OK/);
  });
}

it('curl sends a review and gets its answer', { skip: without('curl') }, async (context) => {
  const { port, caFile } = await site(context);
  const url = `https://${name}:${port}/mutate--v1-pod`;
  const { stdout } = await run('curl', [
    ...['--silent', '--show-error', '--fail', '--cacert', caFile, '--resolve', `${name}:${port}:127.0.0.1`],
    ...['--header', 'content-type: application/json', '--data', JSON.stringify(podReview(pod)), url],
  ]);
  assert.equal(responseIn(stdout).allowed, true);
});
