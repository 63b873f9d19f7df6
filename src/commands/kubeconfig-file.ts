/** A kubeconfig as a file that is gone when it is no longer needed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FiresteelError } from '../errors.js';

export interface KubeconfigFile {
  readonly path: string;
  /** Removes it, unless the user chose its place. */
  remove(): void;
}

/**
 * @param path left out: a folder of its own among the temporary files
 * @throws {FiresteelError} FILE_UNREADABLE
 */
export function writeKubeconfig(text: string, path: string | undefined): KubeconfigFile {
  const folder = path === undefined ? mkdtempSync(join(tmpdir(), 'firesteel-sandbox-')) : undefined;
  const file = path ?? join(folder ?? '', 'kubeconfig');
  try {
    writeFileSync(file, text, { mode: 0o600 });
  } catch (cause) {
    throw new FiresteelError('FILE_UNREADABLE', `the kubeconfig can not be written to ${file}`, { cause });
  }
  return { path: file, remove: () => folder !== undefined && rmSync(folder, { recursive: true, force: true }) };
}
