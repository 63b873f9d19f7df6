/**
 * The keys of one lane that wait for a worker. Groups take turns, so that a group with a thousand keys keeps nobody of
 * another waiting longer than a group with one; within a group the lowest rank goes first. Every step takes at most
 * logarithmic time, however many groups are held back by their limit.
 */
import { DelayedKeys } from './delayed-keys.js';
import { Fifo } from './fifo.js';

export interface LaneLimits {
  /** Keys that are worked on at one time. */
  readonly concurrency: number;
  /** The same for the keys of one group; left out: no limit but that of the lane. */
  readonly concurrencyPerGroup?: number;
}

interface Group<K> {
  /** By rank, which takes the place of a time. */
  readonly waiting: DelayedKeys<K>;
  working: number;
  /** It stands in the rotation. */
  hasTurn: boolean;
}

export class ReadyKeys<K> {
  readonly #limits: LaneLimits;
  readonly #groups = new Map<string, Group<K>>();
  /** Groups that have keys waiting and are below their limit, perhaps with some that are not any more. */
  readonly #rotation = new Fifo<string>();
  #size = 0;
  #working = 0;

  constructor(limits: LaneLimits) {
    this.#limits = limits;
  }

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  add(key: K, group: string, rank: number): void {
    const found = this.#groupOf(group);
    found.waiting.add(key, rank);
    this.#size += 1;
    this.#giveTurn(group, found);
  }

  delete(key: K, group: string): void {
    const found = this.#groups.get(group);
    const before = found?.waiting.size ?? 0;
    found?.waiting.delete(key);
    this.#size -= before - (found?.waiting.size ?? 0);
    this.#forgetIfIdle(group);
  }

  /** The key whose turn it is, which counts as worked on from now; undefined: none may be. */
  take(): K | undefined {
    while (this.#working < this.#limits.concurrency) {
      const name = this.#rotation.shift();
      if (name === undefined) return undefined;
      const group = this.#groups.get(name);
      if (group === undefined) continue;
      group.hasTurn = false;
      const key = group.waiting.takeDue(Number.POSITIVE_INFINITY);
      if (key === undefined) {
        this.#forgetIfIdle(name);
        continue;
      }
      this.#size -= 1;
      this.#working += 1;
      group.working += 1;
      this.#giveTurn(name, group);
      return key;
    }
    return undefined;
  }

  /** The work on a key of the group has ended. */
  release(group: string): void {
    this.#working -= 1;
    const found = this.#groups.get(group);
    if (found === undefined) return;
    found.working -= 1;
    this.#giveTurn(group, found);
    this.#forgetIfIdle(group);
  }

  #giveTurn(name: string, group: Group<K>): void {
    const { concurrencyPerGroup = Number.POSITIVE_INFINITY } = this.#limits;
    if (group.hasTurn || group.waiting.size === 0 || group.working >= concurrencyPerGroup) return;
    group.hasTurn = true;
    this.#rotation.push(name);
  }

  #groupOf(name: string): Group<K> {
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const group = { waiting: new DelayedKeys<K>(), working: 0, hasTurn: false };
    this.#groups.set(name, group);
    return group;
  }

  /** One that stands in the rotation stays until its turn, or it would get a second one. */
  #forgetIfIdle(name: string): void {
    const group = this.#groups.get(name);
    if (group !== undefined && group.waiting.size === 0 && group.working === 0 && !group.hasTurn) {
      this.#groups.delete(name);
    }
  }
}
