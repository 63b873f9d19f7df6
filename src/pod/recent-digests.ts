/**
 * The digests of the tags that were seen last: the pods of an application carry the same ones, and to compare texts takes a small
 * part of the time that a hash over them does.
 */
import { digestOf } from './tags.js';

interface Digest {
  readonly tags: ReadonlyMap<string, string>;
  readonly text: string;
}

export class RecentDigests {
  /** The latest first. */
  readonly #digests: Digest[] = [];

  /** @param capacity how many are remembered; each keeps its tags, which one pod's annotations bound */
  constructor(private readonly capacity: number) {}

  of(tags: ReadonlyMap<string, string>): string {
    const at = this.#digests.findIndex((known) => areSame(known.tags, tags));
    const [known] = at < 0 ? [] : this.#digests.splice(at, 1);
    const digest = known ?? { tags, text: digestOf(tags) };
    this.#digests.unshift(digest);
    if (this.#digests.length > this.capacity) this.#digests.pop();
    return digest.text;
  }
}

function areSame(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  if (one.size !== other.size) return false;
  for (const [key, value] of one) if (other.get(key) !== value) return false;
  return true;
}
