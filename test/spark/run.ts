/**
 * `npm run test:spark [-- SUBJECT…]`: runs real Spark on a real node: that of KUBECONFIG, with the image of SPARK_IMAGE
 * (Spark 4.1) and, if given, SPARK_IMAGE_OLDEST (Spark 3.5), whose API server must reach this machine's loopback; else a cluster of one node that the scripts of
 * FIRESTEEL_CLUSTER (default ../shared/cluster) start here. Without any of them it says so and succeeds.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { projectRoot } from '../e2e/operator-process.js';
import { runTestFiles, whenInterrupted } from '../e2e/test-files.js';

const sparkVersions = { minimal: '3.5.1', oldest: '3.5.9', current: '4.1.4' };
const interrupted = whenInterrupted();

async function main(): Promise<number> {
  const { KUBECONFIG, SPARK_IMAGE } = process.env;
  if (KUBECONFIG && SPARK_IMAGE) return runTests({ KUBECONFIG, SPARK_IMAGE });
  const scripts = process.env['FIRESTEEL_CLUSTER'] ?? join(projectRoot, '../shared/cluster');
  if (!existsSync(join(scripts, 'node'))) {
    process.stdout.write('test:spark: skipped: no cluster. Set KUBECONFIG and SPARK_IMAGE.\n');
    return 0;
  }
  return withCluster(scripts, (kubeconfig) =>
    runTests({
      KUBECONFIG: kubeconfig,
      SPARK_IMAGE: `spark:${sparkVersions.current}`,
      SPARK_IMAGE_OLDEST: `spark:${sparkVersions.oldest}`,
    }),
  );
}

function runTests(environment: Record<string, string>): Promise<number> {
  return runTestFiles([import.meta.dirname], process.argv.slice(2), environment, interrupted);
}

/** The cluster is taken down whatever happens in between. */
async function withCluster(scripts: string, use: (kubeconfig: string) => Promise<number>): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), 'firesteel-spark-'));
  try {
    const images: string[] = [];
    for (const version of Object.values(sparkVersions)) images.push(await run(join(scripts, 'spark-image'), version));
    await run(join(scripts, 'up'), '--dir', home, '--port', '443', '--controllers');
    await run(join(scripts, 'node'), '--dir', home, ...images);
    return await use(join(home, 'kubeconfig'));
  } finally {
    await run(join(scripts, 'down'), '--dir', home, '--purge');
    rmSync(home, { recursive: true, force: true });
  }
}

/** @returns what the script wrote to stdout */
async function run(script: string, ...args: string[]): Promise<string> {
  const child = spawn(script, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, BIND_ADDRESS: '0.0.0.0' },
    detached: true, // an interrupted run still takes the cluster down in order
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`${script} ${args.join(' ')} ended with ${code}`);
  return output.trim();
}

process.exitCode = await main();
