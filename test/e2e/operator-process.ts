/** The `firesteel` command as a process of its own, as users run it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { eventually, Hopeless } from './eventually.js';

export const projectRoot = resolve(import.meta.dirname, '../../..');
const program = join(projectRoot, 'dist/src/main.js');

/** What each command logs when it does its work. */
const readinessMessages: Record<string, readonly string[]> = {
  run: ['webhook is serving', 'reconciler is synced'],
  reconciler: ['reconciler is synced'],
  webhook: ['webhook is serving'],
};

const rememberedLines = 1_000;
const stopWithinMilliseconds = 15_000;
const logLineSchema = z.object({ msg: z.string() });

export class OperatorProcess {
  /** The last 1,000 lines of stdout and stderr. */
  readonly log: string[] = [];
  readonly #command: string;
  readonly #child: ChildProcess;
  readonly #messages = new Set<string>();

  /**
   * Starts `firesteel COMMAND FLAGS…`; with FIRESTEEL_TEST_LOGS set, its output shows on stderr.
   * @param nodeFlags of Node itself, such as `--cpu-prof`
   * @param environment over that of the tests
   */
  constructor(
    command: string,
    flags: Record<string, string | number>,
    nodeFlags: readonly string[] = [],
    environment: Record<string, string> = {},
  ) {
    const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    this.#command = command;
    this.#child = spawn(process.execPath, [...nodeFlags, program, command, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.#read(line));
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when the process says that it does its work, or each of these messages. */
  async ready(awaited = readinessMessages[this.#command] ?? []): Promise<this> {
    await eventually(`firesteel ${this.#command} to be ready`, () => {
      if (!this.running) throw new Hopeless(`firesteel ${this.#command} ended early:\n${this.tail()}`);
      return awaited.every((message) => this.#messages.has(message));
    }).catch((error: unknown) => {
      throw new Error(`firesteel ${this.#command} said:\n${this.tail()}`, { cause: error });
    });
    return this;
  }

  /** As Kubernetes stops a container; the exit code, or undefined where it had to be killed. */
  async stop(): Promise<number | undefined> {
    if (!this.running) return this.#child.exitCode ?? undefined;
    const overdue = setTimeout(() => this.kill(), stopWithinMilliseconds);
    this.#child.kill('SIGTERM');
    await this.ended();
    clearTimeout(overdue);
    return this.#child.exitCode ?? undefined;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async ended(): Promise<void> {
    if (this.running) await once(this.#child, 'exit');
  }

  tail(): string {
    return this.log.slice(-40).join('\n');
  }

  #read(line: string): void {
    if (process.env['FIRESTEEL_TEST_LOGS']) process.stderr.write(`${this.#command}: ${line}\n`);
    this.log.push(line);
    if (this.log.length > rememberedLines) this.log.shift();
    if (!line.startsWith('{')) return;
    const parsed = logLineSchema.safeParse(JSON.parse(line));
    if (parsed.success) this.#messages.add(parsed.data.msg);
  }
}
