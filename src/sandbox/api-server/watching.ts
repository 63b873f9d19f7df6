/** Watches: a line of JSON for each change of the selected objects, bookmarks in between, and 410 for what is forgotten. */
import type { ServerResponse } from 'node:http';
import type { Clock } from '../../clock.js';
import type { JsonObject } from '../../pod/json.js';
import { type ApiObject, withMetadata } from './api-object.js';
import { numberIn, selectorOf } from './listing.js';
import type { Target } from './object-writer.js';
import { invalidOptions, Refusal } from './refusal.js';
import { type Change, type Storage, storageKind } from './storage.js';

const bookmarkMilliseconds = 60_000;
/** A watcher that lets more pile up is cut off, and has to begin again. */
const maximumBufferedBytes = 16 * 1024 * 1024;

export interface Watch {
  target: Target;
  query: URLSearchParams;
  response: ServerResponse;
  /** The object as the client wants to see it; undefined: a bookmark. */
  present: (object: ApiObject, isBookmark: boolean) => JsonObject;
}

/** Answers on its own, until the client or the time asked for ends it. @throws {Refusal} 400, 422 before it has begun */
export function watch(
  storage: Storage,
  clock: Clock,
  random: () => number,
  { target, query, response, present }: Watch,
): void {
  const { resource } = target;
  const kind = storageKind(resource);
  const selects = selectorOf(target, query);
  const from = numberIn(query, 'resourceVersion') ?? 0;
  const sendsInitial = query.get('sendInitialEvents') === 'true';
  if (sendsInitial && query.get('resourceVersionMatch') !== 'NotOlderThan') {
    const message = 'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
    throw invalidOptions('ListOptions', { reason: 'FieldValueForbidden', message, field: 'resourceVersionMatch' });
  }
  const seconds = numberIn(query, 'timeoutSeconds') ?? Math.floor(1_800 * (1 + random()));
  const send = (type: string, object: JsonObject) => {
    response.write(`${JSON.stringify({ type, object })}\n`);
    if (response.writableLength > maximumBufferedBytes) response.destroy();
  };
  const bookmark = (annotations?: Record<string, string>) => {
    if (query.get('allowWatchBookmarks') !== 'true') return;
    const metadata = {
      name: '',
      uid: '',
      resourceVersion: String(storage.revision),
      ...(annotations === undefined ? {} : { annotations }),
    };
    send('BOOKMARK', present({ apiVersion: resource.version, kind: resource.kind, metadata }, true));
  };
  const deliver = ({ kind: changed, revision, before, after }: Change) => {
    if (changed !== kind || revision <= from) return;
    const [was, is] = [before !== undefined && selects(before), after !== undefined && selects(after)];
    if (after !== undefined && is) send(was ? 'MODIFIED' : 'ADDED', present(after, false));
    else if (before !== undefined && was)
      send('DELETED', present(withMetadata(before, { resourceVersion: String(revision) }), false));
  };
  response.writeHead(200, { 'content-type': 'application/json' });
  try {
    if (from === 0 || sendsInitial) {
      for (const object of storage.list(kind).filter(selects)) send('ADDED', present(object, false));
    } else for (const change of storage.since(from)) deliver(change);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    send('ERROR', error.status);
    response.end();
    return;
  }
  if (sendsInitial) bookmark({ 'k8s.io/initial-events-end': 'true' });
  response.flushHeaders();
  const ends = [storage.subscribe(deliver)];
  const remind = () => {
    bookmark();
    ends[1] = clock.after(bookmarkMilliseconds, remind);
  };
  ends[1] = clock.after(bookmarkMilliseconds, remind);
  ends[2] = clock.after(seconds * 1_000, () => {
    bookmark();
    response.end();
  });
  response.once('close', () => {
    for (const end of ends) end();
  });
}
