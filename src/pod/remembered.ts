/**
 * Remembers what pure functions of texts gave, within a bound: the pods of one application carry the same annotations. Two
 * generations stand in for an order of use: what is asked for again moves to the young one, and the old one is dropped when
 * the young one is full.
 */
export class Remembered<Value> {
  private young = new Map<string, Value>();
  private old = new Map<string, Value>();
  private youngSize = 0;

  /** @param capacity characters of all texts of a generation together; longer texts are not remembered at all */
  constructor(private readonly capacity: number) {}

  /** What `make` gives for `text`, now or before. What it throws is not remembered. */
  get(text: string, make: (text: string) => Value): Value {
    const known = this.young.get(text);
    if (known !== undefined) return known;
    const value = this.old.get(text) ?? make(text);
    this.keep(text, value);
    return value;
  }

  private keep(text: string, value: Value): void {
    // An entry costs more than its text.
    const size = text.length + 200;
    if (size > this.capacity / 4) return;
    if (this.youngSize + size > this.capacity) {
      this.old = this.young;
      this.young = new Map();
      this.youngSize = 0;
    }
    this.young.set(text, value);
    this.youngSize += size;
  }
}
