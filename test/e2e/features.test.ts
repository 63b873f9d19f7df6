/** examples/everything.yaml on a real API server: its driver and executors carry every feature that it asks for. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { createObject } from '../../src/kube/api-client.js';
import { configMaps, type Resource, sparkApplications } from '../../src/kube/resources.js';
import { isJsonObject, type JsonObject } from '../../src/pod/json.js';
import { comparable, comparableExecutor } from './comparable-pods.js';
import { projectRoot } from './operator-process.js';
import { applyPriorityClass } from './priority-class.js';
import { Site } from './site.js';

const documentSchema = z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) });
const secrets: Resource = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', namespaced: true };
const resources: Readonly<Record<string, Resource>> = {
  ConfigMap: configMaps,
  Secret: secrets,
  SparkApplication: sparkApplications,
};

/** Whether `actual` has all that `expected` says: of lists, an item for each one. */
function has(actual: unknown, expected: unknown): boolean {
  if (Array.isArray(expected)) {
    return Array.isArray(actual) && expected.every((item) => actual.some((candidate) => has(candidate, item)));
  }
  if (!isJsonObject(expected)) return actual === expected;
  return isJsonObject(actual) && Object.entries(expected).every(([key, value]) => has(actual[key], value));
}

/** What both roles ask for. */
const asked: Readonly<Record<string, object>> = {
  'ConfigMaps, by variable too': {
    volumes: [
      { name: 'hadoop-configmap-volume', configMap: { name: 'everything-hadoop' } },
      { name: 'spark-configmap-volume', configMap: { name: 'everything-spark' } },
      { name: 'everything-vol', configMap: { name: 'everything' } },
    ],
    volumeMounts: [
      { name: 'hadoop-configmap-volume', mountPath: '/etc/hadoop/conf', readOnly: true },
      { name: 'spark-configmap-volume', mountPath: '/etc/spark/conf', readOnly: true },
      { name: 'everything-vol', mountPath: '/etc/everything', readOnly: true },
    ],
    env: [
      { name: 'HADOOP_CONF_DIR', value: '/etc/hadoop/conf' },
      { name: 'SPARK_CONF_DIR', value: '/etc/spark/conf' },
    ],
  },
  'volumes, of helpers too': {
    volumes: [
      { name: 'scratch', emptyDir: {} },
      { name: 'logs', emptyDir: {} },
      { name: 'secret', secret: { secretName: 'everything' } },
    ],
    volumeMounts: [
      { name: 'scratch', mountPath: '/scratch' },
      { name: 'secret', mountPath: '/etc/secret', readOnly: true },
    ],
  },
  variables: {
    env: [
      { name: 'GREETING_FILE', value: '/etc/everything/greeting.txt' },
      { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'everything', key: 'PASSWORD' } } },
    ],
    envFrom: [{ prefix: 'FROM_', configMapRef: { name: 'everything' } }],
  },
  'ports on the network of the node': {
    ports: [{ name: 'debug', containerPort: 5005, hostPort: 5005, protocol: 'TCP' }],
    hostNetwork: true,
    dnsPolicy: 'ClusterFirstWithHostNet',
  },
  'addresses and DNS': {
    hostAliases: [{ ip: '10.1.2.3', hostnames: ['namenode', 'namenode.example.com'] }],
    dnsConfig: { options: [{ name: 'ndots', value: '2' }] },
  },
  helpers: {
    initContainers: [{ name: 'prepare', image: 'busybox:1.36', volumeMounts: [{ name: 'logs', mountPath: '/logs' }] }],
    containers: [{ name: 'shipper', image: 'busybox:1.36', volumeMounts: [{ name: 'logs', mountPath: '/logs' }] }],
    shareProcessNamespace: true,
  },
  scheduling: {
    priorityClassName: 'spark-everything',
    priority: 1_000,
    schedulerName: 'everything-scheduler',
    nodeSelector: { 'example.com/pool': 'spark' },
    affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 10 }] } },
    tolerations: [{ key: 'spot', operator: 'Exists', effect: 'NoSchedule' }],
  },
  limits: { resources: { limits: { memory: '2Gi', 'example.com/gpu': '1' }, requests: { 'example.com/gpu': '1' } } },
  'security contexts': {
    container: { securityContext: { runAsNonRoot: true, runAsUser: 185, capabilities: { drop: ['ALL'] } } },
    securityContext: { fsGroup: 185 },
  },
  'its end': {
    terminationGracePeriodSeconds: 45,
    lifecycle: { preStop: { exec: { command: ['sh', '-c', 'date > /scratch/stopping'] } } },
  },
};

/** Fields of the Spark container; the others are of the pod. */
const ofContainer = new Set(['volumeMounts', 'env', 'envFrom', 'ports', 'resources', 'lifecycle', 'container']);

function assertFeatures(pod: { spec?: unknown }): void {
  const spec: unknown = JSON.parse(JSON.stringify(pod.spec));
  assert.ok(isJsonObject(spec) && Array.isArray(spec['containers']));
  const container = spec['containers'].find(({ name }) => /^spark-kubernetes-/.test(name));
  for (const [what, fields] of Object.entries(asked)) {
    for (const [field, expected] of Object.entries(fields)) {
      const owner = ofContainer.has(field) ? container : spec;
      const actual = field === 'container' ? container : owner[field];
      assert.ok(has(actual, expected), `${what}: ${field} is ${JSON.stringify(actual)}`);
    }
  }
}

/** @param change of the spec of the application */
async function submitEverything(site: Site, change: (spec: JsonObject) => JsonObject = (spec) => spec): Promise<void> {
  const { client, namespace } = site;
  await site.createServiceAccount('spark');
  const file = readFileSync(join(projectRoot, 'examples/everything.yaml'), 'utf8');
  for (const document of parseAllDocuments(file)) {
    const { metadata, ...object } = documentSchema.parse(document.toJS());
    const resource = resources[object.kind];
    assert.ok(resource !== undefined, object.kind);
    const spec = isJsonObject(object['spec']) ? { spec: change(object['spec']) } : {};
    await createObject(client, resource, namespace, { ...object, ...spec, metadata: { ...metadata, namespace } });
  }
}

/** The driver also carries the template of its executors, which it needs to make them. */
function withoutTemplate(pod: object): object {
  const isTemplate = ({ name }: { name: string }) => name === 'pod-template-volume';
  return JSON.parse(JSON.stringify(pod), (key, value) =>
    key === 'volumes' || key === 'volumeMounts' ? value.filter((item: { name: string }) => !isTemplate(item)) : value,
  );
}

/** Nobody but Spark sets the memory limit of executors where there is no webhook. */
function withoutMemoryLimit(pod: object): object {
  return JSON.parse(JSON.stringify(pod), (key, value) => {
    if (key !== 'limits') return value;
    const { memory, ...limits } = value;
    return limits;
  });
}

describe('an application that asks for everything', () => {
  let site: Site;
  before(async () => {
    site = await Site.open('e2e-features');
    await applyPriorityClass(site.client, 'spark-everything', 1_000);
    await site.startRun();
  });
  after(() => site.close());

  it('gets it in driver and executors by the webhook', async () => {
    await submitEverything(site);
    await site.untilState('everything', 'COMPLETED', 90_000);
    assertFeatures(site.pods.driverOf('everything').pod);
    const executors = site.pods.of('everything', 'executor');
    assert.equal(executors.length, 1);
    for (const { pod } of executors) assertFeatures(pod);
  });

  it('gets in its driver without a webhook what it gets with one, field by field, and in executors but for the documented differences', async () => {
    const template = await Site.open('e2e-template');
    try {
      await applyPriorityClass(template.client, 'spark-everything', 1_000);
      await template.spawn('reconciler', { kubeconfig: template.kubeconfig, 'pod-mutation': 'template' }).ready();
      const withoutLimit = (spec: JsonObject) => {
        const { memoryLimit: _, ...executor } = Object(spec['executor']);
        return { ...spec, executor };
      };
      await submitEverything(template, withoutLimit);
      await template.untilState('everything', 'COMPLETED', 90_000);
      const driver = template.pods.driverOf('everything').pod;
      assertFeatures(driver);
      const byWebhook = site.pods.driverOf('everything').pod;
      assert.deepEqual(comparable(withoutTemplate(driver)), comparable(byWebhook));
      const executors = (where: Site) =>
        where.pods.of('everything', 'executor').map(({ pod }) => comparableExecutor(withoutMemoryLimit(pod)));
      assert.deepEqual(executors(template), executors(site));
      assert.equal(executors(template).length, 1);
    } finally {
      await template.close();
    }
  });
});
