import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ReconcilerMetrics } from '../../../reconciler/reconciler-metrics.js';
import { serveMetrics } from '../../../src/commands/metrics-server.js';

describe('the metrics of the reconciler', () => {
  it('are served as Prometheus reads them, from 0 on', async (context) => {
    const metrics = new ReconcilerMetrics();
    const server = await serveMetrics('127.0.0.1:0', metrics.counters);
    context.after(() => server.stop());
    const read = async () => (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
    assert.match(
      await read(),
      /^# HELP unmutated_pods_total .+\n# TYPE unmutated_pods_total counter\nunmutated_pods_total 0\n$/,
    );
    metrics.countEvent('SparkPodUnmutated');
    metrics.countEvent('SparkDriverRunning');
    assert.match(await read(), /^unmutated_pods_total 1$/m);
  });

  it('are at /metrics alone', async (context) => {
    const server = await serveMetrics('127.0.0.1:0', []);
    context.after(() => server.stop());
    assert.equal((await fetch(`http://127.0.0.1:${server.port}/`)).status, 404);
  });

  it('say what is wrong with an address that can not be had', async (context) => {
    const server = await serveMetrics('127.0.0.1:0', []);
    context.after(() => server.stop());
    await assert.rejects(serveMetrics(`127.0.0.1:${server.port}`, []), { code: 'PORT_UNAVAILABLE' });
  });
});
