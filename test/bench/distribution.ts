/** How measurements spread. */
export interface Distribution {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
}

export function distribution(values: readonly number[]): Distribution {
  const ascending = values.toSorted((a, b) => a - b);
  const at = (share: number) =>
    rounded(ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))]);
  return { count: ascending.length, p50: at(0.5), p99: at(0.99), worst: rounded(ascending.at(-1)) };
}

/** To a tenth. */
export function rounded(value: number | undefined): number {
  return Math.round((value ?? Number.NaN) * 10) / 10;
}
