import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import jsonpatch from 'fast-json-patch';
import { CaBundleKeeper } from '../../../certs/ca-bundle.js';
import { caBundlePatch } from '../../../certs/ca-bundle-patch.js';
import type { Clock } from '../../../src/clock.js';
import { ApiUnreachable } from '../../../src/kube/api-error.js';
import { createLogger, silentLogger } from '../../../src/log.js';
import { RegistrationServer } from './registration-server.js';

const caBundle = '-----BEGIN CERTIFICATE-----\nours\n-----END CERTIFICATE-----\n';
const encoded = Buffer.from(caBundle).toString('base64');
const name = 'firesteel-webhook';
const entry = 'mutate--v1-pod.sparkoperator.k8s.io';

/** Time that moves only when told to. */
class StandingClock implements Clock {
  #now = 1_000_000;
  readonly #timers = new Set<{ due: number; callback: () => void }>();

  now(): number {
    return this.#now;
  }

  elapsed(): number {
    return this.#now;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { due: this.#now + milliseconds, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
    for (const timer of [...this.#timers].filter(({ due }) => due <= this.#now)) {
      this.#timers.delete(timer);
      timer.callback();
    }
  }
}

/** Lets everything run that waits for no timer. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A keeper that has listed and is watching; it is stopped when the test ends. */
async function startKeeper(context: TestContext, server: RegistrationServer, logger = silentLogger) {
  const clock = new StandingClock();
  const options = { client: server, configurationName: name, caBundle, clock, random: () => 0.5, logger };
  const keeper = new CaBundleKeeper(options);
  const state = { injected: false };
  keeper.injected.then(
    () => {
      state.injected = true;
    },
    () => assert.fail('injected must not reject'),
  );
  keeper.start();
  context.after(() => keeper.stop());
  await settle();
  assert.ok(server.watched);
  return { keeper, clock, state };
}

const bundles = (server: RegistrationServer) =>
  server.stored?.webhooks.map(({ clientConfig }) => clientConfig.caBundle);

describe('the patch for a registration', () => {
  const metadata = { name, resourceVersion: '7' };
  const registration = {
    metadata,
    webhooks: [
      { name: 'a', clientConfig: { url: 'https://a', caBundle: encoded } },
      { name: 'b', clientConfig: { url: 'https://b', caBundle: 'b2xk' } },
      { name: 'c', clientConfig: { url: 'https://c' } },
    ],
  };

  test('puts the bundle into every entry that lacks it and changes nothing else', () => {
    const operations = caBundlePatch(registration, caBundle);
    const { newDocument } = jsonpatch.applyPatch(structuredClone(registration), operations, true);
    const expected = structuredClone(registration);
    for (const webhook of expected.webhooks) Object.assign(webhook.clientConfig, { caBundle: encoded });
    assert.deepEqual(newDocument, expected);
    assert.ok(!operations.some(({ path }) => path.startsWith('/webhooks/0/')));
  });

  test('does not apply where the entries or the version are no longer those that were read', () => {
    const operations = caBundlePatch(registration, caBundle);
    const reordered = { metadata, webhooks: registration.webhooks.toReversed() };
    const newer = { ...registration, metadata: { ...metadata, resourceVersion: '8' } };
    for (const changed of [reordered, newer]) {
      assert.throws(() => jsonpatch.applyPatch(structuredClone(changed), operations, true), /Test operation failed/);
    }
  });

  test('is empty where every entry has the bundle', () => {
    const webhooks = registration.webhooks.slice(0, 1);
    assert.deepEqual(caBundlePatch({ metadata, webhooks }, caBundle), []);
    assert.deepEqual(caBundlePatch({ metadata }, caBundle), []);
  });
});

describe('the keeper of the bundle', () => {
  test('writes it once into the registration of its name and into no other', async (context) => {
    const server = new RegistrationServer(name);
    server.apply([{ name: entry }, { name: 'second' }]);
    server.apply([{ name: entry }], 'spark-operator-webhook');
    const { state } = await startKeeper(context, server);
    assert.deepEqual(bundles(server), [encoded, encoded]);
    assert.equal(state.injected, true);
    assert.deepEqual(
      server.patches.map(({ path, patchType }) => ({ path, patchType })),
      [
        {
          path: `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${name}`,
          patchType: 'json-patch',
        },
      ],
    );
  });

  test('writes nothing where the bundle is already there', async (context) => {
    const server = new RegistrationServer(name);
    server.apply([{ name: entry, caBundle: encoded }]);
    const { state } = await startKeeper(context, server);
    assert.equal(state.injected, true);
    assert.equal(server.patches.length, 0);
  });

  test('waits for a registration that does not exist, says so once, and writes when it comes', async (context) => {
    const lines: string[] = [];
    const logger = createLogger('info');
    context.mock.method(logger, 'warn', (_fields: object, message: string) => lines.push(message));
    const server = new RegistrationServer(name);
    const { state } = await startKeeper(context, server, logger);
    assert.equal(state.injected, false);
    assert.deepEqual(lines, ['the webhook is not registered; waiting for its registration']);
    logger.level = 'silent';
    server.apply([{ name: entry }]);
    await settle();
    assert.deepEqual(bundles(server), [encoded]);
    assert.equal(state.injected, true);
  });

  test('puts it back at once when somebody removes it after a time of peace', async (context) => {
    const server = new RegistrationServer(name);
    server.apply([{ name: entry }]);
    const { clock } = await startKeeper(context, server);
    clock.advance(6 * 60_000);
    await settle();
    server.apply([{ name: entry }]);
    await settle();
    assert.deepEqual(bundles(server), [encoded]);
    assert.equal(server.patches.length, 2);
  });

  test('comes back ever more slowly to a registration that another one keeps changing', async (context) => {
    const server = new RegistrationServer(name);
    server.apply([{ name: entry }]);
    const { clock } = await startKeeper(context, server);
    for (let second = 0; second < 120; second += 1) {
      server.apply([{ name: entry, caBundle: 'b3RoZXI=' }]);
      clock.advance(1_000);
      await settle();
    }
    assert.ok(server.patches.length > 3, `${server.patches.length} writes`);
    assert.ok(server.patches.length < 15, `${server.patches.length} writes`);
  });

  test('tries again after a write that failed', async (context) => {
    const server = new RegistrationServer(name);
    server.apply([{ name: entry }]);
    server.patchFailures.push(new ApiUnreachable('PATCH', new Error('connection reset')));
    const { clock, state } = await startKeeper(context, server);
    assert.equal(state.injected, false);
    clock.advance(500);
    await settle();
    assert.deepEqual(bundles(server), [encoded]);
    assert.equal(state.injected, true);
  });

  test('goes on where the registration is deleted and made anew', async (context) => {
    const server = new RegistrationServer(name);
    server.apply([{ name: entry }]);
    const { clock } = await startKeeper(context, server);
    server.remove();
    await settle();
    server.apply([{ name: entry }]);
    await settle();
    clock.advance(1_000);
    await settle();
    assert.deepEqual(bundles(server), [encoded]);
  });

  test('writes nothing more once it is stopped', async (context) => {
    const server = new RegistrationServer(name);
    server.apply([{ name: entry }]);
    const { keeper, clock } = await startKeeper(context, server);
    await keeper.stop();
    server.apply([{ name: entry }]);
    clock.advance(60_000);
    await settle();
    assert.deepEqual(bundles(server), [undefined]);
  });
});
