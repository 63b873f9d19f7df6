/** One submission as a command, by Firesteel and by Spark, to an API server: wall time, CPU and memory of the whole command. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findAssets } from '../e2e/assets.js';
import { startControlPlane } from '../e2e/control-plane.js';
import { Site } from '../e2e/site.js';
import type { Results } from './run.js';

interface Cost {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMebibytes: number;
}

/** GNU time: elapsed, user and system seconds, and the largest resident set of the processes, in KiB. */
const time = '/usr/bin/time';
const program = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const runs = 5;

/** What can not be measured here is told in its place. */
export async function measureCommands(): Promise<Results> {
  if (!existsSync(time)) return { commands: `not measured: no ${time}` };
  const given = process.env['KUBECONFIG'];
  const assets = findAssets();
  if (!given && assets === undefined) return { commands: 'not measured: no API server, see npm run test:e2e' };
  const controlPlane = given || assets === undefined ? undefined : await startControlPlane(assets);
  process.env['KUBECONFIG'] = controlPlane?.kubeconfig ?? given;
  const folder = mkdtempSync(join(tmpdir(), 'firesteel-bench-'));
  try {
    const site = await Site.open('bench', 'real');
    try {
      return compare(site, join(folder, 'time'));
    } finally {
      await site.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
    await controlPlane?.stop();
  }
}

function compare(site: Site, report: string): Results {
  const ours = median(() => measure([process.execPath, program, 'spark-submit'], site, report));
  const home = process.env['SPARK_HOME'];
  if (!home) return { firesteelSparkSubmit: ours, sparkSubmit: 'not measured: SPARK_HOME is not set' };
  const theirs = median(() => measure([join(home, 'bin/spark-submit')], site, report));
  return {
    firesteelSparkSubmit: ours,
    sparkSubmit: theirs,
    timesLessWall: ratio(theirs.wallSeconds, ours.wallSeconds),
    timesLessCpu: ratio(theirs.cpuSeconds, ours.cpuSeconds),
    timesLessMemory: ratio(theirs.peakMebibytes, ours.peakMebibytes),
  };
}

function measure(command: readonly string[], site: Site, report: string): Cost {
  const conf = {
    'spark.kubernetes.namespace': site.namespace,
    'spark.kubernetes.container.image': 'spark:4.1.4',
    'spark.kubernetes.submission.waitAppCompletion': 'false',
  };
  const keys = Object.entries(conf).flatMap(([key, value]) => ['--conf', `${key}=${value}`]);
  const options = ['--deploy-mode', 'cluster', '--name', 'bench', '--class', 'x.Y'];
  const args = ['--master', `k8s://${site.connection.server}`, ...options, ...keys, 'local:///a.jar'];
  const { status, stderr } = spawnSync(time, ['-f', '%e %U %S %M', '-o', report, ...command, ...args], {
    encoding: 'utf8',
    env: { ...process.env, KUBECONFIG: site.kubeconfig },
  });
  if (status !== 0) throw new Error(`${command.join(' ')} failed: ${stderr.slice(-500)}`);
  const [wall = 0, user = 0, system = 0, kibibytes = 0] = readFileSync(report, 'utf8').trim().split(' ').map(Number);
  return { wallSeconds: wall, cpuSeconds: user + system, peakMebibytes: Math.round(kibibytes / 1024) };
}

/** By CPU. */
function median(run: () => Cost): Cost {
  const costs = Array.from({ length: runs }, run).sort((a, b) => a.cpuSeconds - b.cpuSeconds);
  const middle = costs[Math.floor(runs / 2)];
  if (middle === undefined) throw new Error('nothing was run');
  return { ...middle, cpuSeconds: Math.round(middle.cpuSeconds * 100) / 100 };
}

function ratio(theirs: number, ours: number): number {
  return Math.round((theirs / ours) * 10) / 10;
}
