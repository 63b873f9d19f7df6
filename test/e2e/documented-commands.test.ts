/** What the documents tell people to type works as it stands there; what can not be tried says why. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../src/clock.js';
import { connect } from '../../src/kube/connection.js';
import { HttpApiClient } from '../../src/kube/http-api-client.js';
import { silentLogger } from '../../src/log.js';
import { SimulatedNode } from '../../src/sandbox/simulated-node.js';
import { findAssets } from './assets.js';
import { type ControlPlane, startControlPlane } from './control-plane.js';
import { runCommands, type StandIn } from './documents/run-commands.js';
import { shellBlocks } from './documents/shell-blocks.js';
import { freePort } from './free-port.js';
import { applyManifest } from './manifests.js';
import { projectRoot } from './operator-process.js';

const documents = ['README.md', 'charts/firesteel/README.md', 'docs/migrate.md', 'docs/operations.md'];
const blocks = documents.flatMap((document) => shellBlocks(projectRoot, document));

const stands: readonly StandIn[] = [
  [/^npm ci\b/, 'true', 'the packages are there: this test runs on them'],
  [/\bnpm start\b/, 'node dist/src/main.js start', 'the project is built'],
  [/^(kubectl get .* -w)$/, "sed '/COMPLETED/q;/FAILED/q1' < <($1)", 'nobody is here to stop it'],
];

/** Blocks that are not run at all; the reasons stand in the documents. */
const notRun: readonly string[] = [];

const assets = findAssets() ?? '';
const missing = ['helm', 'kubectl', 'kube-apiserver'].filter((program) => !existsSync(join(assets, program)));
const skip = missing.length > 0 && `there is no ${missing.join(', no ')}`;

describe('the documents', { skip }, () => {
  let folder: string;
  let controlPlane: ControlPlane;
  let client: HttpApiClient;
  let node: SimulatedNode;
  let environment: NodeJS.ProcessEnv;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'firesteel-commands-'));
    controlPlane = await startControlPlane(assets);
    const { kubeconfig } = controlPlane;
    client = new HttpApiClient(await connect({ kubeconfig }, {}));
    await applyManifest(client, 'test/e2e/documents/namespaces.yaml');
    node = new SimulatedNode({ client, clock: systemClock, random: Math.random, logger: silentLogger });
    node.start();
    environment = {
      ...process.env,
      PATH: [assets, process.env['PATH']].join(delimiter),
      KUBECACHEDIR: join(folder, 'kubectl'),
      HELM_CACHE_HOME: join(folder, 'helm'),
      HELM_CONFIG_HOME: join(folder, 'helm'),
      HELM_DATA_HOME: join(folder, 'helm'),
      KUBECONFIG: kubeconfig,
      // Others may have the usual one.
      FIRESTEEL_WEBHOOK_PORT: String(await freePort()),
      FIRESTEEL_HEALTH_PROBE_BIND_ADDRESS: '0',
    };
  });

  after(async () => {
    await node.stop();
    await client.close();
    await controlPlane.stop();
    rmSync(folder, { recursive: true });
  });

  for (const block of blocks.filter(({ instead }) => instead === undefined)) {
    it(`say what works: ${block.place}: ${block.commands[0]}`, async () => {
      const { code, output } = await runCommands(block.commands, stands, environment);
      assert.equal(code, 0, output);
    });
  }
});

describe('a block of commands', () => {
  it('is run here, by test:install, or not at all for a reason that stands in the document', () => {
    const others = blocks.flatMap(({ instead }) => instead ?? []);
    assert.deepEqual(
      others.filter((where) => !/^(run by npm run test:install|not run: .{20,})$/.test(where)),
      [],
    );
    const reasons = others.filter((where) => where.startsWith('not run: ')).sort();
    assert.deepEqual(reasons, [...notRun].sort());
  });

  it('has commands', () => {
    assert.ok(blocks.length >= 8);
    assert.deepEqual(
      blocks.filter(({ commands }) => commands.length === 0),
      [],
    );
  });
});
