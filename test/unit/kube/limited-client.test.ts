import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ApiClient, ApiRequest } from '../../../src/kube/api-client.js';
import { ApiUnreachable } from '../../../src/kube/api-error.js';
import { LimitedClient } from '../../../src/kube/limited-client.js';
import { TokenBucket } from '../../../src/kube/token-bucket.js';
import { FakeClock, settle } from './fake-clock.js';

function setUp(perSecond: number, burst: number) {
  const clock = new FakeClock();
  const sent: string[] = [];
  const inner: ApiClient = {
    request: async ({ path }) => sent.push(path),
    async *lines({ path }) {
      sent.push(path);
      yield 'a line';
    },
  };
  return { clock, sent, client: new LimitedClient(inner, { perSecond, burst }, clock) };
}

const get = (path: string, more: Partial<ApiRequest> = {}): ApiRequest => ({ method: 'GET', path, ...more });
const lease = '/apis/coordination.k8s.io/v1/namespaces/firesteel/leases/reconciler';

describe('a client with a limit', () => {
  it('sends a burst at once and the rest at its rate, first come, first served', async () => {
    const { clock, sent, client } = setUp(10, 3);
    for (const name of ['a', 'b', 'c', 'd', 'e']) void client.request(get(name));
    await settle();
    assert.deepEqual(sent, ['a', 'b', 'c']);
    await clock.advance(99);
    assert.deepEqual(sent, ['a', 'b', 'c']);
    await clock.advance(1);
    assert.deepEqual(sent, ['a', 'b', 'c', 'd']);
    await clock.advance(100);
    assert.deepEqual(sent, ['a', 'b', 'c', 'd', 'e']);
  });

  it('never lets a lease wait, however many requests do', async () => {
    const { sent, client } = setUp(1, 1);
    for (let count = 0; count < 1_000; count += 1) void client.request(get(`/${count}`));
    void client.request(get(lease, { method: 'PUT' }));
    await settle();
    assert.deepEqual(sent.sort(), ['/0', lease]);
  });

  it('counts the opening of a watch', async () => {
    const { clock, sent, client } = setUp(1, 1);
    void client.request(get('a'));
    const lines: string[] = [];
    const watching = (async () => {
      for await (const line of client.lines(get('watch'), new AbortController().signal)) lines.push(line);
    })();
    await settle();
    assert.deepEqual(sent, ['a']);
    await clock.advance(1_000);
    await watching;
    assert.deepEqual([sent, lines], [['a', 'watch'], ['a line']]);
  });

  it('does not send what was given up meanwhile, and gives its place to who comes', async () => {
    const { clock, sent, client } = setUp(1, 1);
    const giving = new AbortController();
    void client.request(get('a'));
    const given = client.request(get('b', { signal: giving.signal }));
    giving.abort();
    await assert.rejects(given, ApiUnreachable);
    void client.request(get('c'));
    await clock.advance(1_000);
    assert.deepEqual(sent, ['a', 'c']);
  });
});

it('a bucket gives out in any time no more than its burst and its rate allow, and no less to who always asks', () => {
  const asked = fc.array(fc.nat(2_000), { maxLength: 100 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 20 }), asked, (perSecond, burst, gaps) => {
      const bucket = new TokenBucket({ perSecond, burst });
      let now = 0;
      const given = gaps.map((gap) => {
        now += gap;
        return now + bucket.take(now);
      });
      const latest = given.map((at, index) => Math.max(...given.slice(0, index + 1)) === at);
      assert.ok(latest.every(Boolean), 'out of order');
      for (const [first, from] of given.entries()) {
        for (const [last, to] of given.entries()) {
          if (last < first) continue;
          const allowed = burst + ((to - from) * perSecond) / 1_000;
          assert.ok(last - first + 1 <= allowed + 1e-6, `${last - first + 1} between ${from} and ${to}`);
        }
      }
    }),
  );
});
