/**
 * Quantities of Kubernetes (resource.Quantity): read exactly, and written in the canonical form, which is how an API server
 * hands them back.
 */

/** How a quantity was written; the canonical form keeps to it. */
type Format = 'binary' | 'decimal' | 'exponent';

export interface Quantity {
  /** In units of 10^-9, the finest that Kubernetes keeps; rounded up as Kubernetes does. */
  readonly nano: bigint;
  readonly format: Format;
}

const billion = 1_000_000_000n;

/** Powers of 1024 and of 1000 by suffix; `n`, `u`, `m` and none are the negative ones. */
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d{1,3}))?$/;

/** Undefined for what is no quantity. */
export function parseQuantity(text: string): Quantity | undefined {
  const [matched, sign, whole = '', fraction = '', binary, decimal, exponent] = pattern.exec(text) ?? [];
  if (matched === undefined || `${whole}${fraction}` === '') return undefined;
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
  if (binary !== undefined) {
    const scale = 1024n ** BigInt(binarySuffixes.indexOf(binary));
    return { nano: scaled(digits * scale, 9 - fraction.length), format: 'binary' };
  }
  const power = exponent === undefined ? 3 * (decimalSuffixes.indexOf(decimal ?? '') - 3) : Number(exponent);
  return { nano: scaled(digits, 9 - fraction.length + power), format: exponent === undefined ? 'decimal' : 'exponent' };
}

/** `value` × 10^`power`; a rest is rounded away from zero. */
function scaled(value: bigint, power: number): bigint {
  if (power >= 0) return value * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  const quotient = value / divisor;
  if (quotient * divisor === value) return quotient;
  return value > 0n ? quotient + 1n : quotient - 1n;
}

/** As `Quantity.String` writes it. */
export function formatQuantity({ nano, format }: Quantity): string {
  if (nano === 0n) return '0';
  const isWhole = nano % billion === 0n;
  const value = nano / billion;
  if (format === 'binary' && isWhole && (value >= 1024n || value <= -1024n)) {
    return withSuffix(value, 1024n, binarySuffixes);
  }
  if (format === 'exponent') {
    const [mantissa, thousands] = reduced(nano, 1000n, Number.POSITIVE_INFINITY);
    const power = 3 * thousands - 9;
    return power === 0 ? `${mantissa}` : `${mantissa}e${power}`;
  }
  return withSuffix(nano, 1000n, decimalSuffixes);
}

function withSuffix(value: bigint, base: bigint, suffixes: readonly string[]): string {
  const [mantissa, times] = reduced(value, base, suffixes.length - 1);
  return `${mantissa}${suffixes[times]}`;
}

/** Divided by `base` as often as that leaves no rest, and how often that was. */
function reduced(value: bigint, base: bigint, most: number): [bigint, number] {
  let rest = value;
  let times = 0;
  while (times < most && rest % base === 0n) {
    rest /= base;
    times += 1;
  }
  return [rest, times];
}
