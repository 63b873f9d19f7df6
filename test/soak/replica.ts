/** One replica of the webhook: a process, which is started, stopped, killed and paused, as a kubelet sees it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '../e2e/operator-process.js';

export interface ReplicaFlags extends Readonly<Record<string, string | number>> {
  readonly 'health-probe-bind-address': string;
}

const probeTimeout = 1_000;
const rememberedLines = 200;

export class Replica {
  /** The last lines of its log. */
  readonly log: string[] = [];
  /** Lines of the log by their message. */
  readonly said = new Map<string, number>();
  #child: ChildProcess | undefined;

  constructor(private readonly flags: ReplicaFlags) {}

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  start(): void {
    const args = Object.entries(this.flags).map(([name, value]) => `--${name}=${value}`);
    const child = spawn(process.execPath, [join(projectRoot, 'dist/src/main.js'), 'webhook', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.#read(line));
    }
  }

  signal(name: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(name);
  }

  async ended(): Promise<void> {
    if (this.isRunning && this.#child !== undefined) await once(this.#child, 'exit');
  }

  /** What its readiness probe finds. */
  async isReady(): Promise<boolean> {
    try {
      const url = `http://${this.flags['health-probe-bind-address']}/readyz`;
      const answer = await fetch(url, { signal: AbortSignal.timeout(probeTimeout) });
      await answer.arrayBuffer();
      return answer.ok;
    } catch {
      return false; // it does not answer, which is what was asked
    }
  }

  #read(line: string): void {
    this.log.push(line);
    if (this.log.length > rememberedLines) this.log.shift();
    const [, message] = /"msg":"([^"]*)"/.exec(line) ?? [];
    if (message !== undefined) this.said.set(message, (this.said.get(message) ?? 0) + 1);
  }
}
