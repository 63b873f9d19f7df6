/** Reads the files of this machine that a submission names; pod templates may also come from a web server. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { copyFile as copy, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ClientEnvironment } from '../../reconciler/submission/client-environment.js';
import { ConfReader } from '../../reconciler/submission/conf-reader.js';
import { namedFiles, type SubmitterFiles, submitterPath } from '../../reconciler/submission/submitter-files.js';
import type { Upload } from '../../reconciler/submission/uploads.js';
import { FiresteelError } from '../errors.js';

/** What is not there is left out: whoever needs it says for which key. */
export async function readSubmitterFiles(
  conf: ReadonlyMap<string, string>,
  environment: ClientEnvironment,
): Promise<SubmitterFiles> {
  const named = namedFiles(new ConfReader(conf, true), environment);
  const files = new Map<string, Uint8Array>();
  for (const location of named.files) {
    const bytes = await readLocation(location);
    if (bytes !== undefined) files.set(location, bytes);
  }
  const folders = named.folders.flatMap((folder): [string, ReadonlyMap<string, Uint8Array>][] => {
    const content = readFolder(folder);
    return content === undefined ? [] : [[folder, content]];
  });
  return { files, folders: new Map(folders) };
}

async function readLocation(location: string): Promise<Uint8Array | undefined> {
  if (/^https?:\/\//.test(location)) return await download(location);
  const path = submitterPath(location);
  return path === undefined ? undefined : readFile(path);
}

const downloadTimeoutMilliseconds = 15_000;

async function download(url: string): Promise<Uint8Array> {
  try {
    const { request } = await import('undici');
    const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(downloadTimeoutMilliseconds) });
    if (statusCode !== 200) throw new FiresteelError('FILE_UNREADABLE', `${url}: HTTP status ${statusCode}`);
    return await body.bytes();
  } catch (error) {
    if (error instanceof FiresteelError) throw error;
    throw new FiresteelError('FILE_UNREADABLE', `${url} could not be fetched`, { cause: error });
  }
}

/** Of a plain file; undefined where there is none. */
export function readFile(path: string): Uint8Array | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path) : undefined;
  } catch (error) {
    throw new FiresteelError('FILE_UNREADABLE', `${path} can not be read`, { cause: error });
  }
}

/** @throws {FiresteelError} FILE_UNREADABLE */
export async function copyFile({ from, to }: Upload): Promise<void> {
  try {
    await mkdir(dirname(to), { recursive: true });
    await copy(from, to);
  } catch (error) {
    throw new FiresteelError('FILE_UNREADABLE', `${from} could not be uploaded to ${to}`, { cause: error });
  }
}

/** The plain files, links to files included. */
function readFolder(folder: string): ReadonlyMap<string, Uint8Array> | undefined {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  const contents = readdirSync(folder).flatMap((name): [string, Uint8Array][] => {
    const bytes = readFile(join(folder, name));
    return bytes === undefined ? [] : [[name, bytes]];
  });
  return new Map(contents);
}
