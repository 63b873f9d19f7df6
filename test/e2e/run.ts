/**
 * `npm run test:e2e [-- SUBJECT…]`: runs the end-to-end tests (all, or those whose file name has one of the words in it)
 * against an API server: the one of KUBECONFIG, else one started here from the programs in KUBEBUILDER_ASSETS, else from
 * those of FIRESTEEL_CLUSTER (default ../shared/cluster). Without any of them it says so and succeeds.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startControlPlane } from './control-plane.js';
import { runTestFiles, whenInterrupted } from './test-files.js';

const projectRoot = resolve(import.meta.dirname, '../../..');

async function main(): Promise<number> {
  const interrupted = whenInterrupted();
  const runTests = (kubeconfig: string) =>
    runTestFiles(import.meta.dirname, process.argv.slice(2), { KUBECONFIG: kubeconfig }, interrupted);

  const given = process.env['KUBECONFIG'];
  if (given) return runTests(given);
  const assets = findAssets();
  if (assets === undefined) {
    process.stdout.write(
      'test:e2e: skipped: no API server. Set KUBECONFIG, or KUBEBUILDER_ASSETS to a folder with etcd and kube-apiserver.\n',
    );
    return 0;
  }
  const controlPlane = await startControlPlane(assets);
  try {
    return await runTests(controlPlane.kubeconfig);
  } finally {
    await controlPlane.stop();
  }
}

function findAssets(): string | undefined {
  const given = process.env['KUBEBUILDER_ASSETS'];
  if (given) return given;
  const script = join(process.env['FIRESTEEL_CLUSTER'] ?? join(projectRoot, '../shared/cluster'), 'assets');
  return existsSync(script) ? execFileSync(script, { encoding: 'utf8' }).trim() : undefined;
}

process.exitCode = await main();
