/** From `kubectl apply` to COMPLETED: what a user of the peer finds on pods, status and events. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Pod } from 'kubernetes-types/core/v1.js';
import { createObject, deleteObject, getObject } from '../../src/kube/api-client.js';
import { configMaps, pods, services, sparkApplications } from '../../src/kube/resources.js';
import { eventually } from './eventually.js';
import { OwnedObjects } from './owned-objects.js';
import type { RecordedPod } from './pod-record.js';
import { type Application, Site, script, smallestSpec } from './site.js';
import { StateHistory } from './state-history.js';

const applied = 'pod.sparkoperator.k8s.io/applied';

describe('the main path', () => {
  let site: Site;
  before(async () => {
    site = await Site.open('e2e-main');
    await site.startRun();
  });
  after(() => site.close());

  describe('of a small application', () => {
    let history: StateHistory;
    let running: Application;
    let completed: Application;
    before(async () => {
      history = new StateHistory(site, 'small');
      await history.start();
      await site.submit('small', {
        driver: {
          annotations: script({ duration: '4s' }),
          labels: { team: 'blue' },
          env: [{ name: 'TEAM', value: 'blue' }],
        },
        executor: { instances: 2, labels: { team: 'red' } },
      });
      running = await site.untilState('small', 'RUNNING');
    });
    after(() => history.stop());

    it('makes the Service and the ConfigMap that spark-submit makes, owned by the driver pod', async () => {
      const { pod } = site.pods.driverOf('small');
      const owned = await OwnedObjects.of(site, pod);
      assert.deepEqual(
        owned.services.map(({ spec }) => spec?.clusterIP),
        ['None'],
      );
      assert.deepEqual(owned.services[0]?.metadata?.labels, {
        'spark-app-selector': running.status.sparkApplicationId,
      });
      assert.equal(owned.configMaps.length, 1);
      assert.equal(owned.configMaps[0]?.immutable, true);
      assert.match(owned.configMaps[0]?.metadata?.name ?? '', /^spark-drv-[0-9a-f]+-conf-map$/u);
    });

    it('goes through SUBMITTED and RUNNING to COMPLETED', async () => {
      completed = await site.untilState('small', 'COMPLETED');
      assert.deepEqual(history.states, ['SUBMITTED', 'RUNNING', 'COMPLETED']);
    });

    it('has the status fields of the peer', () => {
      const { status } = completed;
      assert.equal(status.applicationState.errorMessage, '');
      assert.equal(status.submissionAttempts, 1);
      assert.equal(status.executionAttempts, 1);
      assert.equal(status.driverInfo?.podName, 'small-driver');
      assert.match(status.submissionID ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u);
      assert.ok(Date.parse(status.terminationTime ?? '') >= Date.parse(status.lastSubmissionAttemptTime ?? ''));
      const executors = site.pods.of('small', 'executor').map(({ name }) => [name, 'COMPLETED']);
      assert.deepEqual(status.executorState, Object.fromEntries(executors));
    });

    it('labels its driver as the peer does, and is its controller', () => {
      const driver = site.pods.driverOf('small');
      assert.equal(driver.name, 'small-driver');
      assertLabels(driver, { 'spark-role': 'driver', team: 'blue', 'spark-version': '3.5.1' });
      assert.deepEqual(driver.pod.metadata?.ownerReferences, [
        {
          apiVersion: 'sparkoperator.k8s.io/v1beta2',
          kind: 'SparkApplication',
          name: 'small',
          uid: completed.metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ]);
    });

    it('labels its executors as the peer does, and is an owner of theirs beside the driver', () => {
      const executors = site.pods.of('small', 'executor');
      assert.equal(executors.length, 2);
      for (const executor of executors) {
        assertLabels(executor, { 'spark-role': 'executor', team: 'red' });
        const owners = executor.pod.metadata?.ownerReferences?.map(({ kind, name, controller }) => [
          kind,
          name,
          controller === true,
        ]);
        assert.deepEqual(owners, [
          ['Pod', 'small-driver', true],
          ['SparkApplication', 'small', false],
        ]);
      }
    });

    it('sends its pods through the webhook', () => {
      const all = [...site.pods.of('small', 'driver'), ...site.pods.of('small', 'executor')];
      for (const { annotations } of all) assert.match(annotations[applied] ?? '', /^[0-9a-f]{64}$/u);
    });

    it('tells its story in events', async () => {
      const expected = [
        'SparkApplicationSubmitted',
        'SparkDriverRunning',
        'SparkExecutorRunning',
        'SparkDriverCompleted',
        'SparkExecutorCompleted',
        'SparkApplicationCompleted',
      ];
      await eventually(`the events ${expected.join(', ')}`, async () => {
        const reasons = new Set(await site.eventReasons('small'));
        const missing = expected.filter((reason) => !reasons.has(reason));
        if (missing.length > 0) throw new Error(`missing: ${missing.join(', ')}`);
        return true;
      });
    });

    function assertLabels({ labels }: RecordedPod, more: Record<string, string>): void {
      const expected: Record<string, string | null | undefined> = {
        ...more,
        'spark-app-name': 'small',
        'spark-app-selector': completed.status.sparkApplicationId,
        'sparkoperator.k8s.io/app-name': 'small',
        'sparkoperator.k8s.io/launched-by-spark-operator': 'true',
        'sparkoperator.k8s.io/mutated-by-spark-operator': 'true',
        'sparkoperator.k8s.io/submission-id': completed.status.submissionID,
        'pod.sparkoperator.k8s.io/tagged': 'true',
      };
      for (const [key, value] of Object.entries(expected)) assert.equal(labels[key], value, `label ${key}`);
    }
  });

  describe('of an application with pod features', () => {
    const roleSpec = (role: string) => ({
      configMaps: [{ name: 'app-config', path: '/etc/app' }],
      volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
      env: [
        { name: 'ROLE', value: role },
        { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      ],
      tolerations: [{ key: 'spot', operator: 'Exists', effect: 'NoSchedule' }],
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, preference: { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] } },
          ],
        },
      },
    });

    before(async () => {
      for (const name of ['app-config', 'spark-config', 'hadoop-config']) {
        await createObject(site.client, configMaps, site.namespace, {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name },
          data: { key: 'value' },
        });
      }
      await site.submit('features', {
        sparkConfigMap: 'spark-config',
        hadoopConfigMap: 'hadoop-config',
        volumes: [{ name: 'scratch', emptyDir: { sizeLimit: '1Gi' } }],
        driver: roleSpec('driver'),
        executor: { ...roleSpec('executor'), instances: 1 },
      });
      await site.untilState('features', 'COMPLETED');
    });

    for (const role of ['driver', 'executor'] as const) {
      it(`gives the ${role} every one of them`, () => {
        const [recorded] = site.pods.of('features', role);
        assert.ok(recorded !== undefined);
        assert.match(recorded.annotations[applied] ?? '', /^[0-9a-f]{64}$/u);
        const container = recorded.pod.spec?.containers.find(({ name }) => name === `spark-kubernetes-${role}`);
        const mounts = new Map(container?.volumeMounts?.map((mount) => [mount.mountPath, mount]));
        const expectedMounts = {
          '/etc/app': 'app-config-vol',
          '/etc/spark/conf': 'spark-configmap-volume',
          '/etc/hadoop/conf': 'hadoop-configmap-volume',
          '/scratch': 'scratch',
        };
        for (const [path, volume] of Object.entries(expectedMounts)) assert.equal(mounts.get(path)?.name, volume, path);
        assert.equal(configMapOf(recorded.pod, 'app-config-vol'), 'app-config');
        assert.equal(configMapOf(recorded.pod, 'spark-configmap-volume'), 'spark-config');
        assert.equal(configMapOf(recorded.pod, 'hadoop-configmap-volume'), 'hadoop-config');
        assert.equal(recorded.pod.spec?.volumes?.find(({ name }) => name === 'scratch')?.emptyDir?.sizeLimit, '1Gi');

        const variables = new Map(container?.env?.map((variable) => [variable.name, variable]));
        assert.equal(variables.get('ROLE')?.value, role);
        assert.equal(variables.get('POD')?.valueFrom?.fieldRef?.fieldPath, 'metadata.name');
        assert.equal(variables.get('SPARK_CONF_DIR')?.value, '/etc/spark/conf');
        assert.equal(variables.get('HADOOP_CONF_DIR')?.value, '/etc/hadoop/conf');

        assert.ok(recorded.pod.spec?.tolerations?.some(({ key }) => key === 'spot'));
        assert.deepEqual(recorded.pod.spec?.affinity, roleSpec(role).affinity);
      });
    }
  });

  it('is open to an application that names neither driver nor executor', async () => {
    await site.submit('barest');
    await site.untilState('barest', 'COMPLETED');
    assert.equal(site.pods.of('barest', 'executor').length, 1);
    assert.equal('driver' in smallestSpec, false);
  });

  it('leaves nothing behind when the application is deleted', async (t) => {
    if (!(await site.collectsGarbage())) return t.skip('no kube-controller-manager collects garbage here');
    await site.submit('deleted', { driver: { annotations: script({ duration: 'forever' }) } });
    await site.untilState('deleted', 'RUNNING');
    const { pod } = site.pods.driverOf('deleted');
    const owned = await OwnedObjects.of(site, pod);
    const driverConfigMap = owned.configMaps[0]?.metadata?.name ?? '';
    const service = owned.services[0]?.metadata?.name ?? '';
    assert.ok(await getObject(site.client, configMaps, { namespace: site.namespace, name: driverConfigMap }));

    await deleteObject(site.client, sparkApplications, { namespace: site.namespace, name: 'deleted' });

    const collected = [...site.pods.of('deleted', 'driver'), ...site.pods.of('deleted', 'executor')].map(
      ({ name }) => [pods, name] as const,
    );
    for (const [resource, name] of [
      ...collected,
      [configMaps, driverConfigMap] as const,
      [services, service] as const,
    ]) {
      await eventually(`${resource.kind} ${name} to be gone`, async () => !(await site.exists(resource, name)), 90_000);
    }
  });
});

function configMapOf(pod: Pod, volume: string): string | undefined {
  return pod.spec?.volumes?.find(({ name }) => name === volume)?.configMap?.name;
}
