/** The files that run in production: our own build and the packages that it needs, without types, maps, tests and prose. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';

/** Folders of the build that the two processes and the commands consist of. */
const ownFolders = ['dist/src', 'dist/webhook', 'dist/reconciler', 'dist/certs'];
const ownFiles = ['package.json', 'LICENSE'];

const isProgram = (name: string) => /\.(js|cjs|mjs|json|node)$/.test(name);
const isLicence = (name: string) => /^(licen[cs]e|notice|copying)/i.test(name);

/** Relative to the project, in a fixed order. */
export function productionFiles(project: string): string[] {
  const packages = productionPackages(project).map(({ folder }) => folder);
  const ofPackages = packages.flatMap((folder) => walk(project, folder, (name) => isProgram(name) || isLicence(name)));
  const own = ownFolders.flatMap((folder) => walk(project, folder, isProgram));
  return [...ownFiles, ...own, ...ofPackages].sort();
}

export interface ProductionPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Relative to the project. */
  readonly folder: string;
}

const manifest = z.looseObject({
  name: z.string(),
  version: z.string(),
  license: z.string().optional(),
});

export function productionPackages(project: string): ProductionPackage[] {
  const listed = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], { cwd: project, encoding: 'utf8' });
  const folders = listed.split('\n').filter((line) => line.includes('node_modules'));
  return [...new Set(folders)].sort().map((folder) => {
    const {
      name,
      version,
      license = 'unknown',
    } = manifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
    return { name, version, license, folder: folder.slice(folder.indexOf('node_modules')) };
  });
}

/** Not of the program; and a package inside a package is one of its own. */
const leftOut: ReadonlySet<string> = new Set([
  'node_modules',
  'test',
  'tests',
  'bench',
  'benchmark',
  'benchmarks',
  'docs',
  'examples',
  'integration',
]);

function walk(project: string, folder: string, wanted: (name: string) => boolean): string[] {
  return readdirSync(join(project, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return leftOut.has(entry.name) ? [] : walk(project, path, wanted);
    return entry.isFile() && wanted(entry.name) ? [relative(project, join(project, path))] : [];
  });
}
