/**
 * Namespaces by label selector, followed live: the operator in this process, with its webhook, takes up what gains the label and
 * lets go of what loses it, without a restart, and writes nothing where it has let go.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../src/clock.js';
import type { ClusterSession } from '../../src/commands/cluster-session.js';
import { commandFlags } from '../../src/commands/command-flags.js';
import { readFlags } from '../../src/commands/flags.js';
import { startReconciler } from '../../src/commands/reconciler-process.js';
import { startWebhook } from '../../src/commands/webhook-process.js';
import type { ApiClient, ApiRequest } from '../../src/kube/api-client.js';
import { isConflict, isNotFound } from '../../src/kube/api-error.js';
import { mutatingWebhookConfigurations } from '../../src/kube/resources.js';
import { silentLogger } from '../../src/log.js';
import { at } from '../../src/sandbox/api-server/objects.js';
import { SimulatedNode } from '../../src/sandbox/simulated-node.js';
import { eventually } from '../e2e/eventually.js';
import { freePort } from '../e2e/free-port.js';
import { application } from './bodies.js';
import { IntegrationSite } from './site.js';

const parts = { clock: systemClock, random: Math.random, logger: silentLogger };
const label = 'firesteel.test/runs-in';

/** Keeps what is written, by whoever it is given to. */
class RecordingClient implements ApiClient {
  readonly writes: string[] = [];

  constructor(private readonly inner: ApiClient) {}

  request(request: ApiRequest): Promise<unknown> {
    const { method, path } = request;
    if (method !== 'GET') this.writes.push(`${method} ${path}`);
    return this.inner.request(request);
  }

  lines(...watch: Parameters<ApiClient['lines']>): AsyncIterable<string> {
    return this.inner.lines(...watch);
  }
}

let site: IntegrationSite;
let operator: RecordingClient;
let metricsPort: number;
before(async () => {
  site = await IntegrationSite.open('selected');
  operator = new RecordingClient(site.client);
  const ending = new AbortController();
  const session: ClusterSession = {
    client: operator,
    ...parts,
    ownNamespace: site.namespace,
    signal: ending.signal,
    close: async () => {},
  };
  const selector = [`--namespace-selector=${label} in (${site.namespace}, nowhere)`];
  const registration = [
    `--mutating-webhook-name=${site.namespace}`,
    '--webhook-port=0',
    '--webhook-url=https://127.0.0.1:0',
  ];
  site.finally(() => site.remove(mutatingWebhookConfigurations, site.namespace));
  const webhook = await startWebhook(session, readFlags(commandFlags.webhook, [...selector, ...registration], {}));
  site.finally(() => webhook.stop());
  const io = { environment: {}, out: () => {}, warn: () => {}, signal: ending.signal };
  metricsPort = await freePort();
  const metrics = [`--metrics-bind-address=127.0.0.1:${metricsPort}`, '--metrics-labels=namespace'];
  const reconciler = await startReconciler(
    session,
    readFlags(commandFlags.reconciler, [...selector, ...metrics], {}),
    io,
    () => {},
  );
  site.finally(() => reconciler.stop());
  await eventually('the operator to have begun', async () => (await metric('firesteel_selected_namespaces')) === 0);
});
after(() => site.close());

async function metric(name: string, labels = ''): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${name}${labels} `)) ?? '';
  return Number(line.split(' ').at(-1) || Number.NaN);
}

const untilSelected = (count: number) =>
  eventually(
    `${count} namespaces to be worked on`,
    async () => (await metric('firesteel_selected_namespaces')) === count,
  );

/** A namespace of its own, with a simulated node, and what is done in it. */
class Team {
  readonly #path: string;
  #stopNode = async () => {};

  private constructor(readonly name: string) {
    this.#path = `/apis/sparkoperator.k8s.io/v1beta2/namespaces/${name}/sparkapplications`;
  }

  static async found(team: string, labels: Record<string, string> = {}): Promise<Team> {
    const found = new Team(`${site.namespace}-${team}`);
    await found.make(labels);
    const node = new SimulatedNode({ client: site.client, ...parts, namespace: found.name });
    node.start();
    found.#stopNode = () => node.stop();
    site.finally(() => found.dissolve());
    return found;
  }

  async make(labels: Record<string, string>): Promise<void> {
    await site.send('POST', '/api/v1/namespaces', 201, { body: { metadata: { name: this.name, labels } } });
    await eventually('the namespace to take pods', async () => {
      const body = { metadata: { name: 'probe' }, spec: { containers: [{ name: 'main', image: 'a' }] } };
      await site.send('POST', `/api/v1/namespaces/${this.name}/pods`, 201, { body, query: { dryRun: 'All' } });
      return true;
    });
  }

  async dissolve(): Promise<void> {
    await this.#stopNode();
    this.#stopNode = async () => {};
    try {
      await site.client.request({ method: 'DELETE', path: `/api/v1/namespaces/${this.name}` });
    } catch (error) {
      // A test has deleted it already; some API servers do not let one that is on its way out be deleted again.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  /** Gains the label, or loses it (null). */
  labelled(value: string | null): Promise<unknown> {
    const contentType = 'application/merge-patch+json';
    const body = { metadata: { labels: { [label]: value } } };
    return site.send('PATCH', `/api/v1/namespaces/${this.name}`, 200, { body, contentType });
  }

  submit(name: string, duration: string): Promise<unknown> {
    const driver = { annotations: { 'sandbox.firesteel/duration': duration }, env: [{ name: 'TEAM', value: 'a' }] };
    const { metadata, spec } = application(name, { driver, executor: { instances: 1 } });
    const body = { apiVersion: 'sparkoperator.k8s.io/v1beta2', kind: 'SparkApplication', metadata, spec };
    return site.send('POST', this.#path, 201, { body });
  }

  async application(name: string) {
    return (await site.send('GET', `${this.#path}/${name}`, 200)).body;
  }

  async driver(name: string) {
    return (await site.send('GET', `/api/v1/namespaces/${this.name}/pods/${name}-driver`, 200)).body;
  }

  async state(name: string): Promise<unknown> {
    return at(await this.application(name), 'status', 'applicationState', 'state');
  }

  until(name: string, state: string): Promise<unknown> {
    return eventually(`${this.name}/${name} to be ${state}`, async () => (await this.state(name)) === state);
  }

  /** What the operator wrote here. */
  writes(): readonly string[] {
    return operator.writes.filter((write) => write.includes(`/namespaces/${this.name}/`));
  }

  /** The driver ends well, as its node would say. */
  async driverEnds(name: string): Promise<void> {
    const terminated = { exitCode: 0, reason: 'Completed' };
    const container = { name: 'spark-kubernetes-driver', image: '', imageID: '', ready: false, restartCount: 0 };
    const status = { phase: 'Succeeded', containerStatuses: [{ ...container, state: { terminated } }] };
    const contentType = 'application/merge-patch+json';
    const path = `/api/v1/namespaces/${this.name}/pods/${name}-driver/status`;
    await site.send('PATCH', path, 200, { body: { status }, contentType });
  }
}

describe('a namespace', () => {
  let team: Team;
  let others: Team;
  before(async () => {
    others = await Team.found('others', { [label]: site.namespace });
    team = await Team.found('team');
  });

  it('without the label is left alone', async () => {
    await team.submit('early', 'forever');
    await others.submit('first', '100ms');
    await others.until('first', 'COMPLETED');
    assert.deepEqual(team.writes(), []);
    assert.equal((await team.application('early'))['status'], undefined);
  });

  it('that gains the label is picked up: what waits in it runs, with what the webhook gives it', async () => {
    await team.labelled(site.namespace);
    await team.until('early', 'RUNNING');
    const { metadata } = await team.driver('early');
    assert.match(metadata.annotations['pod.sparkoperator.k8s.io/applied'] ?? '', /^[0-9a-f]{64}$/u);
    assert.equal(await metric('spark_application_running_count', `{namespace="${team.name}"}`), 1);
  });

  it('that loses the label is let go: its applications stay as they are, and nothing is written to it', async () => {
    await team.labelled(null);
    await untilSelected(1);
    const before = team.writes().length;
    const { metadata } = await team.application('early');
    await team.driverEnds('early');
    await team.submit('late', '100ms');
    // The operator has heard of what happened meanwhile when it has heard of this.
    await others.submit('second', '100ms');
    await others.until('second', 'COMPLETED');
    assert.deepEqual(team.writes().slice(before), []);
    assert.equal((await team.application('early')).metadata.resourceVersion, metadata.resourceVersion);
    assert.equal((await team.application('late'))['status'], undefined);
    assert.equal(await metric('spark_application_running_count', `{namespace="${team.name}"}`), 0);
  });

  it('that regains the label goes on from where it is, with the one driver that each application had', async () => {
    const { uid } = (await team.driver('early')).metadata;
    await team.labelled('nowhere');
    await team.until('early', 'COMPLETED');
    await team.until('late', 'COMPLETED');
    assert.equal((await team.driver('early')).metadata.uid, uid);
    assert.equal(at(await team.application('early'), 'status', 'executionAttempts'), 1);
  });

  it('that comes and goes again and again has one driver for each application in the end', async () => {
    const names = ['one', 'two', 'three', 'four'];
    for (const name of names) {
      await team.submit(name, '200ms');
      await team.labelled(null);
      await team.labelled(site.namespace);
    }
    for (const name of names) {
      await team.until(name, 'COMPLETED');
      assert.equal(at(await team.application(name), 'status', 'executionAttempts'), 1, name);
    }
    const made = (name: string) => operator.writes.filter((write) => write === `POST ${name}`).length;
    // Each POST of a driver makes one, or finds that it is there.
    const drivers = (await site.send('GET', `/api/v1/namespaces/${team.name}/pods`, 200)).body.items;
    assert.equal(drivers.filter(({ metadata }) => metadata.name.endsWith('-driver')).length, 2 + names.length);
    assert.ok(made(`/api/v1/namespaces/${team.name}/pods`) >= names.length);
  });

  it('that is deleted is let go, and one that is made anew under its name is worked on', async (test) => {
    if (!(await site.collectsGarbage())) return test.skip('nothing empties namespaces here');
    const short = await Team.found('short', { [label]: site.namespace });
    await untilSelected(3);
    await short.submit('running', 'forever');
    await short.until('running', 'RUNNING');
    await site.client.request({ method: 'DELETE', path: `/api/v1/namespaces/${short.name}` });
    await eventually('the namespace to be gone', () => isGone(`/api/v1/namespaces/${short.name}`));
    await untilSelected(2);
    assert.equal(await metric('spark_application_running_count', `{namespace="${short.name}"}`), 0);
    await short.make({ [label]: site.namespace });
    await short.submit('running', '100ms');
    await short.until('running', 'COMPLETED');
  });
});

describe('the registration of the webhook', () => {
  it('has the selector itself, so that the API server follows it', async () => {
    const { body } = await site.get(mutatingWebhookConfigurations, site.namespace);
    const [entry] = Object(body)['webhooks'];
    assert.deepEqual(entry.namespaceSelector, {
      matchExpressions: [{ key: label, operator: 'In', values: [site.namespace, 'nowhere'] }],
    });
  });
});

async function isGone(path: string): Promise<boolean> {
  try {
    await site.client.request({ method: 'GET', path });
    return false;
  } catch (error) {
    return isNotFound(error);
  }
}
