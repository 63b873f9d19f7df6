/**
 * Remembers what pure functions of texts gave, within a bound: the pods of one application carry the same annotations. What
 * is seen for the first time is only noted, because most of what never comes again would else be kept for nothing, and
 * carried along by the garbage collector. Two generations stand in for an order of use: what is asked for again moves to the
 * young one, and the old one is dropped when the young one is full.
 */
export class Remembered<Value> {
  private young = new Map<string, Value>();
  private old = new Map<string, Value>();
  private youngSize = 0;
  private noted = new Set<string>();
  private notedSize = 0;

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
    if (past === undefined && !this.noted.delete(text)) {
      this.note(text);
      return value;
    }
    if (past === undefined) this.onKeep(value);
    this.keep(text, value);
    return value;
  }

  private note(text: string): void {
    if (text.length > this.capacity / 4) return;
    if (this.notedSize > this.capacity) {
      this.noted = new Set();
      this.notedSize = 0;
    }
    this.noted.add(text);
    this.notedSize += text.length + entrySize;
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
