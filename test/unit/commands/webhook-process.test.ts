import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { issueLeaf, oneDay } from '../../../certs/authority.js';
import { servingNames } from '../../../certs/serving-names.js';
import { systemClock } from '../../../src/clock.js';
import { commandFlags } from '../../../src/commands/command-flags.js';
import { readFlags } from '../../../src/commands/flags.js';
import { startSandboxSite } from '../../../src/commands/sandbox-site.js';
import { startWebhook } from '../../../src/commands/webhook-process.js';
import { getObject } from '../../../src/kube/api-client.js';
import { mutatingWebhookConfigurations } from '../../../src/kube/resources.js';
import { silentLogger } from '../../../src/log.js';
import { freePort } from '../../e2e/free-port.js';
import { authority } from '../webhook/served.js';

/** A webhook by URL on a sandbox, with its probes; stopped when the test ends. */
async function start(context: TestContext, flags: readonly string[] = []) {
  const site = await startSandboxSite(silentLogger, 0);
  context.after(() => site.stop());
  const asked = new AbortController();
  const session = {
    client: site.client,
    clock: systemClock,
    random: Math.random,
    logger: silentLogger,
    ownNamespace: 'default',
    signal: asked.signal,
    close: async () => {},
  };
  const probes = `127.0.0.1:${await freePort()}`;
  const given = ['--webhook-port=0', '--webhook-url=https://127.0.0.1:0', `--health-probe-bind-address=${probes}`];
  const running = startWebhook(session, readFlags(commandFlags.webhook, [...given, ...flags], {}));
  // Before the sandbox goes.
  context.after(async () => {
    asked.abort();
    await running.then((webhook) => webhook.stop()).catch(() => {});
  });
  const page = async (path: string) => {
    const answer = await fetch(`http://${probes}${path}`);
    return { status: answer.status, text: await answer.text() };
  };
  return { client: site.client, running, page };
}

async function untilReady(page: (path: string) => Promise<{ status: number }>): Promise<void> {
  while ((await page('/readyz')).status !== 200) await new Promise((resolve) => setImmediate(resolve));
}

describe('the webhook as a process', () => {
  it('is alive at once, ready when API servers can reach it, and tells of its certificates', async (context) => {
    const { client, running, page } = await start(context);
    assert.equal((await page('/healthz')).status, 200);
    const webhook = await running;
    await untilReady(page);
    const { text } = await page('/metrics');
    const [, expiry] = /^webhook_certificate_expiry_timestamp_seconds\{certificate="serving"\} (\d+)/m.exec(text) ?? [];
    assert.ok(Math.abs(Number(expiry) - Date.now() / 1_000 - 7 * 24 * 3_600) < 600, expiry);
    assert.match(text, /^webhook_ca_bundle_trusted 1$/m);
    assert.match(text, /^controller_runtime_webhook_requests_in_flight\{webhook="\/mutate--v1-pod"\} 0$/m);
    const registration = await getObject(client, mutatingWebhookConfigurations, { name: 'firesteel-webhook' });
    assert.match(JSON.stringify(registration), /"caBundle":"LS0tLS1CRUdJTi/);
    await webhook.stop();
  });

  it('serves certificates from files, and keeps their authority in the registration', async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'firesteel-webhook-'));
    context.after(() => rmSync(folder, { recursive: true }));
    const names = servingNames({ url: 'https://127.0.0.1' });
    const { certificate, privateKey } = await issueLeaf(authority, { now: Date.now(), lifetime: oneDay, names });
    const files = { cert: certificate, key: privateKey, ca: authority.certificate };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const flags = Object.keys(files).map((name) => `--tls-${name}-file=${join(folder, name)}`);
    const { client, running, page } = await start(context, flags);
    await running;
    await untilReady(page);
    const registration = await getObject(client, mutatingWebhookConfigurations, { name: 'firesteel-webhook' });
    assert.ok(JSON.stringify(registration).includes(Buffer.from(authority.certificate).toString('base64')));
    assert.match((await page('/metrics')).text, /^certwatcher_read_certificate_errors_total 0$/m);
  });

  const contradictions: readonly (readonly [flags: readonly string[], says: RegExp])[] = [
    [['--tls-cert-file=/a'], /--tls-cert-file and --tls-key-file are needed together/],
    [['--tls-ca-file=/a'], /--tls-ca-file only beside them/],
    [['--webhook-ca-lifetime=1h'], /no shorter than --webhook-leaf-lifetime/],
    [['--webhook-ca-overlap=2000h'], /six times --webhook-ca-overlap/],
    [['--webhook-leaf-lifetime=1s'], /shorter than 10 s/],
    [['--webhook-leaf-lifetime=1 day'], /not a length of time such as/],
  ];
  for (const [flags, says] of contradictions) {
    it(`refuses ${flags.join(' ')}`, async (context) => {
      await assert.rejects(async () => (await start(context, flags)).running, { code: 'USAGE', message: says });
    });
  }
});
