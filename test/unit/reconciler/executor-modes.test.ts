import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { renderDriver } from '../../../reconciler/driver-rendering.js';
import { defaultSettings } from '../../../reconciler/settings.js';
import { readSparkApplication, type SparkApplication } from '../../../src/api/spark-application.js';
import { FiresteelError } from '../../../src/errors.js';
import { parseJavaProperties } from '../../../src/java-properties.js';
import { canonicalJson, isJsonObject } from '../../../src/pod/json.js';
import { mutatePod } from '../../../src/pod/mutation.js';
import { executorPods, type PodTemplate } from '../../../src/sandbox/executor-pods.js';
import { projectRoot } from '../../e2e/operator-process.js';
import { validManifests } from '../../manifests/valid-manifests.js';
import { application, manifest } from '../api/manifests.js';
import { everything } from '../pod/everything.js';
import { differences, refusals } from '../pod/executor-differences.js';
import { goldenPods } from '../pod/golden-pods.js';
import { pod as sparkPod } from '../sandbox/pods.js';
import { now, submissionId } from './applications.js';

const files = z.record(z.string(), z.string());
const template = z.custom<PodTemplate>(isJsonObject);

/** The first executor, as it is once it was admitted; what is refused is its message. */
function executor(asked: SparkApplication, podMutation: 'webhook' | 'template'): unknown {
  const settings = { ...defaultSettings, podMutation };
  try {
    const { pod: driver, resources } = renderDriver(asked, { id: submissionId, submitTime: now }, settings);
    if (podMutation === 'webhook') mutatePod(driver); // no driver, no executors
    const data = Object.assign({}, ...resources.map((resource) => ('data' in resource ? resource.data : {})));
    const { 'spark.properties': properties = '', 'podspec-configmap-key': text = '{}' } = files.parse(data);
    const conf = parseJavaProperties(properties);
    const [pod] = executorPods(
      sparkPod(),
      new Map([...conf, ['spark.executor.instances', '1']]),
      template.parse(JSON.parse(text)),
    );
    return podMutation === 'webhook' ? mutatePod(pod).pod : pod;
  } catch (error) {
    if (error instanceof FiresteelError) return error.message;
    throw error;
  }
}

const level = (pod: unknown) => differences.reduce((levelled, difference) => difference.level(levelled), pod);

function assertSame(asked: SparkApplication): void {
  const byWebhook = executor(asked, 'webhook');
  const byTemplate = executor(asked, 'template');
  if (typeof byTemplate === 'string') {
    const isListed = refusals.some(({ message }) => message.test(byTemplate));
    assert.ok(isListed || typeof byWebhook === 'string', byTemplate);
    return;
  }
  assert.deepEqual(level(byTemplate), level(byWebhook));
}

/** Without what only one way can do. */
function everythingPossible(): Record<string, unknown> {
  const spec = everything();
  const { memoryLimit: _, ...executor } = Object(spec['executor']);
  return { ...spec, executor };
}

describe('an executor without a webhook is what it is with one, but for the differences that are documented,', () => {
  it('with every feature at once', () => {
    const asked = application(everythingPossible());
    assertSame(asked);
    assert.equal(typeof executor(asked, 'template'), 'object');
    assert.notEqual(canonicalJson(executor(asked, 'template')), canonicalJson(executor(asked, 'webhook')));
  });

  it('with every feature at once, on a template of the user', () => {
    const spec = everythingPossible();
    const userTemplate = {
      metadata: { labels: { team: 'blue' }, annotations: { note: 'x' } },
      spec: {
        terminationGracePeriodSeconds: 7,
        tolerations: [{ key: 'x', operator: 'Exists' }],
        containers: [
          { name: 'first', image: 'x', env: [{ name: 'SPARK_USER', value: 'helper' }] },
          {
            name: 'spark-kubernetes-executor',
            env: [
              { name: 'SPARK_USER', value: 'me' },
              { name: 'A', value: 'b' },
            ],
          },
        ],
      },
    };
    assertSame(application({ ...spec, executor: { ...Object(spec['executor']), template: userTemplate } }));
  });

  it('with each field on its own', () => {
    const { executor: features, driver, ...spec } = everythingPossible();
    for (const [field, value] of Object.entries(Object(features))) {
      assertSame(application({ ...spec, executor: { instances: 1, [field]: value } }));
    }
  });

  it('with variables that other fields say too', () => {
    const twice = [
      { name: 'A', value: 'annotation' },
      { name: 'SPARK_USER', value: 'me' },
    ];
    assertSame(application({ executor: { env: twice, envVars: { A: 'field', B: 'b', SPARK_USER: 'you' } } }));
    assertSame(
      application({ executor: { env: twice, envVars: { B: 'b' } }, sparkConfigMap: 'conf', hadoopConfigMap: 'h' }),
    );
  });

  it('with properties that say otherwise', () => {
    const sparkConf = {
      'spark.kubernetes.scheduler.name': 'other',
      'spark.kubernetes.executor.node.selector.a': 'other',
      'spark.kubernetes.executor.terminationGracePeriodSeconds': '3s',
    };
    const features = { schedulerName: 'mine', nodeSelector: { a: 'mine', b: 'c' }, terminationGracePeriodSeconds: 45 };
    assertSame(application({ sparkConf, executor: features }));
  });

  it('in every recorded case of the peer', () => {
    let compared = 0;
    for (const { application: recorded } of goldenPods()) {
      const reading = readSparkApplication(recorded);
      if (!reading.ok) continue;
      assertSame(reading.application);
      compared += 1;
    }
    assert.ok(compared > 70, `${compared}`);
  });

  it('for every manifest that is right', () => {
    for (const { spec, metadata } of validManifests) {
      const reading = readSparkApplication(manifest(spec, metadata));
      if (reading.ok) assertSame(reading.application);
    }
  });

  for (const { what, message, spec } of refusals) {
    it(`but for what is refused: ${what}`, () => {
      assert.match(String(executor(application(spec), 'template')), message);
      assert.equal(typeof executor(application(spec), 'webhook'), 'object');
    });
  }

  it('and each difference is there', () => {
    const asked = application({
      ...everythingPossible(),
      executor: { ...Object(everythingPossible()['executor']), env: [{ name: 'SPARK_USER', value: 'me' }] },
    });
    for (const left of differences) {
      const others = differences.filter((difference) => difference !== left);
      const [one, other] = (['template', 'webhook'] as const).map((mode) =>
        canonicalJson(others.reduce((pod, difference) => difference.level(pod), executor(asked, mode))),
      );
      assert.notEqual(one, other, left.what);
    }
  });

  it('which are those of docs/compatibility.md', () => {
    const page = readFileSync(join(projectRoot, 'docs/compatibility.md'), 'utf8');
    const section = /### Without a webhook\n(.*?)\n## /s.exec(page)?.[1] ?? '';
    const rows = [...section.matchAll(/^\| (.+?) \| (.+) \|$/gm)].map(([, what = '', how = '']) => ({ what, how }));
    const [, ...named] = rows;
    const isRefused = ({ how }: { how: string }) => how.startsWith('refused: ');
    assert.deepEqual(
      named.filter(isRefused).map(({ what }) => what),
      refusals.map(({ what }) => what),
    );
    assert.deepEqual(
      named.filter((row) => !isRefused(row) && !row.how.endsWith('(known from its source)')).map(({ what }) => what),
      differences.map(({ what }) => what),
    );
  });
});
