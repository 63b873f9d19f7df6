/** The life of a release: installed, upgraded and rolled back while applications run, uninstalled, installed again. */
import assert from 'node:assert/strict';
import { delimiter } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { findAssets } from '../e2e/assets.js';
import { runCommands, type StandIn } from '../e2e/documents/run-commands.js';
import { shellBlocks } from '../e2e/documents/shell-blocks.js';
import { eventually } from '../e2e/eventually.js';
import { projectRoot } from '../e2e/operator-process.js';
import { nextTag, sleeperImage } from './images.js';
import { applications, apply, helm, kubectl } from './tools.js';

const release = ['firesteel', 'charts/firesteel', '--namespace', 'firesteel', '--wait', '--timeout', '180s'];
const withinMilliseconds = 240_000;

/** What README says is to be typed here. */
const commandsOf = (document: string) =>
  shellBlocks(projectRoot, document)
    .filter(({ instead }) => instead === 'run by npm run test:install')
    .flatMap(({ commands }) => commands);

const untilRunning: readonly StandIn[] = [
  [/^npm run image\b/, 'true', 'the image is made and imported before these tests begin'],
  [/^(kubectl get .* -w)$/, "sed '/RUNNING/q;/FAILED/q1' < <($1)", 'nobody is here to stop it'],
];

const sleeper = (name: string, seconds: number) => ({
  apiVersion: 'sparkoperator.k8s.io/v1beta2',
  kind: 'SparkApplication',
  metadata: { name, namespace: 'default' },
  spec: {
    type: 'Scala',
    mode: 'cluster',
    image: sleeperImage,
    sparkVersion: '3.5.1',
    mainClass: 'Sleeper',
    mainApplicationFile: 'local:///sleeper.jar',
    driver: {
      serviceAccount: 'firesteel-spark',
      memory: '64m',
      memoryOverhead: '64m',
      coreRequest: '5m',
      envVars: { JOB_SECONDS: String(seconds) },
      // What the webhook is needed for.
      tolerations: [{ key: 'sleeper', operator: 'Exists' }],
    },
  },
});

const states = async () => [...(await applications()).values()].map(({ applicationState }) => applicationState?.state);

async function state(name: string): Promise<string | undefined> {
  return (await applications()).get(name)?.applicationState?.state;
}

/** Asks for the admission of a tagged pod again and again, until it is told to stop. */
class Admissions {
  asked = 0;
  readonly failures: string[] = [];
  #goesOn = true;
  readonly #done = this.#ask();

  async #ask(): Promise<void> {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'probe',
        namespace: 'default',
        labels: { 'pod.sparkoperator.k8s.io/tagged': 'true', 'spark-role': 'driver' },
        annotations: { 'pod.sparkoperator.k8s.io/node-selector': '{"never":"scheduled"}' },
      },
      spec: { containers: [{ name: 'spark-kubernetes-driver', image: sleeperImage }] },
    };
    while (this.#goesOn) {
      this.asked += 1;
      const name = `probe-${this.asked}`;
      try {
        await apply({ ...pod, metadata: { ...pod.metadata, name } });
        await kubectl('delete', 'pod', name, '--wait=false', '--grace-period=0', '--force');
      } catch (error) {
        this.failures.push(String(error));
      }
      await delay(50);
    }
  }

  async stop(): Promise<void> {
    this.#goesOn = false;
    await this.#done;
  }
}

describe('a release', () => {
  it('is installed the same way by the README of the chart', () => {
    assert.deepEqual(commandsOf('charts/firesteel/README.md'), commandsOf('README.md').slice(1));
  });

  it('runs SparkPi with the default values by the commands of the README, from helm install to COMPLETED', async () => {
    const begun = Date.now();
    const assets = findAssets() ?? '';
    const environment = { ...process.env, PATH: [assets, process.env['PATH']].join(delimiter) };
    const { code, output } = await runCommands(commandsOf('README.md'), untilRunning, environment);
    assert.equal(code, 0, output);
    process.stdout.write(`driver running ${seconds(begun, Date.now())} s after helm install\n`);
    await eventually('SparkPi to complete', async () => (await state('spark-pi')) === 'COMPLETED', withinMilliseconds);
  });

  it('disturbs no application when it is upgraded and rolled back, and no admission fails meanwhile', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `sleeper-${index}`);
    for (const name of names) await apply(sleeper(name, 150));
    await eventually(
      'all to run',
      async () => (await states()).filter((state) => state === 'RUNNING').length === 20,
      withinMilliseconds,
    );
    const before = await drivers(names);
    const admissions = new Admissions();
    await helm('upgrade', ...release, '--set', 'webhook.logLevel=warn');
    await helm('upgrade', ...release, '--set', `image.tag=${nextTag}`);
    await kubectl('label', 'crd', 'sparkapplications.sparkoperator.k8s.io', 'app.kubernetes.io/version-');
    await helm('upgrade', ...release, '--set-string', 'commonLabels.upgraded=true');
    await helm('rollback', 'firesteel', '1', '--namespace', 'firesteel', '--wait', '--timeout', '180s');
    await admissions.stop();
    assert.deepEqual(admissions.failures, []);
    assert.deepEqual(await drivers(names), before);
    await eventually(
      'all to complete',
      async () => {
        const now = await applications();
        return names.every((name) => now.get(name)?.applicationState?.state === 'COMPLETED');
      },
      withinMilliseconds,
    );
    process.stdout.write(`${admissions.asked} admissions during 3 upgrades and a rollback, none failed\n`);
  });

  it('leaves nothing but the definitions when it goes, and says so; the next one goes on where it stopped', async () => {
    await apply(sleeper('survivor', 60));
    await eventually('it to run', async () => (await state('survivor')) === 'RUNNING', withinMilliseconds);
    const before = await drivers(['survivor']);
    const said = await helm('uninstall', 'firesteel', '--namespace', 'firesteel', '--wait', '--timeout', '180s');
    assert.match(said, /CustomResourceDefinition.*sparkapplications/);
    assert.deepEqual(await leftOvers(), []);
    await helm('install', ...release);
    await eventually('it to complete', async () => (await state('survivor')) === 'COMPLETED', withinMilliseconds);
    assert.deepEqual(await drivers(['survivor']), before);
  });
});

const seconds = (from: number, to: number) => ((to - from) / 1_000).toFixed(1);

/** Uid of the driver and number of runs of each. */
async function drivers(names: readonly string[]): Promise<unknown[]> {
  const now = await applications();
  return names.map((name) => [name, now.get(name)?.driverInfo?.podUid, now.get(name)?.executionAttempts]);
}

/** Objects of the release, wherever they are. */
async function leftOvers(): Promise<string[]> {
  const kinds =
    'deployments,services,serviceaccounts,secrets,leases,configmaps,poddisruptionbudgets,roles,rolebindings,clusterroles,' +
    'clusterrolebindings,mutatingwebhookconfigurations,validatingadmissionpolicies,validatingadmissionpolicybindings';
  const found = await kubectl('get', kinds, '--all-namespaces', '-o', 'name');
  return found.split('\n').filter((name) => /\/firesteel/.test(name));
}
