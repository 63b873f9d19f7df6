import assert from 'node:assert/strict';
import { it } from 'node:test';
import { exposition } from '../../../src/metrics.js';
import { keepAliveAgent, sendReview } from './review-client.js';
import { startServer } from './served.js';

it('reviews are counted by operation, outcome and status, and their time is measured', async (context) => {
  const { server, target } = await startServer(context, { limits: { reviews: 1 } });
  const agent = keepAliveAgent(1);
  context.after(() => agent.destroy());
  for (let review = 0; review < 3; review += 1) await sendReview(target, agent);
  const text = exposition(server.metrics);
  assert.match(text, /^webhook_reviews_total\{operation="CREATE",outcome="patched"\} 3$/m);
  assert.match(text, /^controller_runtime_webhook_requests_total\{webhook="\/mutate--v1-pod",code="200"\} [23]$/m);
  assert.match(
    text,
    /^controller_runtime_webhook_latency_seconds_count\{webhook="\/mutate--v1-pod",operation="CREATE"\} 3$/m,
  );
});
