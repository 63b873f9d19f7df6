/** kubectl and helm, as a user types them. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { findAssets } from '../e2e/assets.js';
import { projectRoot } from '../e2e/operator-process.js';

const run = promisify(execFile);
const commandMilliseconds = 240_000;

/** @returns stdout @throws with stderr in its message where the program fails */
export async function tool(name: 'kubectl' | 'helm', ...args: readonly string[]): Promise<string> {
  const path = join(findAssets() ?? '', name);
  const { stdout } = await run(path, args, { cwd: projectRoot, timeout: commandMilliseconds, maxBuffer: 1 << 26 });
  return stdout;
}

export const kubectl = (...args: readonly string[]) => tool('kubectl', ...args);
export const helm = (...args: readonly string[]) => tool('helm', ...args);

const application = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  status: z
    .looseObject({
      applicationState: z.looseObject({ state: z.string(), errorMessage: z.string().optional() }).optional(),
      executionAttempts: z.number().optional(),
      driverInfo: z.looseObject({ podUid: z.string().optional() }).optional(),
    })
    .optional(),
});

const applicationList = z.looseObject({ items: z.array(application) });

/** Of namespace `default`, by name. */
export async function applications(): Promise<ReadonlyMap<string, NonNullable<z.infer<typeof application>['status']>>> {
  const { items } = applicationList.parse(JSON.parse(await kubectl('get', 'sparkapplications', '-o', 'json')));
  return new Map(items.map(({ metadata, status }) => [metadata.name, status ?? {}]));
}

/** Applies a manifest that is made here. */
export async function apply(manifest: object): Promise<void> {
  const child = run(join(findAssets() ?? '', 'kubectl'), ['apply', '-f', '-'], { timeout: commandMilliseconds });
  child.child.stdin?.end(JSON.stringify(manifest));
  await child;
}
