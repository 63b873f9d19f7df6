/** A cluster of one real node, started here by the scripts of FIRESTEEL_CLUSTER (default ../shared/cluster). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { writeAuditPolicy } from '../e2e/control-plane.js';
import { projectRoot } from '../e2e/operator-process.js';

/** Undefined: there are none. */
export function findClusterScripts(): string | undefined {
  const scripts = process.env['FIRESTEEL_CLUSTER'] ?? join(projectRoot, '../shared/cluster');
  return existsSync(join(scripts, 'node')) ? scripts : undefined;
}

/**
 * The cluster is taken down whatever happens in between.
 * @param versions of Spark whose images the node shall have
 * @param archives further images
 */
export async function withNodeCluster(
  scripts: string,
  versions: readonly string[],
  archives: readonly string[],
  use: (kubeconfig: string, auditLog: string) => Promise<number>,
): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), 'firesteel-spark-'));
  const auditLog = join(home, 'audit.log');
  const audit = `--audit-policy-file=${writeAuditPolicy(home)} --audit-log-path=${auditLog}`;
  try {
    const images: string[] = [...archives];
    for (const version of versions) images.push(await run(join(scripts, 'spark-image'), [version]));
    await run(join(scripts, 'up'), ['--dir', home, '--port', '443', '--controllers'], { APISERVER_ARGS: audit });
    await run(join(scripts, 'node'), ['--dir', home, ...images]);
    return await use(join(home, 'kubeconfig'), auditLog);
  } finally {
    await run(join(scripts, 'down'), ['--dir', home, '--purge']);
    rmSync(home, { recursive: true, force: true });
  }
}

/** @returns what the script wrote to stdout */
async function run(script: string, args: readonly string[], environment: Record<string, string> = {}): Promise<string> {
  const child = spawn(script, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, BIND_ADDRESS: '0.0.0.0', ...environment },
    detached: true, // an interrupted run still takes the cluster down in order
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`${script} ${args.join(' ')} ended with ${code}`);
  return output.trim();
}
