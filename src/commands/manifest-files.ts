/** Kubernetes objects from files: YAML or JSON, any number of documents in each. */
import { readFileSync } from 'node:fs';
import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import { FiresteelError, messageOf } from '../errors.js';

export interface ManifestDocument {
  /** `file:line` of its beginning. */
  readonly place: string;
  readonly object: unknown;
}

/** @throws {FiresteelError} FILE_UNREADABLE with file and line */
export function readManifests(file: string): ManifestDocument[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(readText(file), { lineCounter: lines });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const placeOf = (offset: number) => `${file}:${lines.linePos(offset).line}`;
    const [fault] = document.errors;
    if (fault !== undefined) {
      const [what = ''] = fault.message.split(/ at line \d|\n/);
      throw new FiresteelError('FILE_UNREADABLE', `${placeOf(fault.pos[0])}: ${what}`);
    }
    const place = placeOf(document.contents?.range?.[0] ?? document.range[0]);
    const object = toObject(document, place);
    return object === null ? [] : [{ place, object }];
  });
}

/** Aliases are resolved here, and may be unknown or multiply without end. */
function toObject(document: Document, place: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw new FiresteelError('FILE_UNREADABLE', `${place}: ${messageOf(cause)}`, { cause });
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new FiresteelError('FILE_UNREADABLE', `${file}: ${messageOf(cause)}`, { cause });
  }
}
