/** The webhook as a process: authority, leaf, server, and the bundle in the registration. */

import { loadOrCreateAuthority } from '../../certs/authority-secret.js';
import { CaBundleKeeper } from '../../certs/ca-bundle.js';
import { issueServingCertificate } from '../../certs/serving-certificate.js';
import { applyRegistration, registrationManifest } from '../../webhook/registration.js';
import { WebhookServer } from '../../webhook/server.js';
import { pause } from '../clock.js';
import { isJsonObject, type JsonObject } from '../pod/json.js';
import { mutatePod } from '../pod/mutation.js';
import type { Operation } from '../pod/patch.js';
import type { ClusterSession } from './cluster-session.js';
import { untilAnswered } from './cluster-session.js';
import type { commandFlags } from './command-flags.js';
import type { CommandLine } from './flags.js';

export type WebhookFlags = CommandLine<(typeof commandFlags.webhook)[number]>['values'];

export interface RunningWebhook {
  stop(): Promise<void>;
}

/** How long a draining server goes on serving, so that the endpoints of the Service have lost it before it goes. */
const drainMilliseconds = 5_000;

/** @throws {FiresteelError} PORT_UNAVAILABLE, CERTIFICATE_INVALID */
export async function startWebhook(
  session: ClusterSession,
  flags: WebhookFlags,
  onMutation: (pod: string, patch: readonly Operation[]) => void = () => {},
): Promise<RunningWebhook> {
  const { client, clock, random, logger, ownNamespace } = session;
  const place = { namespace: flags['webhook-secret-namespace'] ?? ownNamespace, name: flags['webhook-secret-name'] };
  const authority = await untilAnswered(session, 'reading the certificate authority', () =>
    loadOrCreateAuthority({ client, ...place, now: clock.now(), logger }),
  );
  const url = flags['webhook-url'];
  const service = { name: flags['webhook-svc-name'], namespace: flags['webhook-svc-namespace'] ?? ownNamespace };
  const certificate = await issueServingCertificate(authority, { now: clock.now(), service, url });
  const server = new WebhookServer({
    mutate(pod) {
      const mutation = mutatePod(pod);
      onMutation(nameOf(mutation.pod), mutation.patch);
      return mutation;
    },
    certificate,
    host: '0.0.0.0',
    port: flags['webhook-port'],
    logger,
  });
  const { port } = await server.listen();
  const name = flags['mutating-webhook-name'];
  try {
    if (url !== undefined) await register(session, flags, withPort(url, port));
  } catch (error) {
    await server.close();
    throw error;
  }
  const keeper = new CaBundleKeeper({
    client,
    configurationName: name,
    caBundle: authority.certificate,
    clock,
    random,
    logger,
  });
  keeper.start();
  void keeper.injected.then(() => logger.info({ port, configuration: name }, 'webhook is serving'));
  return {
    async stop() {
      await keeper.stop();
      server.drain();
      // Behind a URL there is nobody else to go to, and so nothing to wait for.
      if (url === undefined) await pause(clock, drainMilliseconds);
      await server.close();
    },
  };
}

/** A pod may ask the API server for a name. */
function nameOf({ metadata }: JsonObject): string {
  const { name, generateName } = isJsonObject(metadata) ? metadata : {};
  return String(name ?? generateName ?? '');
}

function register(session: ClusterSession, flags: WebhookFlags, url: string): Promise<void> {
  const { 'mutating-webhook-name': name, namespaces } = flags;
  const manifest = registrationManifest({ name, endpoint: { url }, namespaces });
  return untilAnswered(session, 'registering the webhook', () => applyRegistration(session.client, manifest));
}

/** Port 0 means any that is free; the registration needs the one that it became. */
function withPort(url: string, port: number): string {
  const address = new URL(url);
  if (address.port === '0') address.port = String(port);
  return address.href;
}
