import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { executorPods } from '../../../src/sandbox/executor-pods.js';
import { pod } from './pods.js';

const properties = {
  'spark.app.id': 'spark-1',
  'spark.app.name': 'Spark Pi',
  'spark.kubernetes.container.image': 'spark:4.1.4',
};

function executors(more: Record<string, string> = {}) {
  return executorPods(pod(), new Map(Object.entries({ ...properties, ...more })));
}

describe('the executors of a simulated driver', () => {
  it('are two unless the conf says how many, numbered from 1', () => {
    assert.deepEqual(
      executors().map(({ metadata }) => metadata?.name),
      ['spark-pi-0b0f1c9e00004000-exec-1', 'spark-pi-0b0f1c9e00004000-exec-2'],
    );
    assert.equal(executors({ 'spark.executor.instances': '5' }).length, 5);
  });

  it('carry the labels of Spark and belong to the driver pod', () => {
    const [first] = executors({ 'spark.kubernetes.executor.label.team': 'blue' });
    assert.deepEqual(first?.metadata?.labels, {
      team: 'blue',
      'spark-version': '4.1.4',
      'spark-app-name': 'pi',
      'spark-app-selector': 'spark-1',
      'spark-exec-id': '1',
      'spark-exec-resourceprofile-id': '0',
      'spark-role': 'executor',
    });
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'pi-driver', uid: pod().metadata.uid, controller: true };
    assert.deepEqual(first?.metadata?.ownerReferences, [owner]);
  });

  it('have application and executor id filled into annotations', () => {
    const [, second] = executors({ 'spark.kubernetes.executor.annotation.log': '{{APP_ID}}/{{EXECUTOR_ID}}' });
    assert.deepEqual(second?.metadata?.annotations, { log: 'spark-1/2' });
  });

  it('take image, service account, variables and resources from the conf', () => {
    const [first] = executors({
      'spark.executorEnv.MODE': 'fast',
      'spark.kubernetes.authenticate.driver.serviceAccountName': 'spark',
      'spark.executor.memory': '512m',
      'spark.kubernetes.executor.request.cores': '200m',
    });
    const [container] = first?.spec?.containers ?? [];
    assert.equal(first?.spec?.serviceAccountName, 'spark');
    assert.equal(container?.image, 'spark:4.1.4');
    assert.ok(container?.env?.some(({ name, value }) => name === 'MODE' && value === 'fast'));
    assert.deepEqual(container?.resources, {
      requests: { cpu: '200m', memory: '896Mi' },
      limits: { memory: '896Mi' },
    });
  });
});
