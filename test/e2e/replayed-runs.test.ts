/** What the simulation shows on its model holds on a real API server: the same runs, made on both, come to the same. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createObject } from '../../src/kube/api-client.js';
import { connect } from '../../src/kube/connection.js';
import { HttpApiClient } from '../../src/kube/http-api-client.js';
import { namespaces, resourcePath, sparkApplications } from '../../src/kube/resources.js';
import { run } from '../simulation/run.js';
import { accountOf, type RunAccount } from '../simulation/run-account.js';
import { type RunKind, runKinds } from '../simulation/run-kinds.js';
import { findAssets } from './assets.js';
import { type ControlPlane, startControlPlane } from './control-plane.js';
import { eventually } from './eventually.js';
import { applyManifest } from './manifests.js';
import { RealClusterApi } from './real-cluster-api.js';

const runs = 100;
const atOnce = 5;

/** The API server refuses a spec that breaks a rule; the model lets it in, to see what the operator says of it. */
const kinds = runKinds.filter(({ users }) => !users.includes('break the spec'));

/** Of claims in use: its finalizer is taken away by a controller. */
const withoutProtection = ['--disable-admission-plugins=StorageObjectInUseProtection'];

const assets = findAssets();

describe('runs of the simulation', { skip: assets === undefined && 'no programs of an API server' }, () => {
  let controlPlane: ControlPlane;
  let client: HttpApiClient;

  before(async () => {
    // Of its own, without controllers: the run says when garbage is collected.
    controlPlane = await startControlPlane(assets ?? '', { controllers: false, apiServerFlags: withoutProtection });
    client = new HttpApiClient(await connect({ kubeconfig: controlPlane.kubeconfig }, {}));
    await applyManifest(client, 'charts/plain/crds.yaml');
    await eventually('the CRD to be served', () =>
      client.request({ method: 'GET', path: resourcePath(sparkApplications) }),
    );
  });
  after(async () => {
    await client?.close();
    await controlPlane?.stop();
  });

  async function replay(seed: number, kind: RunKind): Promise<void> {
    const namespace = `replay-${seed}`;
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
    await createObject(client, namespaces, undefined, body);
    const onModel = await accountOfRun(seed, kind);
    const onServer = await accountOfRun(
      seed,
      kind,
      (now, onChange) => new RealClusterApi({ client, namespace, now, onChange }),
    );
    assert.deepEqual(onServer, onModel, `SEED=${seed} npm run simulate -- --kind '${kind.name}'`);
    assert.equal(onServer.broken, undefined);
  }

  it(`${runs} of them end on the API server as they do on the model: by the same states, with the same reasons, drivers, executors and left-overs`, async () => {
    const seeds = Array.from({ length: runs }, (_, seed) => seed).values();
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (const seed of seeds) {
          const kind = kinds[seed % kinds.length];
          assert.ok(kind);
          await replay(seed, kind);
        }
      }),
    );
  });
});

async function accountOfRun(
  seed: number,
  kind: RunKind,
  createApi?: NonNullable<Parameters<typeof run>[0]['createApi']>,
): Promise<RunAccount> {
  let account: RunAccount | undefined;
  await run({
    seed,
    kind,
    onEnd: (world) => {
      account = accountOf(world);
    },
    ...(createApi === undefined ? {} : { createApi }),
  });
  assert.ok(account);
  return account;
}
