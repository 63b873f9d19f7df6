/** A webhook server on a free loopback port for tests, and the authority that API servers would trust it by. */
import type { TestContext } from 'node:test';
import { createAuthority, issueLeaf, oneDay } from '../../../certs/authority.js';
import { silentLogger } from '../../../src/log.js';
import { WebhookServer, type WebhookServerOptions } from '../../../webhook/server.js';
import { admissionOf, operation } from './reviews.js';

const now = Date.now();
export const [authority, nextAuthority] = await Promise.all([
  createAuthority({ now, lifetime: oneDay }),
  createAuthority({ now, lifetime: oneDay }),
]);
export const [leaf, nextLeaf] = await Promise.all([
  issueLeaf(authority, { now, lifetime: oneDay }),
  issueLeaf(nextAuthority, { now, lifetime: oneDay }),
]);
const ca = [authority.certificate, nextAuthority.certificate];

/** Closed when the test ends. */
export async function startServer(context: TestContext, options: Partial<WebhookServerOptions> = {}) {
  const server = new WebhookServer({
    mutate: () => admissionOf(operation),
    certificate: leaf,
    host: '127.0.0.1',
    port: 0,
    logger: silentLogger,
    ...options,
  });
  const { port } = await server.listen();
  context.after(() => server.close());
  return { server, target: { port, ca } };
}
