/**
 * Whatever call the reconciler dies at, after a restart the application completes and exactly one driver of it has ever
 * started: by the count of the simulated node and by that of a watch of the test's own.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { deleteObject } from '../../src/kube/api-client.js';
import { sparkApplications } from '../../src/kube/resources.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { type Call, KillingProxy } from './killing-proxy.js';
import { Site, script } from './site.js';

const isEvent = ({ path }: Call) => /\/events(?:\/|$)/u.test(path);

const counters: { title: string; slug: string; counts: (call: Call) => boolean }[] = [
  { title: 'call', slug: 'call', counts: () => true },
  {
    title: 'write of the submission protocol',
    slug: 'write',
    counts: (call) => call.method !== 'GET' && !isEvent(call),
  },
];

describe('a reconciler that is killed', () => {
  let site: Site;
  before(async () => {
    site = await Site.open('e2e-crash');
    const port = await freePort();
    const flags = {
      ...site.webhookFlags(port),
      kubeconfig: site.kubeconfig,
      'webhook-url': `https://127.0.0.1:${port}`,
    };
    await site.spawn('webhook', flags).ready();
  });
  after(() => site.close());

  for (const { title, slug, counts } of counters) {
    for (const answer of ['relayed', 'withheld'] as const) {
      for (const killAt of [1, 2, 3, 4, 5, 6]) {
        it(`at ${title} ${killAt}, its answer ${answer}, runs one driver to the end after a restart`, async () => {
          const name = `${slug}-${answer}-${killAt}`;
          const proxy = await KillingProxy.start({ connection: site.connection, counts, killAt, answer });
          try {
            const env = [{ name: 'GREETING', value: 'hello' }]; // so that the webhook has a part in it
            await site.submit(name, { driver: { annotations: script({ duration: '300ms' }), env } });
            const first = site.spawn('reconciler', { kubeconfig: proxy.kubeconfig });
            proxy.kill = () => first.kill();
            await eventually(`the reconciler to die at ${title} ${killAt}`, () => !first.running);
            assert.ok(proxy.calls.length >= killAt, `it ended by itself:\n${first.tail()}`);
          } finally {
            await proxy.close();
          }
          const second = await site.spawn('reconciler', { kubeconfig: site.kubeconfig }).ready();
          await site.untilState(name, 'COMPLETED');
          assertOneDriverStarted(name, proxy.calls);
          assert.equal(await second.stop(), 0);
          await deleteObject(site.client, sparkApplications, { namespace: site.namespace, name });
        });
      }
    }
  }

  function assertOneDriverStarted(name: string, calls: readonly string[]): void {
    const story = `the calls were:\n${calls.join('\n')}`;
    const seen = site.pods.of(name, 'driver').filter(({ started }) => started);
    assert.equal(seen.length, 1, story);
    const ran = [...site.node.startedDrivers].filter(([, pod]) => pod === `${site.namespace}/${name}-driver`);
    assert.deepEqual(
      ran.map(([uid]) => uid),
      seen.map(({ uid }) => uid),
      story,
    );
  }
});
