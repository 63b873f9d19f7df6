/**
 * `npm run test:e2e [-- SUBJECT…]`: runs the integration tests, which `npm test` runs on the sandbox, and the end-to-end
 * tests (all, or those with one of the words in the name of their file or folder) against an API server: the one of
 * KUBECONFIG, else one started here from the programs in KUBEBUILDER_ASSETS, else from those of
 * FIRESTEEL_CLUSTER (default ../shared/cluster). Without any of them it says so and succeeds.
 */
import { join } from 'node:path';
import { findAssets } from './assets.js';
import { startControlPlane } from './control-plane.js';
import { runTestFiles, whenInterrupted } from './test-files.js';

const folders = [join(import.meta.dirname, '../integration'), import.meta.dirname];

async function main(): Promise<number> {
  const interrupted = whenInterrupted();
  const runTests = (environment: Record<string, string>) =>
    runTestFiles(folders, process.argv.slice(2), environment, interrupted);

  const given = process.env['KUBECONFIG'];
  if (given) return runTests({ KUBECONFIG: given });
  const assets = findAssets();
  if (assets === undefined) {
    process.stdout.write(
      'test:e2e: skipped: no API server. Set KUBECONFIG, or KUBEBUILDER_ASSETS to a folder with etcd and kube-apiserver.\n',
    );
    return 0;
  }
  const controlPlane = await startControlPlane(assets);
  try {
    return await runTests({ KUBECONFIG: controlPlane.kubeconfig, API_AUDIT_LOG: controlPlane.auditLog });
  } finally {
    await controlPlane.stop();
  }
}

process.exitCode = await main();
