/**
 * Admission that does not blink: pods created at a steady rate on a real API server, against two replicas behind a Service, while
 * they are rolled, killed and stopped and their certificates and authority rotate, each twice. Not one creation may fail, but for
 * those in flight, or dialling, when a replica was killed and its endpoint was not gone yet.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { createObject, deleteObject } from '../../src/kube/api-client.js';
import { connect } from '../../src/kube/connection.js';
import { HttpApiClient } from '../../src/kube/http-api-client.js';
import { events, mutatingWebhookConfigurations, namespaces, resourcePath } from '../../src/kube/resources.js';
import { applyRegistration, registrationManifest } from '../../webhook/registration.js';
import { eventually } from '../e2e/eventually.js';
import { freePort } from '../e2e/free-port.js';
import { Endpoints, endpointAddresses, serviceName } from './endpoints.js';
import { type Failure, PodLoad } from './pod-load.js';
import { Replica } from './replica.js';

export interface SoakOptions {
  readonly minutes: number;
  readonly rate: number;
}

/** How long an API server may take to hear that an endpoint has left. */
const endpointDelay = 1_000;

export async function soakAdmission(kubeconfig: string, { minutes, rate }: SoakOptions) {
  const client = new HttpApiClient(await connect({ kubeconfig }, {}));
  const namespace = `soak-${randomBytes(3).toString('hex')}`;
  const site = await openSite(client, kubeconfig, namespace, minutes);
  const kills: Kill[] = [];
  const load = new PodLoad(client, namespace, rate);
  const probes = keepEndpoints(site);
  try {
    await eventually('both replicas to be ready', () => site.ready.every((isReady) => isReady), 60_000);
    await eventually('a pod to be admitted', () => admits(client, namespace));
    load.start();
    const started = performance.now();
    const share = (minutes * 60_000) / (disturbances.length * 2 + 1);
    const happened: string[] = [];
    for (const [index, { name, act }] of [...disturbances, ...disturbances].entries()) {
      await delay(Math.max(0, started + share * (index + 1) - performance.now()));
      await act(site, index % 2, kills);
      happened.push(`${name} at ${Math.round((performance.now() - started) / 1_000)} s`);
    }
    await delay(Math.max(0, started + minutes * 60_000 - performance.now()));
    await load.stop();
    return figures(load, kills, happened, await rotations(client, namespace, site));
  } finally {
    await load.stop();
    probes.stop();
    for (const { replica } of site.members) replica.signal('SIGKILL');
    await deleteObject(client, mutatingWebhookConfigurations, { name: namespace });
    await deleteObject(client, namespaces, { name: namespace });
    await client.close();
  }
}

interface Site {
  readonly members: readonly { readonly replica: Replica }[];
  readonly endpoints: Endpoints;
  readonly ready: boolean[];
  /** Those that were asked to end: not ready, whatever their probes say. */
  readonly ending: Set<number>;
}

async function openSite(client: HttpApiClient, kubeconfig: string, namespace: string, minutes: number): Promise<Site> {
  await createObject(client, namespaces, undefined, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
  const addresses = endpointAddresses();
  if (addresses.length === 0) throw new Error('this machine has no address that an EndpointSlice may hold');
  const seconds = Math.round(minutes * 60);
  const lives = {
    // Two rotations of each in the time there is, the second of the authority at four thirds of its life.
    'webhook-ca-lifetime': `${Math.max(60, Math.round(seconds * 0.6))}s`,
    'webhook-leaf-lifetime': `${Math.max(10, Math.round(seconds / 8))}s`,
    'webhook-ca-overlap': `${Math.min(10, Math.floor(seconds / 12))}s`,
  };
  const places = await Promise.all(
    [0, 1].map(async (index) => ({ address: addresses[index % addresses.length] ?? '', port: await freePort() })),
  );
  const members = await Promise.all(
    places.map(async ({ address, port }) => ({
      replica: new Replica({
        kubeconfig,
        ...lives,
        'webhook-bind-address': address,
        'webhook-port': port,
        'webhook-svc-name': serviceName,
        'webhook-svc-namespace': namespace,
        'webhook-secret-namespace': namespace,
        'mutating-webhook-name': namespace,
        'health-probe-bind-address': `127.0.0.1:${await freePort()}`,
      }),
    })),
  );
  const endpoints = new Endpoints(client, namespace, places);
  await endpoints.create();
  const endpoint = { service: { name: serviceName, namespace, port: 9443 } };
  await applyRegistration(client, registrationManifest({ name: namespace, endpoint, namespaces: [namespace] }));
  for (const { replica } of members) replica.start();
  return { members, endpoints, ready: members.map(() => false), ending: new Set() };
}

/** As kubelet and the EndpointSlice controller do together. */
function keepEndpoints(site: Site): { stop(): void } {
  const timers = site.members.map(({ replica }, index) => {
    let failures = 0;
    let isAsking = false;
    return setInterval(async () => {
      if (isAsking) return;
      isAsking = true;
      failures = (await replica.isReady()) ? 0 : failures + 1;
      isAsking = false;
      const isReady =
        !site.ending.has(index) &&
        replica.isRunning &&
        (failures === 0 || (site.ready[index] === true && failures < 3));
      site.ready[index] = isReady;
      await site.endpoints.setReady(index, isReady).catch(() => {}); // asked again in a moment
    }, 500);
  });
  return { stop: () => timers.forEach(clearInterval) };
}

/** A replica killed, and when the API server can have known. */
interface Kill {
  readonly replica: number;
  readonly from: number;
  until: number;
}

interface Disturbance {
  readonly name: string;
  readonly act: (site: Site, member: number, kills: Kill[]) => Promise<void>;
}

/** Rotations of leaves and of the authority go on by themselves all the while. */
const disturbances: readonly Disturbance[] = [
  {
    name: 'rolling restart',
    act: async (site) => {
      for (const member of site.members.keys()) await restart(site, member);
    },
  },
  {
    name: 'SIGSTOP for 2 s',
    act: async ({ members }, member) => {
      members[member]?.replica.signal('SIGSTOP');
      await delay(2_000);
      members[member]?.replica.signal('SIGCONT');
    },
  },
  {
    name: 'SIGKILL',
    act: async (site, member, kills) => {
      const kill = { replica: member, from: Date.now(), until: Number.POSITIVE_INFINITY };
      kills.push(kill);
      const replica = site.members[member]?.replica;
      replica?.signal('SIGKILL');
      await replica?.ended();
      await eventually('the endpoint to leave', () => site.ready[member] === false);
      kill.until = Date.now() + endpointDelay;
      replica?.start();
      await eventually('the replica to be back', () => site.ready[member]);
    },
  },
];

async function restart(site: Site, member: number): Promise<void> {
  const replica = site.members[member]?.replica;
  site.ending.add(member);
  site.ready[member] = false;
  replica?.signal('SIGTERM');
  await site.endpoints.setReady(member, false);
  await replica?.ended();
  site.ending.delete(member);
  replica?.start();
  await eventually('the replica to be back', () => site.ready[member]);
}

async function admits(client: HttpApiClient, namespace: string): Promise<boolean> {
  const probe = new PodLoad(client, namespace, 1);
  probe.start();
  await delay(50);
  await probe.stop();
  return probe.failures.length === 0;
}

async function rotations(client: HttpApiClient, namespace: string, site: Site) {
  const list = z
    .object({ items: z.array(z.looseObject({ reason: z.string().nullish() })) })
    .parse(await client.request({ method: 'GET', path: resourcePath(events, { namespace }) }));
  const count = (message: string) =>
    site.members.reduce((sum, { replica }) => sum + (replica.said.get(message) ?? 0), 0);
  return {
    ofAuthority: list.items.filter(({ reason }) => reason === 'CertificateAuthorityRotated').length,
    certificatesServed: count('serving a new certificate'),
    bundlesWritten: count('wrote the caBundle into the registration of the webhook'),
  };
}

/** What a kill explains: a call that was under way, or a dial while the endpoint was there. */
const killSigns = /EOF|connection reset|connection refused|broken pipe|i\/o timeout|no endpoints/;

function figures(
  load: PodLoad,
  kills: readonly Kill[],
  happened: readonly string[],
  rotated: Awaited<ReturnType<typeof rotations>>,
) {
  const explains = ({ sent, known, message }: Failure) =>
    killSigns.test(message) && kills.some(({ from, until }) => known >= from && sent <= until);
  const named = load.failures.filter(explains);
  const unexplained = load.failures.filter((failure) => !explains(failure));
  const latencies = load.latencies.toSorted((a, b) => a - b);
  const quantile = (part: number) => Math.round(latencies[Math.floor((latencies.length - 1) * part)] ?? 0);
  return {
    isSound: unexplained.length === 0 && load.unmutated === 0 && rotated.ofAuthority >= 2,
    podsCreated: load.latencies.length,
    failed: unexplained.length,
    failures: unexplained.slice(0, 10).map(({ message }) => message),
    explainedByKill: named.map(({ message }) => message.replace(/^.*timeout=10s": /, '')),
    unmutated: load.unmutated,
    p50Milliseconds: quantile(0.5),
    p99Milliseconds: quantile(0.99),
    maxMilliseconds: quantile(1),
    rotations: rotated,
    disturbances: happened,
  };
}
