/**
 * `npm run test:install [-- SUBJECT…]`: the chart and the image on a real node, as users meet them: helm install, kubectl apply.
 * It needs the scripts of FIRESTEEL_CLUSTER (default ../shared/cluster) and helm; without them it says so and succeeds.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findAssets } from '../e2e/assets.js';
import { runTestFiles, whenInterrupted } from '../e2e/test-files.js';
import { findClusterScripts, withNodeCluster } from '../spark/node-cluster.js';
import { buildImages } from './images.js';

const interrupted = whenInterrupted();

async function main(): Promise<number> {
  const scripts = findClusterScripts();
  const assets = findAssets();
  if (scripts === undefined || assets === undefined || !existsSync(join(assets, 'helm'))) {
    process.stdout.write('test:install: skipped: no node or no helm.\n');
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'firesteel-images-'));
  try {
    const archives = await buildImages(folder);
    return await withNodeCluster(scripts, ['3.5.1'], archives, (kubeconfig) =>
      runTestFiles([import.meta.dirname], process.argv.slice(2), { KUBECONFIG: kubeconfig }, interrupted),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
