import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serveMetrics } from '../../../src/commands/metrics-server.js';
import { Counter } from '../../../src/metrics.js';

describe('the metrics of a process', () => {
  it('are served as Prometheus reads them, as they are when somebody asks', async (context) => {
    const counter = new Counter('things_total', 'Things.');
    const server = await serveMetrics('127.0.0.1:0', () => [counter]);
    context.after(() => server.stop());
    const read = async () => (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
    assert.equal(await read(), '# HELP things_total Things.\n# TYPE things_total counter\nthings_total 0\n');
    counter.increment();
    assert.match(await read(), /^things_total 1$/m);
  });

  it('are at their path alone', async (context) => {
    const server = await serveMetrics('127.0.0.1:0', () => [], '/prometheus');
    context.after(() => server.stop());
    const statusOf = async (path: string) => (await fetch(`http://127.0.0.1:${server.port}${path}`)).status;
    assert.equal(await statusOf('/'), 404);
    assert.equal(await statusOf('/metrics'), 404);
    assert.equal(await statusOf('/prometheus?x=1'), 200);
  });

  it('say what is wrong with an address that can not be had', async (context) => {
    const server = await serveMetrics('127.0.0.1:0', () => []);
    context.after(() => server.stop());
    await assert.rejects(
      serveMetrics(`127.0.0.1:${server.port}`, () => []),
      { code: 'PORT_UNAVAILABLE' },
    );
  });
});
