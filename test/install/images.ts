/** The images that these tests need beside Spark's: our own, under two tags, and one whose drivers only sleep. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeArchive } from '../../scripts/image/archive.js';
import { projectRoot } from '../e2e/operator-process.js';

/** What an upgrade changes to; the content is the same. */
export const nextTag = 'next';

/** Sleeps for JOB_SECONDS, whatever Spark's arguments say. */
export const sleeperImage = 'sleeper:1';

/** @returns the archives */
export async function buildImages(folder: string): Promise<string[]> {
  return [firesteel(folder, []), firesteel(folder, ['--tag', `firesteel:${nextTag}`]), await sleeper(folder)];
}

function firesteel(folder: string, tag: readonly string[]): string {
  const archive = join(folder, `firesteel-${tag.length}.tar`);
  execFileSync(process.execPath, ['dist/scripts/image.js', '--output', archive, ...tag], { cwd: projectRoot });
  return archive;
}

async function sleeper(folder: string): Promise<string> {
  const root = join(folder, 'sleeper');
  mkdirSync(root);
  cpSync(execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim(), join(root, 'busybox'), {
    dereference: true,
  });
  const archive = join(folder, 'sleeper.tar');
  await writeArchive(root, archive, {
    tags: [sleeperImage],
    entrypoint: ['/busybox', 'sh', '-c', '/busybox sleep "$JOB_SECONDS"', 'driver'],
    environment: ['JOB_SECONDS=60'],
    user: '65532',
  });
  return archive;
}
