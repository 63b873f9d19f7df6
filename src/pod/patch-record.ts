/**
 * The operations of one patch in the making: what is replaced twice stands in it once, and not at all where the end is as
 * the beginning, so that a pod which is as it should be gets no patch. Values are kept as they are given: nobody may write
 * to them afterwards.
 */
import { isSameJson } from './json.js';
import type { Operation } from './patch.js';

interface Replacement {
  /** What stood there before the first replacement. */
  readonly original: unknown;
  /** Index of its operation. */
  readonly place: number;
}

export class PatchRecord {
  private readonly recorded: (Operation | undefined)[] = [];
  private readonly replacements = new Map<string, Replacement>();

  operations(): Operation[] {
    return this.recorded.filter((operation) => operation !== undefined);
  }

  add(path: string, value: unknown): void {
    this.recorded.push({ op: 'add', path, value });
  }

  remove(path: string): void {
    this.replacements.delete(path);
    this.recorded.push({ op: 'remove', path });
  }

  /** Of what is not edited inside. */
  replace(path: string, before: unknown, value: unknown): void {
    const known = this.replacements.get(path);
    const original = known === undefined ? before : known.original;
    if (known !== undefined) this.recorded[known.place] = undefined;
    this.replacements.set(path, { original, place: this.recorded.length });
    this.recorded.push(isSameJson(original, value) ? undefined : { op: 'replace', path, value });
  }
}
