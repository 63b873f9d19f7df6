/**
 * `npm run image`: the image of Firesteel as an archive, built without a container engine from this machine's Node and the
 * production files. `npm run image -- --root FOLDER` only fills a root folder: that is what the Dockerfile does.
 */
import { mkdirSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { writeArchive } from './image/archive.js';
import { productionFiles } from './image/production-files.js';
import { emptyRootFolder, fillRootFolder, nodePath, programPath } from './image/root-folder.js';

const { values } = parseArgs({
  options: {
    root: { type: 'string' },
    tag: { type: 'string' },
    output: { type: 'string', default: 'dist/image/firesteel.tar' },
  },
});
const project = process.cwd();
const { version } = z.looseObject({ version: z.string() }).parse(JSON.parse(readFileSync('package.json', 'utf8')));

if (values.root !== undefined) {
  fillRootFolder(project, values.root);
} else {
  const root = mkdtempSync(join(tmpdir(), 'firesteel-root-'));
  try {
    fillRootFolder(project, root);
    mkdirSync('dist/image', { recursive: true });
    const tag = values.tag ?? `firesteel:${version}`;
    await writeArchive(root, values.output, {
      tags: [tag],
      entrypoint: [nodePath, programPath],
      environment: ['NODE_ENV=production', 'PATH=/usr/local/bin'],
      user: '65532:65532',
    });
    process.stdout.write(`${values.output}: ${tag}, ${megabytes(values.output)} MB\n`);
  } finally {
    emptyRootFolder(root);
  }
}
const size = productionFiles(project).reduce((sum, file) => sum + statSync(file).size, 0);
process.stdout.write(`${(size / 1e6).toFixed(1)} MB beside Node\n`);

function megabytes(file: string): string {
  return (statSync(file).size / 1e6).toFixed(0);
}
