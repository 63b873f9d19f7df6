/** What happened to the objects of each collection, as watches tell it; the oldest part may be forgotten. */
import type { StoredObject } from './stored-object.js';

export interface WatchLogEntry {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: StoredObject;
}

export class WatchLog {
  readonly #entries = new Map<string, WatchLogEntry[]>();
  /** What is older than this can not be watched from any more. */
  compactedUpTo = 0;

  append(collection: string, entry: WatchLogEntry): void {
    const entries = this.#entries.get(collection);
    if (entries === undefined) this.#entries.set(collection, [entry]);
    else entries.push(entry);
  }

  /** The first one after `version`. */
  after(collection: string, version: number): WatchLogEntry | undefined {
    const entries = this.#entries.get(collection) ?? [];
    let first: WatchLogEntry | undefined;
    for (let index = entries.length - 1; index >= 0; index -= 1) {
      const entry = entries[index];
      if (entry === undefined || entry.version <= version) break;
      first = entry;
    }
    return first;
  }
}
