/** The operator in this process, with its webhook, and a simulated node: applications from their creation to their end. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { systemClock } from '../../src/clock.js';
import type { ClusterSession } from '../../src/commands/cluster-session.js';
import { commandFlags } from '../../src/commands/command-flags.js';
import { readFlags } from '../../src/commands/flags.js';
import { startReconciler } from '../../src/commands/reconciler-process.js';
import { startWebhook } from '../../src/commands/webhook-process.js';
import {
  configMaps,
  events,
  mutatingWebhookConfigurations,
  pods,
  sparkApplications,
} from '../../src/kube/resources.js';
import { silentLogger } from '../../src/log.js';
import { at } from '../../src/sandbox/api-server/objects.js';
import { SimulatedNode } from '../../src/sandbox/simulated-node.js';
import { eventually, Hopeless } from '../e2e/eventually.js';
import { freePort } from '../e2e/free-port.js';
import { application } from './bodies.js';
import { IntegrationSite } from './site.js';

const parts = { clock: systemClock, random: Math.random, logger: silentLogger };

let site: IntegrationSite;
let metricsPort: number;
before(async () => {
  site = await IntegrationSite.open('operator');
  const { client, namespace } = site;
  const node = new SimulatedNode({ client, ...parts, namespace });
  node.start();
  site.finally(() => node.stop());
  const ending = new AbortController();
  const session: ClusterSession = {
    client,
    ...parts,
    ownNamespace: namespace,
    signal: ending.signal,
    close: async () => {},
  };
  const flags = [`--namespaces=${namespace}`];
  const registration = [
    `--mutating-webhook-name=${namespace}`,
    '--webhook-port=0',
    '--webhook-url=https://127.0.0.1:0',
  ];
  site.finally(() => site.remove(mutatingWebhookConfigurations, namespace));
  const webhook = await startWebhook(session, readFlags(commandFlags.webhook, [...flags, ...registration], {}));
  site.finally(() => webhook.stop());
  const io = { environment: {}, out: () => {}, warn: () => {}, signal: ending.signal };
  metricsPort = await freePort();
  const metrics = [`--metrics-bind-address=127.0.0.1:${metricsPort}`, '--metrics-labels=app-type'];
  const ofReconciler = readFlags(commandFlags.reconciler, [...flags, ...metrics], {});
  const reconciler = await startReconciler(session, ofReconciler, io, () => {});
  site.finally(() => reconciler.stop());
});
after(() => site.close());

const script = (keys: Record<string, string>) =>
  Object.fromEntries(Object.entries(keys).map(([key, value]) => [`sandbox.firesteel/${key}`, value]));

const statusSchema = z.looseObject({
  applicationState: z.looseObject({ state: z.string().default(''), errorMessage: z.string().default('') }).prefault({}),
  executorState: z.record(z.string(), z.string()).default({}),
});

/** The status, once the application is in `state`. */
function untilState(name: string, state: string) {
  return eventually(`${name} to be ${state}`, async () => {
    const status = statusSchema.parse((await site.get(sparkApplications, name)).body['status'] ?? {});
    const found = status.applicationState;
    if (found.state === state) return status;
    if (['COMPLETED', 'FAILED'].includes(found.state)) throw new Hopeless(`${name}: ${JSON.stringify(found)}`);
    return undefined;
  });
}

const submissionOf = async (name: string) =>
  at((await site.get(sparkApplications, name)).body, 'status', 'submissionID');

/** By their names; they run beside one another. */
const drivers = {
  good: { annotations: script({ duration: '300ms' }), env: [{ name: 'TEAM', value: 'blue' }] },
  bad: { annotations: script({ duration: '100ms', 'exit-code': '3' }) },
  invalid: { labels: { 'a b': 'what only the operator checks' } },
  deleted: { annotations: script({ duration: 'forever' }) },
};

describe('an application', () => {
  before(async () => {
    for (const [name, driver] of Object.entries(drivers)) {
      await site.create(sparkApplications, application(name, { driver, executor: { instances: 1 } }));
    }
    const newer = { later: { a: [1] }, driverInfo: { later: 'kept' } };
    await site.patch(sparkApplications, 'good/status', 'merge', { status: newer });
  });

  it('is COMPLETED when its driver succeeds, its executors with it', async () => {
    const { executorState } = await untilState('good', 'COMPLETED');
    assert.deepEqual(Object.values(executorState), ['COMPLETED']);
  });

  it('has a driver that the webhook has changed as it asked', async () => {
    const { body } = await site.get(pods, 'good-driver');
    assert.match(body.metadata.annotations['pod.sparkoperator.k8s.io/applied'] ?? '', /^[0-9a-f]{64}$/u);
    const [container] = Object(body['spec']).containers;
    assert.ok(JSON.stringify(container.env).includes('{"name":"TEAM","value":"blue"}'), JSON.stringify(container.env));
  });

  it('keeps what a newer version wrote into its status', async () => {
    const { body } = await site.get(sparkApplications, 'good');
    assert.deepEqual([at(body, 'status', 'later'), at(body, 'status', 'driverInfo', 'later')], [{ a: [1] }, 'kept']);
  });

  it('is told of in events', async () => {
    const reasons = await eventually('the last event', async () => {
      const { body } = await site.list(events, { fieldSelector: 'involvedObject.name=good' });
      const told = body.items.map(({ reason }) => reason);
      return told.includes('SparkApplicationCompleted') && told;
    });
    for (const reason of ['SparkApplicationSubmitted', 'SparkDriverCompleted', 'SparkExecutorCompleted'])
      assert.ok(reasons.includes(reason), `${reason} in ${reasons}`);
  });

  it('is FAILED with the exit code of its driver', async () => {
    const { applicationState } = await untilState('bad', 'FAILED');
    assert.match(applicationState.errorMessage, /ExitCode: 3/u);
  });

  it('is FAILED with the path of what is invalid, and makes no pod', async () => {
    const { applicationState } = await untilState('invalid', 'FAILED');
    assert.match(applicationState.errorMessage, /spec\.driver\.labels\["a b"\]/u);
    await site.get(pods, 'invalid-driver', 404);
  });

  it('that is deleted takes its driver and what belongs to it along', async (test) => {
    if (!(await site.collectsGarbage())) return test.skip('nothing collects garbage here');
    await untilState('deleted', 'RUNNING');
    const belongs = { labelSelector: 'sparkoperator.k8s.io/app-name=deleted' };
    assert.ok((await site.names(pods, belongs)).includes('deleted-driver'));
    const { uid } = (await site.get(pods, 'deleted-driver')).body.metadata;
    const owned = async () => {
      const { body } = await site.list(configMaps);
      return body.items.filter(({ metadata }) => JSON.stringify(metadata['ownerReferences'] ?? '').includes(uid));
    };
    assert.equal((await owned()).length, 1);
    await site.remove(sparkApplications, 'deleted');
    await eventually('its pods to be gone', async () => (await site.names(pods, belongs)).length === 0);
    await eventually('its ConfigMap to be gone', async () => (await owned()).length === 0);
  });
});

describe('an application with monitoring', () => {
  const monitoring = (metricsProperties: string) => ({
    exposeDriverMetrics: true,
    exposeExecutorMetrics: true,
    metricsProperties,
    prometheus: { jmxExporterJar: '/p/jmx.jar', port: 9404 },
  });
  const files = async () => (await site.get(configMaps, 'monitored-prom-conf')).body;
  let resourceVersion = '';

  it('has their files before its driver runs, owned by the application alone', async () => {
    const driver = { annotations: script({ duration: '500ms' }) };
    const spec = { driver, executor: { instances: 1 }, monitoring: monitoring('a=1') };
    await site.create(sparkApplications, application('monitored', spec));
    await untilState('monitored', 'RUNNING');
    const { metadata, data } = await files();
    assert.deepEqual(metadata.labels, { 'sparkoperator.k8s.io/created-by-spark-operator': 'true' });
    const { uid } = (await site.get(sparkApplications, 'monitored')).body.metadata;
    assert.deepEqual(
      Object(metadata)['ownerReferences'].map((owner: { kind: string; uid: string }) => [owner.kind, owner.uid]),
      [['SparkApplication', uid]],
    );
    assert.equal(Object(data)['metrics.properties'], 'a=1');
    assert.match(Object(data)['prometheus.yaml'], /spark_driver_/u);
    const ofDriver = async () => BigInt((await site.get(pods, 'monitored-driver')).body.metadata.resourceVersion);
    resourceVersion = metadata.resourceVersion;
    assert.ok(BigInt(resourceVersion) < (await ofDriver()), 'the driver ran before its files were there');
  });

  it('has a driver that mounts them, answers on the port and says so to Prometheus', async () => {
    const { metadata, spec } = (await site.get(pods, 'monitored-driver')).body;
    const [container] = Object(spec).containers;
    const has = (list: unknown, item: object) => JSON.stringify(list).includes(JSON.stringify(item).slice(1, -1));
    assert.ok(has(Object(spec).volumes, { name: 'monitored-prom-conf-vol' }));
    assert.ok(container.volumeMounts.some(({ mountPath }: { mountPath: string }) => mountPath === '/etc/metrics/conf'));
    assert.ok(
      container.ports.some(
        ({ name, containerPort }: { name: string; containerPort: number }) =>
          name === 'jmx-exporter' && containerPort === 9404,
      ),
    );
    assert.equal(metadata.annotations['prometheus.io/scrape'], 'true');
    assert.equal(metadata.annotations['prometheus.io/port'], '9404');
    assert.equal(metadata.annotations['prometheus.io/path'], '/metrics');
  });

  it('gets them anew, under the same name, when its spec changes', async () => {
    await untilState('monitored', 'COMPLETED');
    const first = await submissionOf('monitored');
    await site.patch(sparkApplications, 'monitored', 'merge', { spec: { monitoring: monitoring('a=2') } });
    await eventually('another submission', async () => (await submissionOf('monitored')) !== first);
    await untilState('monitored', 'COMPLETED');
    const { metadata, data } = await files();
    assert.equal(Object(data)['metrics.properties'], 'a=2');
    assert.notEqual(metadata.resourceVersion, resourceVersion);
  });
});

describe('an application that is not over with its first run', () => {
  const quick = { annotations: script({ duration: '100ms' }) };
  const failing = { annotations: script({ duration: '100ms', 'exit-code': '3' }) };
  const endless = { annotations: script({ duration: 'forever' }) };

  it('is run again after a failure, up to its budget', async () => {
    const restartPolicy = { type: 'OnFailure', onFailureRetries: 1, onFailureRetryInterval: 1 };
    await site.create(sparkApplications, application('retried', { driver: failing, restartPolicy }));
    const status = await untilState('retried', 'FAILED');
    assert.match(status.applicationState.errorMessage, /ExitCode: 3/u);
    const { body } = await site.get(sparkApplications, 'retried');
    assert.equal(at(body, 'status', 'executionAttempts'), 2);
  });

  it('is run again when its spec changes after its end', async () => {
    await site.create(sparkApplications, application('edited', { driver: quick }));
    await untilState('edited', 'COMPLETED');
    const first = await submissionOf('edited');
    await site.patch(sparkApplications, 'edited', 'merge', { spec: { arguments: ['again'] } });
    await eventually('another submission', async () => (await submissionOf('edited')) !== first);
    await untilState('edited', 'COMPLETED');
    const { body } = await site.get(pods, 'edited-driver');
    assert.ok(JSON.stringify(body['spec']).includes('"again"'));
  });

  it('is stopped and run anew when its spec changes under its driver', async () => {
    await site.create(sparkApplications, application('replaced', { driver: endless }));
    await untilState('replaced', 'RUNNING');
    const { uid } = (await site.get(pods, 'replaced-driver')).body.metadata;
    await site.patch(sparkApplications, 'replaced', 'merge', { spec: { driver: quick } });
    await untilState('replaced', 'COMPLETED');
    assert.notEqual((await site.get(pods, 'replaced-driver')).body.metadata.uid, uid);
  });

  it('waits while it is suspended, and runs when that is taken back', async () => {
    await site.create(sparkApplications, application('held', { driver: quick, suspend: true }));
    await untilState('held', 'SUSPENDED');
    await site.get(pods, 'held-driver', 404);
    await site.patch(sparkApplications, 'held', 'merge', { spec: { suspend: false } });
    await untilState('held', 'COMPLETED');
  });

  it('has no driver any more when it is suspended', async () => {
    await site.create(sparkApplications, application('stopped', { driver: endless }));
    await untilState('stopped', 'RUNNING');
    await site.patch(sparkApplications, 'stopped', 'merge', { spec: { suspend: true } });
    await untilState('stopped', 'SUSPENDED');
    await site.get(pods, 'stopped-driver', 404);
  });

  it('is deleted when its time to live is over', async () => {
    await site.create(sparkApplications, application('short-lived', { driver: quick, timeToLiveSeconds: 1 }));
    await site.untilGone(sparkApplications, 'short-lived');
  });
});

/** Compatibility reference: operator metrics. */
const metricsOfThePeer: Readonly<Record<string, string>> = {
  spark_application_count: 'counter',
  spark_application_submit_count: 'counter',
  spark_application_failed_submission_count: 'counter',
  spark_application_running_count: 'gauge',
  spark_application_success_count: 'counter',
  spark_application_failure_count: 'counter',
  spark_application_success_execution_time_seconds: 'summary',
  spark_application_failure_execution_time_seconds: 'summary',
  spark_application_submit_latency_seconds: 'summary',
  spark_application_submit_latency_seconds_histogram: 'histogram',
  spark_application_start_latency_seconds: 'summary',
  spark_application_start_latency_seconds_histogram: 'histogram',
  spark_executor_running_count: 'gauge',
  spark_executor_success_count: 'counter',
  spark_executor_failure_count: 'counter',
};
const metricsBeyond = {
  firesteel_event_loop_lag_longest_seconds: 'gauge',
  firesteel_event_loop_lag_p99_seconds: 'gauge',
  firesteel_longest_pass_seconds: 'gauge',
  firesteel_queue_depth: 'gauge',
  firesteel_queue_longest_wait_seconds: 'gauge',
  firesteel_queue_stalled_seconds: 'gauge',
  firesteel_selected_namespaces: 'gauge',
  firesteel_watch_silent_seconds: 'gauge',
  spark_application_retry_count: 'counter',
  unmutated_pods_total: 'counter',
};

describe('the metrics of a run', () => {
  let text: string;
  before(async () => {
    text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  });
  const metric = (name: string) => Number(new RegExp(`^${name}\\{app_type="Unknown"\\} (\\S+)$`, 'm').exec(text)?.[1]);

  it('have the names and types of the peer, and those beyond it', () => {
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type] as const);
    assert.deepEqual(Object.fromEntries(types), { ...metricsOfThePeer, ...metricsBeyond });
    assert.equal([...text.matchAll(/^# HELP \S+ \S/gm)].length, types.length);
  });

  it('have the labels that were asked for, and no others', () => {
    const samples = text.split('\n').filter((line) => line.startsWith('spark_'));
    for (const line of samples) assert.match(line, /^\w+\{app_type="Unknown"(,le="[\d.+Inf]+")?\} \d+(\.\d+)?$/);
  });

  it('say what became of the applications', () => {
    assert.ok(metric('spark_application_count') >= 4);
    assert.ok(metric('spark_application_submit_count') >= 2);
    assert.ok(metric('spark_application_success_count') >= 1);
    assert.ok(metric('spark_application_failure_count') >= 1);
    assert.ok(metric('spark_executor_success_count') >= 1);
    assert.equal(
      metric('spark_application_start_latency_seconds_count'),
      metric('spark_application_start_latency_seconds_histogram_count'),
    );
    assert.ok(metric('spark_application_start_latency_seconds_sum') > 0);
  });
});
