/**
 * How long the webhook takes from the start of its process to readiness, against a sandbox in another process: with an authority
 * that is there already, and on a first install, where it has to be made. Medians of several starts, and the slowest; and the CPU
 * time, which other work on the machine does not change. Beside both a bare process of Node, the least that any start takes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '../e2e/operator-process.js';

const starts = 7;
const program = join(projectRoot, 'dist/src/main.js');

export async function webhookStart(): Promise<Readonly<Record<string, unknown>>> {
  const folder = mkdtempSync(join(tmpdir(), 'firesteel-bench-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const sandbox = spawn(process.execPath, [program, 'sandbox', `--write-kubeconfig=${kubeconfig}`], { stdio: 'pipe' });
  try {
    await firstLine(sandbox, /KUBECONFIG/);
    const firstInstall: Start[] = [];
    const existingAuthority: Start[] = [];
    const bareNode: Start[] = [];
    for (let start = 0; start < starts; start += 1) {
      const secret = `authority-${start}`;
      firstInstall.push(await timeToReady(kubeconfig, secret));
      existingAuthority.push(await timeToReady(kubeconfig, secret));
      bareNode.push({ milliseconds: await timeOfBareNode(), cpuMilliseconds: undefined });
    }
    return {
      starts,
      existingAuthority: summary(existingAuthority),
      firstInstall: summary(firstInstall),
      bareNode: summary(bareNode),
    };
  } finally {
    sandbox.kill();
    rmSync(folder, { recursive: true });
  }
}

interface Start {
  readonly milliseconds: number;
  /** Undefined where the system does not tell. */
  readonly cpuMilliseconds: number | undefined;
}

async function timeToReady(kubeconfig: string, secret: string): Promise<Start> {
  const flags = [`--kubeconfig=${kubeconfig}`, `--webhook-secret-name=${secret}`, '--webhook-port=0'];
  const begun = performance.now();
  const child = spawn(process.execPath, [program, 'webhook', '--webhook-url=https://127.0.0.1:0', ...flags], {
    stdio: 'pipe',
  });
  await firstLine(child, /webhook is serving/);
  const milliseconds = performance.now() - begun;
  const cpuMilliseconds = cpuOf(child.pid);
  const ended = once(child, 'exit');
  child.kill();
  await ended;
  return { milliseconds, cpuMilliseconds };
}

/** User and system time (proc(5), fields 14 and 15), in ticks of 10 ms. */
function cpuOf(pid: number | undefined): number | undefined {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return undefined;
  const fields = readFileSync(file, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function timeOfBareNode(): Promise<number> {
  const begun = performance.now();
  await once(spawn(process.execPath, ['--eval', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - begun;
}

/** Resolves with the first line that matches. */
async function firstLine(child: ChildProcess, pattern: RegExp): Promise<void> {
  if (child.stdout === null) throw new Error('the process has no output');
  for await (const line of createInterface({ input: child.stdout })) if (pattern.test(line)) return;
  throw new Error(`the process ended without saying ${pattern}`);
}

function summary(all: readonly Start[]) {
  const milliseconds = sorted(all.map((start) => start.milliseconds));
  const cpu = sorted(all.flatMap(({ cpuMilliseconds }) => (cpuMilliseconds === undefined ? [] : [cpuMilliseconds])));
  return {
    medianMilliseconds: Math.round(milliseconds[milliseconds.length >> 1] ?? 0),
    maxMilliseconds: Math.round(milliseconds.at(-1) ?? 0),
    ...(cpu.length === 0 ? {} : { medianCpuMilliseconds: cpu[cpu.length >> 1] }),
  };
}

function sorted(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => a - b);
}
