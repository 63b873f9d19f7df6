/**
 * Remembers what pure functions of texts gave, within a bound: the pods of one application carry the same annotations. What
 * is seen for the first time is only noted, by a hash, because most of what never comes again would else be kept for nothing,
 * and carried along by the garbage collector. Two generations stand in for an order of use: what is asked for again moves to
 * the young one, and the old one is dropped when the young one is full.
 */
export class Remembered<Value> {
  private young = new Map<string, Value>();
  private old = new Map<string, Value>();
  private youngSize = 0;
  /** Hashes of texts that were seen once, each in the place that it says itself; a later one takes the place of an earlier. */
  private readonly noted = new Uint32Array(notedTexts);

  /**
   * @param capacity characters of all texts of a generation together; longer texts are not remembered at all
   * @param onKeep told of each value when it begins to be remembered
   */
  constructor(
    private readonly capacity: number,
    private readonly onKeep: (value: Value) => void = () => {},
  ) {}

  /** What `make` gives for `text`, now or before. What it throws is not remembered. */
  get(text: string, make: (text: string) => Value): Value {
    const known = this.young.get(text);
    if (known !== undefined) return known;
    const past = this.old.get(text);
    const value = past ?? make(text);
    if (past === undefined) {
      if (text.length > this.capacity / 4 || this.isNew(text)) return value;
      this.onKeep(value);
    }
    this.keep(text, value);
    return value;
  }

  /** Notes `text`, and says whether it was not noted before. Two texts of one hash are taken for one, which does no harm. */
  private isNew(text: string): boolean {
    const hash = hashOf(text);
    const place = hash % notedTexts;
    const isNew = this.noted[place] !== hash;
    this.noted[place] = hash;
    return isNew;
  }

  private keep(text: string, value: Value): void {
    if (this.youngSize > this.capacity) {
      this.old = this.young;
      this.young = new Map();
      this.youngSize = 0;
    }
    this.young.set(text, value);
    this.youngSize += text.length + entrySize;
  }
}

/** What an entry costs besides its text. */
const entrySize = 200;

/** Of the texts that were seen last, so many can be recognized; that is 4 KiB. */
const notedTexts = 1_024;

/** FNV-1a over the UTF-16 code units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
