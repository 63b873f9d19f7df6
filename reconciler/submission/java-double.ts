/** Floating-point numbers as Java reads and prints them. */

/** Undefined where Java would not read it; hexadecimal numbers, NaN and infinities count as such. */
export function parseJavaDouble(text: string): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[fFdD]?$/.exec(text.trim());
  const number = Number(match?.[1]);
  return Number.isFinite(number) ? number : undefined;
}

/** `Double.toString` of a finite number: `0.1`, `1.0`, `1.0E-4`. */
export function javaDoubleText(number: number): string {
  const size = Math.abs(number);
  if (size === 0 || (size >= 1e-3 && size < 1e7)) {
    const text = String(number);
    return text.includes('.') ? text : `${text}.0`;
  }
  const [digits = '', exponent = ''] = number.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}
