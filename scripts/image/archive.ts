/** An image archive of one layer, as `docker save` writes it: `ctr images import` and `docker load` read it. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ImageConfig {
  readonly tags: readonly string[];
  readonly entrypoint: readonly string[];
  readonly environment: readonly string[];
  readonly user: string;
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** Everything that could differ between two builds of the same files is fixed. */
const reproducible = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=ustar'];

export async function writeArchive(root: string, archive: string, image: ImageConfig): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'firesteel-image-'));
  try {
    const layer = join(work, 'layer.tar');
    execFileSync('tar', [...reproducible, '-C', root, '-cf', layer, '.']);
    const config = JSON.stringify({
      architecture: architectures[process.arch] ?? process.arch,
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: [`sha256:${await digestOf(layer)}`] },
      config: { Entrypoint: image.entrypoint, Env: image.environment, User: image.user, WorkingDir: '/app' },
    });
    const configName = `${createHash('sha256').update(config).digest('hex')}.json`;
    const manifest = [{ Config: configName, RepoTags: image.tags, Layers: ['layer.tar'] }];
    writeFileSync(join(work, configName), config);
    writeFileSync(join(work, 'manifest.json'), JSON.stringify(manifest));
    execFileSync('tar', [...reproducible, '-C', work, '-cf', archive, configName, 'layer.tar', 'manifest.json']);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}
