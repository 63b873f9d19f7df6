/** Kubernetes objects from files: YAML or JSON, any number of documents in each. */
import { readFileSync } from 'node:fs';
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import { FiresteelError, messageOf } from '../errors.js';

export interface ManifestDocument {
  /** `file:line` of its beginning. */
  readonly place: string;
  /** `file:line` of a field, or of what would hold it. */
  placeOf(path: readonly PropertyKey[]): string;
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
    return object === null ? [] : [{ place, object, placeOf: (path) => placeOf(offsetOf(document, path)) }];
  });
}

/** Where the innermost part of a path stands that the document has. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const segment of path) {
    const key: unknown = isMap(node)
      ? node.items.find((pair) => isScalar(pair.key) && pair.key.value === segment)?.key
      : undefined;
    const inner: unknown = isMap(node) || isSeq(node) ? node.get(segment, true) : undefined;
    const found = isNode(key) ? key : inner;
    if (!isNode(found)) break;
    offset = found.range?.[0] ?? offset;
    node = inner;
  }
  return offset;
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
