/** Counters of this process, as Prometheus reads them (text exposition format 0.0.4). Each is there, as 0, from the start. */

export class Counter {
  private value = 0;

  /** @param name with `_total` at its end */
  constructor(
    readonly name: string,
    readonly help: string,
  ) {}

  increment(): void {
    this.value += 1;
  }

  get count(): number {
    return this.value;
  }
}

export function exposition(counters: readonly Counter[]): string {
  return counters
    .map(({ name, help, count }) => `# HELP ${name} ${help}\n# TYPE ${name} counter\n${name} ${count}\n`)
    .join('');
}
