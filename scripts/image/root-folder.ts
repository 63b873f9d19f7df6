/**
 * The root folder of the image: Node, the libraries it is linked with, and the production files. No shell, no package manager,
 * nothing else.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { productionFiles, productionPackages } from './production-files.js';

/** Where Node and the program lie in the image. */
export const nodePath = '/usr/local/bin/node';
export const programPath = '/app/dist/src/main.js';

/** An account without a name is refused by some tools. */
const passwd = 'nonroot:x:65532:65532:nonroot:/tmp:/sbin/nologin\n';

export function fillRootFolder(project: string, root: string): void {
  if (existsSync(root) && readdirSync(root).length > 0) throw new Error(`${root} is not empty`);
  for (const file of productionFiles(project)) put(join(project, file), join(root, 'app', file));
  put(realpathSync(process.execPath), join(root, nodePath));
  for (const library of linkedLibraries(process.execPath)) put(realpathSync(library), join(root, library));
  write(join(root, 'etc/passwd'), passwd);
  write(join(root, 'app/LICENCES'), licences(project));
  write(join(root, 'app/sbom.json'), billOfMaterials(project));
  mkdirSync(join(root, 'tmp'), { recursive: true, mode: 0o1777 });
}

export function emptyRootFolder(root: string): void {
  rmSync(root, { recursive: true, force: true });
}

/** As the dynamic linker finds them, the linker itself included. */
function linkedLibraries(program: string): string[] {
  const lines = execFileSync('ldd', [program], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}

function licences(project: string): string {
  return productionPackages(project)
    .map(({ name, version, license }) => `${name} ${version}: ${license}\n`)
    .join('');
}

/** CycloneDX, by npm itself. */
function billOfMaterials(project: string): string {
  const args = ['sbom', '--omit=dev', '--sbom-format=cyclonedx', '--sbom-type=application'];
  return execFileSync('npm', args, { cwd: project, encoding: 'utf8', maxBuffer: 64 * 1_024 * 1_024 });
}

function put(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { dereference: true });
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
