/** What the runs did: counted over many, printed, and looked at by the test that every fault met every step. */
import type { ProtocolStep } from './protocol-steps.js';

export class Figures {
  runs = 0;
  steps = 0;
  requests = 0;
  crashes = 0;
  drivers = 0;
  /** By fault and step of the protocol. */
  readonly faults = new Map<string, Map<ProtocolStep, number>>();
  readonly actions = new Map<string, number>();

  count(fault: string, step: ProtocolStep): void {
    const row = this.faults.get(fault) ?? new Map<ProtocolStep, number>();
    row.set(step, (row.get(step) ?? 0) + 1);
    this.faults.set(fault, row);
  }

  countAction(action: string): void {
    this.actions.set(action, (this.actions.get(action) ?? 0) + 1);
  }

  times(fault: string, step: ProtocolStep): number {
    return this.faults.get(fault)?.get(step) ?? 0;
  }
}

/** As a table of text: a row is a fault, a column a step. */
export function faultTable({ faults }: Figures, steps: readonly ProtocolStep[]): string {
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
