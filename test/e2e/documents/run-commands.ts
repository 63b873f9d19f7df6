/** Types the commands of a document into a shell. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { projectRoot } from '../operator-process.js';
import { killGroup } from '../process-group.js';

/** What stands for a command, and why it may. */
export type StandIn = readonly [pattern: RegExp, instead: string, why: string];

const withinMilliseconds = 280_000;

/** In one shell, from the root of the project; what they leave running ends with it. */
export async function runCommands(
  commands: readonly string[],
  stands: readonly StandIn[],
  environment: NodeJS.ProcessEnv,
): Promise<{ code: unknown; output: string }> {
  const typed = commands.map((command) =>
    stands.reduce((told, [pattern, instead]) => told.replace(pattern, instead), command),
  );
  const shell = spawn('bash', ['-euo', 'pipefail', '-c', typed.join('\n')], {
    cwd: projectRoot,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const overdue = setTimeout(() => killGroup(shell.pid), withinMilliseconds);
  const outputs = Promise.all([text(shell.stdout), text(shell.stderr)]);
  const [code] = await once(shell, 'exit');
  clearTimeout(overdue);
  killGroup(shell.pid);
  return { code, output: (await outputs).join('\n') };
}
