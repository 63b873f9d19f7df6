/** What the runs did: counted over many, printed, and looked at by the tests that everything has happened. */
import type { ProtocolStep } from './protocol-steps.js';

const totals = ['runs', 'steps', 'requests', 'crashes', 'drivers', 'executors', 'surrenders'] as const;

/** As they travel between threads. */
export type FiguresData = Pick<Figures, (typeof totals)[number] | 'faults' | 'actions' | 'fates'>;

export class Figures {
  runs = 0;
  steps = 0;
  requests = 0;
  crashes = 0;
  drivers = 0;
  executors = 0;
  /** Drivers and submissions that were not waited for any longer. */
  surrenders = 0;
  /** By fault and step of the protocol. */
  readonly faults = new Map<string, Map<ProtocolStep, number>>();
  readonly actions = new Map<string, number>();
  /** Of pods that a node has seen. */
  readonly fates = new Map<string, number>();

  count(fault: string, step: ProtocolStep, times = 1): void {
    const row = this.faults.get(fault) ?? new Map<ProtocolStep, number>();
    row.set(step, (row.get(step) ?? 0) + times);
    this.faults.set(fault, row);
  }

  countAction(action: string): void {
    addTo(this.actions, action, 1);
  }

  countFate(fate: string): void {
    addTo(this.fates, fate, 1);
  }

  /** Those of other runs too. */
  add(others: FiguresData): void {
    for (const name of totals) this[name] += others[name];
    for (const [action, times] of others.actions) addTo(this.actions, action, times);
    for (const [fate, times] of others.fates) addTo(this.fates, fate, times);
    for (const [fault, row] of others.faults) for (const [step, times] of row) this.count(fault, step, times);
  }

  times(fault: string, step: ProtocolStep): number {
    return this.faults.get(fault)?.get(step) ?? 0;
  }
}

function addTo(counts: Map<string, number>, name: string, times: number): void {
  counts.set(name, (counts.get(name) ?? 0) + times);
}

/** As a table of text: a row is a fault, a column a step. */
export function faultTable({ faults }: FiguresData, steps: readonly ProtocolStep[]): string {
  const longest = Math.max(...[...faults.keys()].map((fault) => fault.length));
  const line = (title: string, cells: readonly (string | number)[]) =>
    `${title.padEnd(longest)} ${cells.map((cell) => String(cell).padStart(9)).join('')}`;
  const rows = [...faults].map(([fault, row]) =>
    line(
      fault,
      steps.map((step) => row.get(step) ?? 0),
    ),
  );
  return [line('', steps), ...rows].join('\n');
}
