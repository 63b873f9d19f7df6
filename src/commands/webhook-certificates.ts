/** Where the webhook's certificate comes from, as the flags say, and what keeps it and the registration in step. */
import { hostname } from 'node:os';
import { readBundle } from '../../certs/anchor.js';
import { createAuthority, issueLeaf, type Leaf } from '../../certs/authority.js';
import { checkAuthority } from '../../certs/authority-faults.js';
import { AuthoritySource, type Certifier } from '../../certs/authority-source.js';
import { ObjectEvents } from '../../certs/certificate-events.js';
import { CertificateKeeper } from '../../certs/certificate-keeper.js';
import { CertificateMetrics } from '../../certs/certificate-metrics.js';
import type { CertificateSource } from '../../certs/certificate-source.js';
import { FileSource } from '../../certs/file-source.js';
import { watchRegistration } from '../../certs/registration-watch.js';
import { type Reachability, requiredName, servingNames } from '../../certs/serving-names.js';
import { pause } from '../clock.js';
import { FiresteelError } from '../errors.js';
import type { Metric } from '../metrics.js';
import type { ClusterSession } from './cluster-session.js';
import type { WebhookFlags } from './webhook-process.js';

export interface WebhookCertificates {
  /** Resolves with the first one. */
  readonly serving: Promise<Leaf>;
  readonly ready: Promise<void>;
  readonly metrics: readonly Metric[];
  /** Looks at everything at once. */
  wake(): void;
  stop(): Promise<void>;
}

export interface Served {
  /** Puts the certificate in the place of the one served before. */
  readonly serve: (leaf: Leaf) => void;
  /** Whether API servers with these bundles reach us; false while nobody listens. @throws why they do not */
  readonly verify: (bundles: readonly string[]) => Promise<boolean>;
}

/** How long an end may wait for events on their way. */
const flushMilliseconds = 1_000;

/** @throws {FiresteelError} USAGE where the flags contradict each other */
export function keepCertificates(
  session: ClusterSession,
  flags: WebhookFlags,
  reachability: Reachability,
  { serve, verify }: Served,
): WebhookCertificates {
  const { client, clock, random, logger } = session;
  const metrics = new CertificateMetrics();
  const registration = flags['mutating-webhook-name'];
  const { source, events } = sourceOf(session, flags, reachability, metrics);
  const keeper = new CertificateKeeper({
    client,
    source,
    registrations: [registration],
    readBundle,
    serve,
    verify,
    metrics,
    clock,
    random,
    logger,
  });
  keeper.start();
  const watch = watchRegistration({ client, name: registration, clock, random, logger }, () => keeper.wake());
  return {
    serving: keeper.serving,
    ready: keeper.ready,
    metrics: metrics.metrics,
    wake: () => keeper.wake(),
    async stop() {
      await Promise.all([keeper.stop(), watch.stop()]);
      await Promise.race([events.flush(), pause(clock, flushMilliseconds)]);
    },
  };
}

function sourceOf(
  session: ClusterSession,
  flags: WebhookFlags,
  reachability: Reachability,
  metrics: CertificateMetrics,
): { source: CertificateSource; events: ObjectEvents } {
  const { logger, ownNamespace } = session;
  const files = fileFlags(flags);
  const overlap = flags['webhook-ca-overlap'];
  if (files !== undefined) {
    const events = new ObjectEvents({ kind: 'Pod', namespace: ownNamespace, name: hostname() }, session);
    const requirements = { requiredName: requiredName(reachability), overlap };
    return { source: new FileSource({ ...files, ...requirements, events, metrics, logger }), events };
  }
  const place = { namespace: flags['webhook-secret-namespace'] ?? ownNamespace, name: flags['webhook-secret-name'] };
  const events = new ObjectEvents({ kind: 'Secret', ...place }, session);
  const source = new AuthoritySource({
    place: { client: session.client, ...place },
    certifier: certifierFor(reachability),
    settings: rotationSettings(flags),
    events,
    logger,
    chance: session.random(),
  });
  return { source, events };
}

function fileFlags(flags: WebhookFlags) {
  const certificateFile = flags['tls-cert-file'];
  const keyFile = flags['tls-key-file'];
  const authorityFile = flags['tls-ca-file'];
  if (certificateFile !== undefined && keyFile !== undefined) return { certificateFile, keyFile, authorityFile };
  if (certificateFile === undefined && keyFile === undefined && authorityFile === undefined) return undefined;
  throw new FiresteelError(
    'USAGE',
    '--tls-cert-file and --tls-key-file are needed together; --tls-ca-file only beside them',
  );
}

function rotationSettings(flags: WebhookFlags) {
  const authorityLifetime = flags['webhook-ca-lifetime'];
  const leafLifetime = flags['webhook-leaf-lifetime'];
  const overlap = flags['webhook-ca-overlap'];
  if (leafLifetime > authorityLifetime || overlap > authorityLifetime / 6) {
    const message =
      '--webhook-ca-lifetime must be no shorter than --webhook-leaf-lifetime and six times --webhook-ca-overlap, or a ' +
      'rotation could not end in time';
    throw new FiresteelError('USAGE', message);
  }
  return { authorityLifetime, leafLifetime, overlap };
}

function certifierFor(reachability: Reachability): Certifier {
  const names = servingNames(reachability);
  return {
    createAuthority,
    issueLeaf: (authority, options) => issueLeaf(authority, { ...options, names }),
    readAuthority: (pair, source, now) => ({ ...pair, ...checkAuthority(pair, now, source) }),
  };
}
