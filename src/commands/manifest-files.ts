/** Kubernetes objects from files: YAML or JSON, any number of documents in each, and lists of objects opened, as kubectl does. */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { FiresteelError, messageOf } from '../errors.js';
import { isJsonObject } from '../pod/json.js';
import { readYaml, type YamlDocument } from './yaml-documents.js';

export interface ManifestDocument extends YamlDocument {
  /** `file:line` of its beginning. */
  readonly place: string;
}

/** @throws {FiresteelError} FILE_UNREADABLE with file and line */
export function readManifests(file: string): ManifestDocument[] {
  return readYaml(file, readText(file))
    .flatMap(opened)
    .filter(({ object }) => object !== null)
    .map((document) => ({ ...document, place: document.placeOf([]) }));
}

/** The items of a `List`, a `SparkApplicationList` …; anything else as it is. */
function opened(document: YamlDocument): YamlDocument[] {
  const { object, placeOf } = document;
  if (!isJsonObject(object)) return [document];
  const { apiVersion, kind, items } = object;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [document];
  return items.flatMap((item: unknown, index) =>
    opened({
      object: withKindOf(item, apiVersion, kind.slice(0, -'List'.length)),
      placeOf: (path) => placeOf(['items', index, ...path]),
    }),
  );
}

/** An API server leaves both out of the items of a typed list. */
function withKindOf(item: unknown, apiVersion: unknown, kind: string): unknown {
  if (!isJsonObject(item) || kind === '' || item['kind'] !== undefined || item['apiVersion'] !== undefined) return item;
  return { apiVersion, kind, ...item };
}

function readText(file: string): string {
  const bytes = readBytes(file);
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes);
  const lines = bytes.toString('latin1').split('\n');
  const line = lines.findIndex((text) => !isUtf8(Buffer.from(text, 'latin1'))) + 1;
  throw new FiresteelError('FILE_UNREADABLE', `${file}:${line}: the text is not UTF-8`);
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new FiresteelError('FILE_UNREADABLE', `${file}: ${messageOf(cause)}`, { cause });
  }
}
