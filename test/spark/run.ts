/**
 * `npm run test:spark [-- SUBJECT…]`: runs real Spark on a real node: that of KUBECONFIG, with the image of SPARK_IMAGE
 * (Spark 4.1) and, if given, SPARK_IMAGE_OLDEST (Spark 3.5), whose API server must reach this machine's loopback; else a cluster of one node that the scripts of
 * FIRESTEEL_CLUSTER (default ../shared/cluster) start here. Without any of them it says so and succeeds.
 */
import { runTestFiles, whenInterrupted } from '../e2e/test-files.js';
import { findClusterScripts, withNodeCluster } from './node-cluster.js';

const sparkVersions = { minimal: '3.5.1', oldest: '3.5.9', current: '4.1.4' };
const interrupted = whenInterrupted();

async function main(): Promise<number> {
  const { KUBECONFIG, SPARK_IMAGE } = process.env;
  if (KUBECONFIG && SPARK_IMAGE) return runTests({ KUBECONFIG, SPARK_IMAGE });
  const scripts = findClusterScripts();
  if (scripts === undefined) {
    process.stdout.write('test:spark: skipped: no cluster. Set KUBECONFIG and SPARK_IMAGE.\n');
    return 0;
  }
  return withNodeCluster(scripts, Object.values(sparkVersions), [], (kubeconfig, auditLog) =>
    runTests({
      KUBECONFIG: kubeconfig,
      API_AUDIT_LOG: auditLog,
      SPARK_IMAGE: `spark:${sparkVersions.current}`,
      SPARK_IMAGE_OLDEST: `spark:${sparkVersions.oldest}`,
    }),
  );
}

function runTests(environment: Record<string, string>): Promise<number> {
  return runTestFiles([import.meta.dirname], process.argv.slice(2), environment, interrupted);
}

process.exitCode = await main();
