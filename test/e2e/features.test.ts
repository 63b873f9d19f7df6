/** examples/everything.yaml on a real API server: its driver and executors carry every feature that it asks for. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { createObject } from '../../src/kube/api-client.js';
import { configMaps, type Resource, sparkApplications } from '../../src/kube/resources.js';
import { isJsonObject } from '../../src/pod/json.js';
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

async function submitEverything(site: Site): Promise<void> {
  const { client, namespace } = site;
  const file = readFileSync(join(projectRoot, 'examples/everything.yaml'), 'utf8');
  for (const document of parseAllDocuments(file)) {
    const { metadata, ...object } = documentSchema.parse(document.toJS());
    const resource = resources[object.kind];
    assert.ok(resource !== undefined, object.kind);
    await createObject(client, resource, namespace, { ...object, metadata: { ...metadata, namespace } });
  }
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
});
