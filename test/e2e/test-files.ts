/**
 * Runs the test files of folders one after another with Node's runner. They get a process group of their own, so that
 * whatever they started ends with them, also when somebody interrupts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { killGroup } from './process-group.js';

/** Aborts on the first SIGINT or SIGTERM, which then no longer ends the process by itself. */
export function whenInterrupted(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}

/**
 * @param subjects words of which a file, or its folder, must have one in its name; none means all files
 * @returns the exit code of the runner, 1 when it was interrupted
 */
export async function runTestFiles(
  folders: readonly string[],
  subjects: readonly string[],
  environment: Record<string, string>,
  interrupted: AbortSignal,
): Promise<number> {
  if (interrupted.aborted) return 1;
  const isAskedFor = (path: string) => subjects.length === 0 || subjects.some((subject) => path.includes(subject));
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.test.js') && isAskedFor(join(basename(folder), name)))
      .sort()
      .map((name) => join(folder, name)),
  );
  if (files.length === 0)
    throw new Error(`no test file in ${folders.join(' or ')} is named after ${subjects.join(' or ')}`);
  const runner = spawn(
    process.execPath,
    ['--test', '--test-concurrency=1', '--test-timeout=600000', '--test-reporter=spec', ...files],
    {
      env: { ...process.env, ...environment },
      stdio: 'inherit',
      detached: true,
    },
  );
  const endGroup = () => killGroup(runner.pid);
  interrupted.addEventListener('abort', endGroup);
  const [code] = await once(runner, 'exit');
  endGroup();
  return typeof code === 'number' ? code : 1;
}
