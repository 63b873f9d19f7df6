import assert from 'node:assert/strict';
import { it } from 'node:test';
import { issueLeaf, oneDay } from '../../../certs/authority.js';
import { servingNames } from '../../../certs/serving-names.js';
import { checkHandshake } from '../../../webhook/self-check.js';
import { authority, nextAuthority, startServer } from './served.js';

const serverName = 'firesteel-webhook.spark-operator.svc';
const names = servingNames({ service: { name: 'firesteel-webhook', namespace: 'spark-operator' } });
const certificate = await issueLeaf(authority, { now: Date.now(), lifetime: oneDay, names });
const bundle = authority.certificate;

it('a handshake with the bundle and the name that API servers use passes, by name and by address', async (context) => {
  const { port } = (await startServer(context, { certificate })).target;
  for (const asked of [serverName, '127.0.0.1', '::1']) {
    await checkHandshake({ host: '0.0.0.0', port, serverName: asked, bundle });
  }
});

it('it does not with the bundle of another authority, another name, or where nobody listens, and says so', async (context) => {
  const { port } = (await startServer(context, { certificate })).target;
  const good = { host: '127.0.0.1', port, serverName, bundle };
  const invalid = (message: RegExp) => ({ code: 'CERTIFICATE_INVALID', message });
  await assert.rejects(
    checkHandshake({ ...good, bundle: nextAuthority.certificate }),
    invalid(/unable to verify|signature/),
  );
  await assert.rejects(checkHandshake({ ...good, serverName: 'other.svc' }), invalid(/to other\.svc .*altnames/i));
  await assert.rejects(checkHandshake({ ...good, serverName: '10.0.0.1' }), invalid(/to 10\.0\.0\.1 /));
  await assert.rejects(checkHandshake({ ...good, port: 1 }), invalid(/ECONNREFUSED/));
});
