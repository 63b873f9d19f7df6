/** The webhook as a process: its certificate, its server, its registration, its probes. */

import type { Leaf } from '../../certs/authority.js';
import { type Reachability, requiredName } from '../../certs/serving-names.js';
import { drainTimes } from '../../webhook/drain.js';
import { applyRegistration, registrationManifest } from '../../webhook/registration.js';
import { checkHandshake } from '../../webhook/self-check.js';
import { WebhookServer } from '../../webhook/server.js';
import { EventLoopLag } from '../event-loop-lag.js';
import { exposition } from '../metrics.js';
import { isJsonObject, type JsonObject } from '../pod/json.js';
import { mutatePod } from '../pod/mutation.js';
import type { Operation } from '../pod/patch.js';
import { type ClusterSession, untilAborted, untilAnswered } from './cluster-session.js';
import type { commandFlags } from './command-flags.js';
import type { CommandLine } from './flags.js';
import { type PlainHttpServer, servePlainHttp } from './plain-http-server.js';
import { keepCertificates } from './webhook-certificates.js';

export type WebhookFlags = CommandLine<(typeof commandFlags.webhook)[number]>['values'];

export interface RunningWebhook {
  stop(): Promise<void>;
}

/**
 * Resolves when the server listens; readiness comes when API servers can reach it.
 * @throws {FiresteelError} PORT_UNAVAILABLE, USAGE
 */
export async function startWebhook(
  session: ClusterSession,
  flags: WebhookFlags,
  onMutation: (pod: string, patch: readonly Operation[]) => void = () => {},
): Promise<RunningWebhook> {
  const { clock, logger, ownNamespace } = session;
  const url = flags['webhook-url'];
  const service = { name: flags['webhook-svc-name'], namespace: flags['webhook-svc-namespace'] ?? ownNamespace };
  const reachability: Reachability = { service, url };
  const host = flags['webhook-bind-address'];
  let server: WebhookServer | undefined;
  let port: number | undefined;
  const health = { isReady: false };
  const certificates = keepCertificates(session, flags, reachability, {
    serve: (leaf) => server?.swapCertificate(leaf),
    verify: async (bundles) => {
      if (port === undefined) return false;
      for (const bundle of bundles) {
        await checkHandshake({ host, port, serverName: requiredName(reachability), bundle });
      }
      return true;
    },
  });
  const lag = new EventLoopLag(clock);
  const probes = await startProbes(flags, health, () =>
    exposition([...certificates.metrics, ...(server?.metrics ?? []), ...lag.read()]),
  );
  lag.start();
  try {
    const certificate = await firstCertificate(certificates.serving, session);
    server = new WebhookServer({
      mutate: mutateAndTell(onMutation),
      certificate,
      host,
      port: flags['webhook-port'],
      clock,
      logger,
    });
    port = (await server.listen()).port;
    if (url !== undefined) await register(session, flags, withPort(url, port));
  } catch (error) {
    lag.stop();
    await Promise.all([certificates.stop(), server?.close(), probes?.stop()]);
    throw error;
  }
  const listening = server;
  certificates.wake();
  void certificates.ready.then(() => {
    health.isReady = true;
    logger.info({ port, configuration: flags['mutating-webhook-name'] }, 'webhook is serving');
  });
  return {
    async stop() {
      health.isReady = false;
      const certificatesStopped = certificates.stop();
      // Behind a URL there is nobody else to go to, and so nothing to wait for.
      if (url === undefined) await listening.leave({ ...drainTimes, delay: flags['webhook-drain-delay'] });
      else await listening.close();
      lag.stop();
      await Promise.all([certificatesStopped, probes?.stop()]);
    },
  };
}

/** @throws when the process is asked to end before there is one */
async function firstCertificate(serving: Promise<Leaf>, { signal }: ClusterSession): Promise<Leaf> {
  const leaf = await Promise.race([serving, untilAborted(signal)]);
  if (leaf === undefined) throw new Error('asked to end before there was a certificate to serve');
  return leaf;
}

function mutateAndTell(onMutation: (pod: string, patch: readonly Operation[]) => void) {
  return (pod: unknown) => {
    const mutation = mutatePod(pod);
    onMutation(nameOf(mutation.pod), mutation.patch);
    return mutation;
  };
}

/** A pod may ask the API server for a name. */
function nameOf({ metadata }: JsonObject): string {
  const { name, generateName } = isJsonObject(metadata) ? metadata : {};
  return String(name ?? generateName ?? '');
}

async function startProbes(
  flags: WebhookFlags,
  health: { readonly isReady: boolean },
  metrics: () => string,
): Promise<PlainHttpServer | undefined> {
  const address = flags['health-probe-bind-address'];
  if (address === '0') return undefined;
  return servePlainHttp(address, 'health and metrics of the webhook', {
    '/healthz': () => ({ text: 'ok\n' }),
    '/readyz': () => (health.isReady ? { text: 'ok\n' } : { status: 503, text: 'not ready\n' }),
    '/metrics': () => ({ text: metrics() }),
  });
}

function register(session: ClusterSession, flags: WebhookFlags, url: string): Promise<void> {
  const { 'mutating-webhook-name': name, namespaces, 'namespace-selector': selector } = flags;
  const endpoint = { url };
  const manifest = registrationManifest({ name, endpoint, namespaces, namespaceSelector: selector?.requirements });
  return untilAnswered(session, 'registering the webhook', () => applyRegistration(session.client, manifest));
}

/** Port 0 means any that is free; the registration needs the one that it became. */
function withPort(url: string, port: number): string {
  const address = new URL(url);
  if (address.port === '0') address.port = String(port);
  return address.href;
}
