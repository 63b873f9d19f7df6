/**
 * The rotation of certificates under one seed: two to four replicas, each the real keeper with the real source, on a model API
 * server in virtual time. Replicas crash at any request, before or after it took effect, requests and answers get lost,
 * processes are stopped and machines suspended, clocks differ; in some runs somebody takes the bundles away, deletes the Secret
 * or damages it. After every change it is checked that nobody serves a certificate whose authority a registration lacks.
 */
import assert from 'node:assert/strict';
import type { Leaf } from '../../../certs/authority.js';
import { AuthoritySource } from '../../../certs/authority-source.js';
import type { CertificateEvents } from '../../../certs/certificate-events.js';
import { CertificateKeeper } from '../../../certs/certificate-keeper.js';
import { CertificateMetrics } from '../../../certs/certificate-metrics.js';
import { type RotationSettings, retention } from '../../../certs/rotation.js';
import type { ApiClient, ApiRequest } from '../../../src/kube/api-client.js';
import { ApiUnreachable } from '../../../src/kube/api-error.js';
import { silentLogger } from '../../../src/log.js';
import { Random } from '../../simulation/random.js';
import { ModelCluster } from './model-cluster.js';
import { readSymbolicBundle, symbolicCertifier } from './symbolic-certificates.js';
import { Machine, World } from './virtual-machines.js';

export interface SimulationOptions {
  readonly seed: number;
  /** Whether others take bundles away, and delete or damage the Secret. */
  readonly outsiders?: boolean;
}

export interface SimulationResult {
  readonly crashes: number;
  readonly lost: number;
  readonly pauses: number;
  /** Times that a replica went on with a leaf of another authority. */
  readonly switches: number;
  /** Authorities that the registrations hold at the end, when all has been calm for long. */
  readonly anchorsLeft: number;
  /** Of how many authorities leaves are served at the end. */
  readonly served: number;
  readonly writes: number;
}

const namespace = 'firesteel';
const secretPath = `/api/v1/namespaces/${namespace}/secrets/ca`;
const registrationNames = ['one', 'two'];
const minute = 60_000;
const settings: RotationSettings = { authorityLifetime: 60 * minute, leafLifetime: 12 * minute, overlap: 2 * minute };
/** Long enough for a rotation of the authority; the next one comes in the calm. */
const stormy = 60 * minute;
const start = Date.UTC(2026, 5, 1);

interface Replica {
  machine: Machine;
  keeper: CertificateKeeper;
  leaf: Leaf | undefined;
  isReady: boolean;
}

export async function simulateRotation({ seed, outsiders = false }: SimulationOptions): Promise<SimulationResult> {
  const draws = new Random(seed);
  const random = () => draws.number();
  const world = new World(start);
  const cluster = new ModelCluster([namespace]);
  const between = (low: number, high: number) => Math.round(low + random() * (high - low));
  const counts = { crashes: 0, lost: 0, pauses: 0, switches: 0 };
  let isCalm = false;
  let authorities = 0;
  const certifier = symbolicCertifier(() => {
    authorities += 1;
    return authorities;
  });
  const registrations = registrationNames.slice(0, 1 + Math.floor(random() * 2));
  for (const name of registrations) cluster.putRegistration(name, [undefined]);
  const replicas: Replica[] = [];
  /** By anchor: in which registrations somebody else took it away. */
  const takenAway = new Map<string, Set<string>>();
  /** By anchor: since when every registration has had it. */
  const trustedSince = new Map<string, number>();

  /** The first; the keepers would take what is thrown at them for a trouble of their own. */
  let violation: string | undefined;
  const check = (holds: boolean, message: string) => {
    if (!holds) violation ??= message;
  };

  const anchorsOf = (name: string) => cluster.bundlesOf(name).flatMap((text) => readSymbolicBundle(text).anchors);

  function observeChange(): void {
    const present = registrations.map((name) => new Set(anchorsOf(name).map(({ id }) => id)));
    const everywhere = [...(present[0] ?? [])].filter((id) => present.every((ids) => ids.has(id)));
    for (const id of [...trustedSince.keys()]) if (!everywhere.includes(id)) trustedSince.delete(id);
    for (const id of everywhere) trustedSince.set(id, trustedSince.get(id) ?? world.now);
    for (const [index, name] of registrations.entries()) {
      for (const id of present[index] ?? []) takenAway.get(id)?.delete(name);
    }
    for (const replica of replicas) assertTrusted(replica);
  }

  function assertTrusted({ machine, leaf, isReady }: Replica): void {
    if (machine.isDead || !isReady || leaf === undefined || leaf.notAfter <= machine.now()) return;
    for (const name of registrations) {
      if (takenAway.get(leaf.anchor.id)?.has(name)) continue;
      const has = anchorsOf(name).some(({ id }) => id === leaf.anchor.id);
      check(has, `${leaf.certificate} is served, and registration ${name} has ${cluster.bundlesOf(name)}`);
    }
  }

  function clientOf(machine: Machine): ApiClient {
    return {
      request: (request) =>
        new Promise((resolve, reject) => {
          const fate = random();
          const unreachable = () => reject(new ApiUnreachable(request.path, new Error('lost')));
          const travel = () => between(1, isCalm ? 20 : random() < 0.02 ? 20_000 : 200);
          const isFaulty = !isCalm && fate < 0.06;
          if (isFaulty && fate < 0.01) return crash(machine);
          if (isFaulty && fate < 0.03) {
            counts.lost += 1;
            return world.at(world.now + travel(), () => machine.deliver(unreachable));
          }
          world.at(world.now + travel(), () => {
            const answer = carryOut(request);
            if (isFaulty && fate < 0.04) return crash(machine);
            if (isFaulty) counts.lost += 1;
            world.at(world.now + travel(), () =>
              machine.deliver(
                isFaulty ? unreachable : () => ('error' in answer ? reject(answer.error) : resolve(answer.value)),
              ),
            );
          });
        }),
      lines: () => {
        throw new Error('nobody watches here');
      },
    };
  }

  function carryOut(request: ApiRequest): { value: unknown } | { error: unknown } {
    try {
      const value = cluster.request(request);
      if (request.method !== 'GET') observeChange();
      return { value };
    } catch (error) {
      return { error };
    }
  }

  function crash(machine: Machine): void {
    if (machine.isDead) return;
    counts.crashes += 1;
    machine.isDead = true;
    world.at(world.now + between(100, minute), startReplica);
  }

  function startReplica(): void {
    const machine = new Machine(world, between(-5_000, 5_000));
    const client = clientOf(machine);
    const events: CertificateEvents = { record: () => {} };
    const place = { client, namespace, name: 'ca' };
    const logger = silentLogger;
    const source = new AuthoritySource({ place, certifier, settings, events, logger, chance: random() });
    const keeper = new CertificateKeeper({
      client,
      source,
      registrations,
      readBundle: readSymbolicBundle,
      serve: (leaf) => serve(replica, leaf),
      verify: async () => {
        replica.isReady = true;
        assertTrusted(replica);
        return true;
      },
      metrics: new CertificateMetrics(),
      clock: machine,
      random,
      logger,
    });
    const replica: Replica = { machine, keeper, leaf: undefined, isReady: false };
    replicas.push(replica);
    keeper.start();
  }

  function serve(replica: Replica, leaf: Leaf): void {
    const before = replica.leaf;
    replica.leaf = leaf;
    assertTrusted(replica);
    if (before === undefined || before.anchor.id === leaf.anchor.id) return;
    counts.switches += 1;
    if (outsiders || before.notAfter <= replica.machine.now()) return;
    const since = trustedSince.get(leaf.anchor.id) ?? world.now;
    check(world.now - since >= settings.overlap, `${leaf.certificate} is served after ${world.now - since} ms`);
  }

  const living = () => replicas.filter(({ machine }) => !machine.isDead);
  const anyOf = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)];

  /** Now and then a process is stopped, or its machine suspended. */
  function pauseSomebody(): void {
    if (isCalm) return;
    const replica = anyOf(living());
    const length = random() < 0.2 ? between(minute, 30 * minute) : between(100, 20_000);
    replica?.machine.pause(length, random() < 0.5);
    counts.pauses += 1;
    world.at(world.now + between(minute, 10 * minute), pauseSomebody);
  }

  function wakeSomebody(): void {
    if (isCalm) return;
    anyOf(living())?.keeper.wake();
    world.at(world.now + between(1_000, 3 * minute), wakeSomebody);
  }

  const mischief: readonly (() => void)[] = [
    () => takeBundleAway(anyOf(registrations) ?? ''),
    () => cluster.secrets.delete(secretPath),
    () => damage('ca-key.pem'),
    () => damage('next-ca-cert.pem'),
  ];

  function damage(key: string): void {
    const secret = cluster.secrets.get(secretPath);
    if (secret?.data === undefined) return;
    cluster.putSecret(secretPath, secret.metadata.labels ?? {}, { ...secret.data, [key]: 'AAAA' });
  }

  function takeBundleAway(name: string): void {
    for (const { id } of anchorsOf(name)) {
      const places = takenAway.get(id) ?? new Set();
      takenAway.set(id, places.add(name));
    }
    cluster.putRegistration(name, [undefined]);
    observeChange();
  }

  function doMischief(): void {
    if (isCalm) return;
    anyOf(mischief)?.();
    world.at(world.now + between(minute, 15 * minute), doMischief);
  }

  const size = 2 + Math.floor(random() * 3);
  for (let replica = 0; replica < size; replica += 1) world.at(start + between(0, 5_000), startReplica);
  world.at(start + between(0, minute), pauseSomebody);
  world.at(start + between(0, minute), wakeSomebody);
  if (outsiders) world.at(start + between(0, 10 * minute), doMischief);
  await world.runUntil(start + stormy);
  isCalm = true;
  // Until all that may be paused runs again, one more rotation could begin and end, and what is retired is gone.
  const writesBefore = cluster.writes.length;
  await world.runUntil(start + stormy + 30 * minute + retention(settings) + 10 * minute);

  assert.equal(violation, undefined);
  for (const replica of living()) {
    assert.ok(replica.isReady, 'a replica is not ready');
    assert.ok((replica.leaf?.notAfter ?? 0) > replica.machine.now(), 'a replica serves what has expired');
    for (const name of registrations) {
      const ids = anchorsOf(name).map(({ id }) => id);
      assert.ok(ids.includes(replica.leaf?.anchor.id ?? ''), `${name} holds ${ids}, not ${replica.leaf?.anchor.id}`);
    }
  }
  const served = new Set(living().map(({ leaf }) => leaf?.anchor.id)).size;
  for (const { machine } of replicas) machine.isDead = true;
  return {
    ...counts,
    anchorsLeft: Math.max(...registrations.map((name) => anchorsOf(name).length)),
    served,
    writes: cluster.writes.length - writesBefore,
  };
}
