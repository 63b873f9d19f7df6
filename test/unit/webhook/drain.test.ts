import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { drain } from '../../../webhook/drain.js';
import { FakeClock, settle } from '../kube/fake-clock.js';
import { keepAliveAgent, sendReview } from './review-client.js';
import { startServer } from './served.js';

/** What stands for a review that got no answer. */
const lost = { status: 0, connection: 'close' };

/** Two replicas behind one name: new connections go to those that are ready, as a Service has it. */
async function leaveUnderLoad(context: TestContext) {
  const replicas = await Promise.all([startServer(context), startServer(context)]);
  const ready = [true, true];
  const statuses = new Map<number, number>();
  let isOver = false;
  let lastOfFirst = 0;
  const client = async (index: number) => {
    let [agent, at] = [keepAliveAgent(1), index % 2];
    while (!isOver) {
      const replica = replicas[at];
      if (replica === undefined) break;
      const { status, connection } = await sendReview(replica.target, agent).catch(() => lost);
      if (at === 0) lastOfFirst = performance.now();
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (connection === 'keep-alive') continue;
      agent.destroy();
      [agent, at] = [keepAliveAgent(1), ready[0] ? index % 2 : 1];
    }
    agent.destroy();
  };
  const clients = Promise.all(Array.from({ length: 10 }, (_, index) => client(index)));
  const reviewed = () => [...statuses.values()].reduce((sum, count) => sum + count, 0);
  while (reviewed() < 100) await new Promise((resolve) => setImmediate(resolve));
  ready[0] = false;
  await replicas[0]?.server.leave({ delay: 50, quiet: 200, limit: 5_000 });
  const lasted = performance.now() - lastOfFirst;
  const before = reviewed();
  while (reviewed() < before + 100) await new Promise((resolve) => setImmediate(resolve));
  isOver = true;
  await clients;
  return { statuses: Object.fromEntries(statuses), lasted };
}

describe('leaving under load', () => {
  for (const run of [1, 2, 3, 4, 5]) {
    it(`loses no review, and ends within 5 s of the last one: run ${run}`, async (context) => {
      const { statuses, lasted } = await leaveUnderLoad(context);
      assert.deepEqual(Object.keys(statuses), ['200']);
      assert.ok(lasted < 5_000, `${lasted} ms`);
    });
  }
});

describe('a drain', () => {
  function drainWith(clock: FakeClock) {
    const server = {
      requestCount: 0,
      isClosing: false,
      isOver: false,
      closeConnections: () => {
        server.isClosing = true;
      },
    };
    void drain(server, clock, { delay: 3_000, quiet: 2_000, limit: 20_000 }).then(() => {
      server.isOver = true;
    });
    return server;
  }

  it('leaves connections alone while endpoints still lead here', async () => {
    const clock = new FakeClock();
    const server = drainWith(clock);
    await clock.advance(2_900);
    assert.equal(server.isClosing, false);
    server.requestCount += 1;
    await clock.advance(200);
    assert.equal(server.isClosing, true);
  });

  it('is over after its delay where nobody comes', async () => {
    const clock = new FakeClock();
    const server = drainWith(clock);
    await clock.advance(3_100);
    assert.equal(server.isOver, true);
  });

  it('is over when nobody has come for 2 s', async () => {
    const clock = new FakeClock();
    const server = drainWith(clock);
    for (let second = 0; second < 10; second += 1) {
      server.requestCount += 1;
      await clock.advance(1_000);
    }
    assert.equal(server.isOver, false);
    await clock.advance(1_100);
    await settle();
    assert.equal(server.isOver, true);
  });

  it('does not take a stall of its own for quiet', async () => {
    const clock = new FakeClock();
    const server = drainWith(clock);
    await clock.advance(2_900);
    server.requestCount += 1;
    await clock.advance(200);
    clock.stall(5_000);
    await clock.advance(200);
    assert.equal(server.isOver, false);
  });

  it('is over at its limit, whoever comes', async () => {
    const clock = new FakeClock();
    const server = drainWith(clock);
    for (let second = 0; second < 21; second += 1) {
      server.requestCount += 1;
      await clock.advance(1_000);
    }
    assert.equal(server.isOver, true);
  });
});
