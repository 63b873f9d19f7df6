/** A sandbox as `firesteel start --keep` leaves it up, and the real kubectl pointed at it as its last line says. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { findAssets } from './assets.js';
import { eventually, Hopeless } from './eventually.js';
import { projectRoot } from './operator-process.js';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KubectlOptions {
  /** What it reads where its arguments say `-f -`. */
  readonly input?: string;
  readonly editor?: string;
}

const commandWithinMilliseconds = 30_000;

/** The path of the program; undefined: there is none. */
export function findKubectl(): string | undefined {
  const assets = findAssets();
  const path = assets === undefined ? undefined : join(assets, 'kubectl');
  return path !== undefined && existsSync(path) ? path : undefined;
}

export class KeptSandbox {
  readonly kubeconfig: string;
  readonly #child: ChildProcess;
  readonly #kubectl: string;
  /** Where kubectl remembers what it discovered. */
  readonly #home = mkdtempSync(join(tmpdir(), 'firesteel-kubectl-'));

  private constructor(child: ChildProcess, kubectl: string, kubeconfig: string) {
    this.#child = child;
    this.#kubectl = kubectl;
    this.kubeconfig = kubeconfig;
  }

  /** @param files from the root of the project */
  static async start(kubectl: string, ...files: string[]): Promise<KeptSandbox> {
    const child = spawn(process.execPath, ['dist/src/main.js', 'start', '--keep', ...files], {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (part: string) => {
        output += part;
      });
    }
    try {
      const kubeconfig = await eventually('start --keep to print its KUBECONFIG', () => {
        if (child.exitCode !== null) throw new Hopeless(`start --keep ended with ${child.exitCode}:\n${output}`);
        return /^export KUBECONFIG=(.+)$/mu.exec(output)?.[1];
      });
      return new KeptSandbox(child, kubectl, kubeconfig);
    } catch (error) {
      child.kill();
      throw error;
    }
  }

  get #environment(): NodeJS.ProcessEnv {
    return { HOME: this.#home, TMPDIR: this.#home, PATH: process.env['PATH'], KUBECONFIG: this.kubeconfig };
  }

  /** As Ctrl-C does. */
  async interrupt(): Promise<number | null> {
    rmSync(this.#home, { recursive: true, force: true });
    if (this.#child.exitCode === null) {
      this.#child.kill('SIGINT');
      await once(this.#child, 'exit');
    }
    return this.#child.exitCode;
  }

  async run(args: readonly string[], { input = '', editor = 'false' }: KubectlOptions = {}): Promise<Outcome> {
    const child = spawn(this.#kubectl, args, {
      env: { ...this.#environment, KUBE_EDITOR: editor },
      timeout: commandWithinMilliseconds,
    });
    child.stdin.on('error', () => {}); // it may end without reading; its exit code tells
    child.stdin.end(input);
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return { code: child.exitCode, stdout, stderr };
  }

  /** What it prints. @throws when it fails */
  async succeed(args: readonly string[], options: KubectlOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, options);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
    return stdout;
  }

  /** What it says on stderr. @throws when it succeeds */
  async fail(args: readonly string[], options: KubectlOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, options);
    if (code === 0) throw new Error(`kubectl ${args.join(' ')} succeeded: ${stdout}`);
    return stderr;
  }

  /** Collects the lines of a command that does not end by itself, until `enough` of them have come. */
  async follow(
    args: readonly string[],
    enough: (lines: readonly string[]) => boolean | Promise<boolean>,
  ): Promise<string[]> {
    const child = spawn(this.#kubectl, args, {
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      printed += part;
    });
    const lines = () => printed.split('\n').slice(0, -1);
    try {
      return await eventually(
        `kubectl ${args.join(' ')} to show enough`,
        async () => (await enough(lines())) && lines(),
      );
    } finally {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
  }
}
