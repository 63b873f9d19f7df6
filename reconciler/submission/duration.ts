/** Times as Spark reads them (`JavaUtils.timeStringAs`): a whole number and a unit, `30s`, `100ms`, `2min`. */
const milliseconds: ReadonlyMap<string, number> = new Map([
  ['us', 0.001],
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['min', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/**
 * In milliseconds; undefined where `text` is no time.
 * @param defaultUnit of a number without a unit
 */
export function parseDuration(text: string, defaultUnit: 'ms' | 's'): number | undefined {
  const [, digits, unit = ''] = /^(-?[0-9]+)([a-z]*)$/.exec(text.trim().toLowerCase()) ?? [];
  const factor = milliseconds.get(unit === '' ? defaultUnit : unit);
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}
