/**
 * How long the webhook takes from the start of its process to readiness, against a sandbox in another process: with an authority
 * that is there already, and on a first install, where it has to be made. Medians of several starts, and the slowest. Beside
 * both: a bare process of Node, which is the least that any start takes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
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
    const firstInstall: number[] = [];
    const existingAuthority: number[] = [];
    for (let start = 0; start < starts; start += 1) {
      const secret = `authority-${start}`;
      firstInstall.push(await timeToReady(kubeconfig, secret));
      existingAuthority.push(await timeToReady(kubeconfig, secret));
    }
    return {
      starts,
      existingAuthority: summary(existingAuthority),
      firstInstall: summary(firstInstall),
      bareNodeMilliseconds: Math.round(await bareNode()),
    };
  } finally {
    sandbox.kill();
    rmSync(folder, { recursive: true });
  }
}

async function timeToReady(kubeconfig: string, secret: string): Promise<number> {
  const flags = [`--kubeconfig=${kubeconfig}`, `--webhook-secret-name=${secret}`, '--webhook-port=0'];
  const begun = performance.now();
  const child = spawn(process.execPath, [program, 'webhook', '--webhook-url=https://127.0.0.1:0', ...flags], {
    stdio: 'pipe',
  });
  await firstLine(child, /webhook is serving/);
  const milliseconds = performance.now() - begun;
  const ended = once(child, 'exit');
  child.kill();
  await ended;
  return milliseconds;
}

async function bareNode(): Promise<number> {
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

function summary(milliseconds: readonly number[]) {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  return {
    medianMilliseconds: Math.round(sorted[sorted.length >> 1] ?? 0),
    maxMilliseconds: Math.round(sorted.at(-1) ?? 0),
  };
}
