import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Leaf } from '../../../certs/authority.js';
import { AuthoritySource } from '../../../certs/authority-source.js';
import { CertificateKeeper } from '../../../certs/certificate-keeper.js';
import { CertificateMetrics } from '../../../certs/certificate-metrics.js';
import type { ApiRequest } from '../../../src/kube/api-client.js';
import { ApiError, ApiUnreachable } from '../../../src/kube/api-error.js';
import { silentLogger } from '../../../src/log.js';
import { exposition } from '../../../src/metrics.js';
import { FakeClock, settle } from '../kube/fake-clock.js';
import { ModelCluster } from './model-cluster.js';
import { RecordedEvents } from './recorded-events.js';
import { readSymbolicBundle, symbolicCertifier } from './symbolic-certificates.js';

const name = 'firesteel-webhook';
const minute = 60_000;
const hour = 60 * minute;
const settings = { authorityLifetime: 240 * hour, leafLifetime: hour, overlap: minute };

class Site {
  readonly cluster = new ModelCluster(['firesteel']);
  readonly clock = new FakeClock();
  readonly events = new RecordedEvents();
  /** Thrown instead of carrying out the next request that it is for. */
  failure: ((request: ApiRequest) => Error | undefined) | undefined;
  #authorities = 0;

  constructor(private readonly context: TestContext) {}

  /** One replica, which has done all that it can do without time. */
  async start({ registrations = [name], namespace = 'firesteel' } = {}) {
    const served: Leaf[] = [];
    const state = { ready: false };
    const metrics = new CertificateMetrics();
    const client = {
      request: async (request: ApiRequest) => {
        const failure = this.failure?.(request);
        if (failure !== undefined) throw failure;
        return this.cluster.request(request);
      },
      lines: () => assert.fail('nobody watches here'),
    };
    const certifier = symbolicCertifier(() => {
      this.#authorities += 1;
      return this.#authorities;
    });
    const keeper = new CertificateKeeper({
      client,
      source: new AuthoritySource({
        place: { client, namespace, name: 'ca' },
        certifier,
        settings,
        events: this.events,
        logger: silentLogger,
        chance: 0.5,
      }),
      registrations,
      readBundle: readSymbolicBundle,
      serve: (leaf) => served.push(leaf),
      verify: async () => true,
      metrics,
      clock: this.clock,
      random: () => 0.5,
      logger: silentLogger,
    });
    void keeper.ready.then(() => {
      state.ready = true;
    });
    keeper.start();
    this.context.after(() => keeper.stop());
    await settled();
    return { keeper, served, state, metrics: () => exposition(metrics.metrics) };
  }

  /** Ids of the authorities in each entry of a registration. */
  bundles(registration = name): string[] {
    const anchors = (text: string) => readSymbolicBundle(text).anchors.map(({ id }) => id);
    return this.cluster.bundlesOf(registration).map((text) => anchors(text).join());
  }

  writesTo(part: string): ApiRequest[] {
    return this.cluster.writes.filter(({ path }) => path.includes(part));
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await settle();
}

describe('a replica that starts', () => {
  it('makes the authority, puts it into every entry of its registration, and is ready', async (context) => {
    const site = new Site(context);
    site.cluster.putRegistration(name, [undefined, undefined]);
    const { served, state } = await site.start();
    assert.deepEqual(site.bundles(), ['ca 1', 'ca 1']);
    assert.equal(served.length, 1);
    assert.ok(state.ready);
    assert.deepEqual(site.events.all, [{ event: 'CertificateAuthorityCreated', detail: '' }]);
  });

  it('is one of several that agree on one authority', async (context) => {
    const site = new Site(context);
    site.cluster.putRegistration(name, [undefined]);
    const replicas = await Promise.all([site.start(), site.start(), site.start()]);
    const anchors = replicas.map(({ served }) => served.at(-1)?.anchor.id);
    assert.equal(new Set(anchors).size, 1);
    assert.equal(site.writesTo('/secrets').length, 3, 'they did race');
    assert.deepEqual(site.bundles(), [anchors[0]]);
  });

  it('touches no registration but its own', async (context) => {
    const site = new Site(context);
    site.cluster.putRegistration(name, [undefined]);
    site.cluster.putRegistration('spark-operator-webhook', [undefined]);
    await site.start();
    assert.deepEqual(site.bundles('spark-operator-webhook'), ['']);
    const [write] = site.writesTo('mutatingwebhookconfigurations');
    assert.equal(write?.patchType, 'json-patch');
    assert.match(JSON.stringify(write?.body), /"op":"test","path":"\/metadata\/resourceVersion"/);
  });

  it('writes nothing where all is as it should be', async (context) => {
    const site = new Site(context);
    site.cluster.putRegistration(name, [undefined]);
    await site.start();
    const before = site.cluster.writes.length;
    const { state } = await site.start();
    await site.clock.advance(60 * minute);
    assert.ok(state.ready);
    assert.equal(site.cluster.writes.length, before);
  });

  it('waits for its registration, and is ready soon after it comes', async (context) => {
    const site = new Site(context);
    const { state, served } = await site.start();
    assert.equal(served.length, 1);
    await site.clock.advance(minute);
    assert.equal(state.ready, false);
    site.cluster.putRegistration(name, [undefined]);
    await site.clock.advance(2_000);
    assert.ok(state.ready);
  });

  it('needs the namespace of the Secret, tries again at leisure, and goes on when it is there', async (context) => {
    const site = new Site(context);
    site.cluster.putRegistration(name, [undefined]);
    const { served } = await site.start({ namespace: 'missing' });
    await site.clock.advance(10 * minute);
    assert.equal(served.length, 0);
    assert.ok(site.writesTo('/secrets').length < 25, `${site.writesTo('/secrets').length} attempts`);
  });
});

describe('a bundle that somebody takes away', () => {
  it('is back at once, is counted, and does not take the replica out', async (context) => {
    const site = new Site(context);
    site.cluster.putRegistration(name, [undefined]);
    const { keeper, state, metrics } = await site.start();
    await site.clock.advance(10 * minute);
    site.cluster.putRegistration(name, [undefined]);
    keeper.wake();
    await site.clock.advance(100);
    assert.deepEqual(site.bundles(), ['ca 1']);
    assert.ok(state.ready);
    assert.match(metrics(), /^webhook_ca_bundle_writes_total 2$/m);
    assert.match(metrics(), /^webhook_ca_bundle_trusted 1$/m);
  });

  it('again and again comes back ever more slowly', async (context) => {
    const site = new Site(context);
    site.cluster.putRegistration(name, [undefined]);
    const { keeper } = await site.start();
    for (let second = 0; second < 120; second += 1) {
      site.cluster.putRegistration(name, ['Zm9yZWlnbgo=']);
      keeper.wake();
      await site.clock.advance(1_000);
    }
    const writes = site.writesTo('mutatingwebhookconfigurations').length;
    assert.ok(writes > 3 && writes < 15, `${writes} writes`);
  });

  it('is not given up for a write that fails', async (context) => {
    const site = new Site(context);
    site.cluster.putRegistration(name, [undefined]);
    let failures = 2;
    site.failure = ({ method, path }) => {
      if (method !== 'PATCH' || failures === 0) return undefined;
      failures -= 1;
      return new ApiUnreachable(path, new Error('connection reset'));
    };
    const { state } = await site.start();
    assert.equal(state.ready, false);
    await site.clock.advance(5_000);
    assert.deepEqual(site.bundles(), ['ca 1']);
    assert.ok(state.ready);
  });
});

describe('rotation', () => {
  it('renews the leaf at two thirds of its life, without a write', async (context) => {
    const site = new Site(context);
    site.cluster.putRegistration(name, [undefined]);
    const { served } = await site.start();
    const before = site.cluster.writes.length;
    await site.clock.advance(35 * minute);
    assert.equal(served.length, 1);
    await site.clock.advance(10 * minute);
    assert.equal(served.length, 2);
    assert.equal(site.cluster.writes.length, before);
  });

  it('renews at once what became due while the machine slept', async (context) => {
    const site = new Site(context);
    site.cluster.putRegistration(name, [undefined]);
    const { served } = await site.start();
    site.clock.stall(50 * minute);
    await site.clock.advance(minute);
    assert.equal(served.length, 2);
  });

  it('renews the leaf where registrations can not be read, and the authority is the same', async (context) => {
    const site = new Site(context);
    site.cluster.putRegistration(name, [undefined]);
    const { served } = await site.start();
    site.failure = ({ path }) =>
      path.includes('mutatingwebhookconfigurations') ? new ApiError(path, 403, { reason: 'Forbidden' }) : undefined;
    site.clock.stall(50 * minute);
    await site.clock.advance(2 * minute);
    assert.equal(served.length, 2);
  });

  it('goes over to the next authority step by step, and forgets the old one when no leaf of it can be valid', async (context) => {
    const site = new Site(context);
    site.cluster.putRegistration(name, [undefined]);
    site.cluster.putRegistration('second', [undefined]);
    const replica = await site.start({ registrations: [name, 'second'] });
    site.clock.stall(175 * hour);
    await site.clock.advance(50_000);
    assert.deepEqual([...site.bundles(), ...site.bundles('second')], ['ca 1,ca 2', 'ca 1,ca 2']);
    assert.equal(replica.served.at(-1)?.anchor.id, 'ca 1');
    await site.clock.advance(2 * minute);
    assert.equal(replica.served.at(-1)?.anchor.id, 'ca 2');
    await site.clock.advance(110 * minute);
    assert.deepEqual(site.bundles(), ['ca 1,ca 2']);
    await site.clock.advance(20 * minute);
    assert.deepEqual([...site.bundles(), ...site.bundles('second')], ['ca 2', 'ca 2']);
    assert.deepEqual(
      site.events.all.map(({ event }) => event),
      ['CertificateAuthorityCreated', 'CertificateAuthorityRotating', 'CertificateAuthorityRotated'],
    );
    assert.match(replica.metrics(), /^webhook_certificate_rotations_total\{certificate="authority"\} 1$/m);
  });

  it('waits as long as one registration can not be given the next authority', async (context) => {
    const site = new Site(context);
    site.cluster.putRegistration(name, [undefined]);
    site.cluster.putRegistration('second', [undefined]);
    const { served } = await site.start({ registrations: [name, 'second'] });
    site.failure = ({ method, path }) =>
      method === 'PATCH' && path.endsWith('second') ? new ApiError(path, 403, { reason: 'Forbidden' }) : undefined;
    site.clock.stall(175 * hour);
    await site.clock.advance(60 * minute);
    assert.equal(served.at(-1)?.anchor.id, 'ca 1');
    site.failure = undefined;
    await site.clock.advance(5 * minute);
    assert.equal(served.at(-1)?.anchor.id, 'ca 2');
  });
});

it('nothing is written any more once the keeper is stopped', async (context) => {
  const site = new Site(context);
  site.cluster.putRegistration(name, [undefined]);
  const { keeper } = await site.start();
  await keeper.stop();
  const before = site.cluster.writes.length;
  site.cluster.putRegistration(name, [undefined]);
  await site.clock.advance(60 * minute);
  assert.equal(site.cluster.writes.length, before);
});
