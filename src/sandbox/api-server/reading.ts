/** Lists, in pages that all show one resource version, and watches: a line of JSON for each change, and bookmarks in between. */
import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../../pod/json.js';
import { type ApiObject, at, withMetadata } from './objects.js';
import { fault, invalidOptions, Refusal } from './refusal.js';
import { fieldSelector, labelSelector, type Selector } from './selectors.js';
import { type Change, type Storage, storageKind } from './storage.js';
import type { Target, World } from './world.js';

const bookmarkMilliseconds = 60_000;
/** A watcher that lets more pile up is cut off, and has to begin again. */
const maximumBufferedBytes = 16 * 1024 * 1024;

function selectorOf({ resource, namespace, name }: Target, query: URLSearchParams): Selector {
  const byLabel = labelSelector(query.get('labelSelector'));
  const byField = fieldSelector(query.get('fieldSelector'), resource);
  return (object) => {
    const isHere = (namespace ?? object.metadata.namespace) === object.metadata.namespace;
    return isHere && (name === '' || object.metadata.name === name) && byLabel(object) && byField(object);
  };
}

/** Whether the query asks for a watch in place of a list. */
export const isWatch = (query: URLSearchParams) => ['true', '1'].includes(query.get('watch') ?? '');

/** 0: none given. */
function numberIn(query: URLSearchParams, key: string): number {
  const value = query.get(key) ?? '';
  if (/^\d{0,15}$/u.test(value)) return Number(value);
  const why = (type: string) => `strconv.Parse${type}: parsing "${value}": invalid syntax`;
  if (key !== 'resourceVersion') throw new Refusal(400, why('Int'));
  const words = `${key}: Invalid value: "${value}": ${why('Uint')}`;
  // Of a watch a real server does not see whose fault it is.
  if (isWatch(query)) throw new Refusal(500, words, {}, '');
  throw new Refusal(400, `invalid resource version: ${words}`);
}

/** @throws {Refusal} 400, 410, 504 */
export function list(
  { storage }: World,
  target: Target,
  query: URLSearchParams,
): { objects: ApiObject[]; metadata: JsonObject } {
  const wanted = numberIn(query, 'resourceVersion');
  if (wanted > storage.revision) throw tooLarge(wanted, storage.revision);
  const isExact = query.get('resourceVersionMatch') === 'Exact';
  const { revision, start } = readContinue(query.get('continue')) ?? {
    revision: isExact ? wanted : storage.revision,
    start: 0,
  };
  const selected = listAt(storage, target, revision).filter(selectorOf(target, query));
  const objects = selected.slice(start, start + (numberIn(query, 'limit') || selected.length));
  const next = start + objects.length;
  const token = Buffer.from(JSON.stringify({ revision, start: next })).toString('base64url');
  const more = next < selected.length ? { continue: token, remainingItemCount: selected.length - next } : {};
  return { objects, metadata: { resourceVersion: String(revision), ...more } };
}

function tooLarge(wanted: number, current: number): Refusal {
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  const message = `Timeout: Too large resource version: ${wanted}, current: ${current}`;
  return new Refusal(504, message, { causes, retryAfterSeconds: 1 });
}

function listAt(storage: Storage, { resource }: Target, revision: number): ApiObject[] {
  try {
    return storage.list(storageKind(resource), revision);
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal(410, 'The resourceVersion for the provided list is too old.');
    throw error;
  }
}

function readContinue(token: string | null): { revision: number; start: number } | undefined {
  if (token === null || token === '') return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    return { revision: Number(at(value, 'revision')), start: Number(at(value, 'start')) };
  } catch {
    throw new Refusal(400, 'invalid continue token: continue key is not valid');
  }
}

export interface Watching {
  readonly target: Target;
  readonly query: URLSearchParams;
  readonly response: ServerResponse;
  /** The object as the client wants to see it. */
  readonly present: (object: ApiObject, isBookmark: boolean) => JsonObject;
}

/** Answers on its own, until the client or the time asked for ends it. @throws {Refusal} 400, 422 before it has begun */
export function watch({ storage, clock, random }: World, { target, query, response, present }: Watching): void {
  const kind = storageKind(target.resource);
  const selects = selectorOf(target, query);
  const from = numberIn(query, 'resourceVersion');
  const isWholeList = query.get('sendInitialEvents') === 'true';
  if (isWholeList && query.get('resourceVersionMatch') !== 'NotOlderThan') {
    const why = 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
    throw invalidOptions('ListOptions', fault('Forbidden', 'resourceVersionMatch', why));
  }
  const seconds = numberIn(query, 'timeoutSeconds') || Math.floor(1_800 * (1 + random()));
  const send = (type: string, object: JsonObject) => {
    response.write(`${JSON.stringify({ type, object })}\n`);
    if (response.writableLength > maximumBufferedBytes) response.destroy();
  };
  const bookmark = (annotations = {}) => {
    const metadata = { name: '', uid: '', resourceVersion: String(storage.revision), annotations };
    const object = { apiVersion: target.resource.version, kind: target.resource.kind, metadata };
    if (query.get('allowWatchBookmarks') === 'true') send('BOOKMARK', present(object, true));
  };
  const deliver = ({ kind: changed, revision, before, after }: Change) => {
    if (changed !== kind || revision <= from) return;
    const was = before !== undefined && selects(before);
    if (after !== undefined && selects(after)) send(was ? 'MODIFIED' : 'ADDED', present(after, false));
    else if (was) send('DELETED', present(withMetadata(before, { resourceVersion: String(revision) }), false));
  };
  response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
  try {
    if (from > 0 && !isWholeList) storage.since(from).forEach(deliver);
    else for (const object of storage.list(kind).filter(selects)) send('ADDED', present(object, false));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    send('ERROR', error.status);
    response.end();
    return;
  }
  if (isWholeList) bookmark({ 'k8s.io/initial-events-end': 'true' });
  const unsubscribe = storage.subscribe(deliver);
  let cancelReminder = () => {};
  const remind = () => {
    cancelReminder = clock.after(bookmarkMilliseconds, () => {
      bookmark();
      remind();
    });
  };
  remind();
  const cancelEnd = clock.after(seconds * 1_000, () => {
    bookmark();
    response.end();
  });
  response.once('close', () => {
    unsubscribe();
    cancelReminder();
    cancelEnd();
  });
}
