/** Sizes as Spark reads them (`JavaUtils.byteStringAs`): a whole number and a unit, `512m`, `2g`, `1073741824b`. */

const kibi = 1024n;
const binaryUnits: ReadonlyMap<string, bigint> = new Map(
  ['k', 'm', 'g', 't', 'p'].flatMap((letter, index) => {
    const bytes = kibi ** BigInt(index + 1);
    return [
      [letter, bytes],
      [`${letter}b`, bytes],
    ];
  }),
);
const kubernetesUnits: ReadonlyMap<string, bigint> = new Map(
  ['k', 'm', 'g', 't', 'p'].flatMap((letter, index) => {
    const bytes = kibi ** BigInt(index + 1);
    return [
      [`${letter}i`, bytes],
      [`${letter}ib`, bytes],
    ];
  }),
);
const largest = 2n ** 63n - 1n;

export interface SizeSyntax {
  /** Whether Ki, KiB, Mi … are known as well. */
  readonly kubernetesUnits: boolean;
  /** Bytes of a number without a unit. */
  readonly defaultUnit: 'byte' | 'mebibyte';
}

/** The size in bytes; undefined where `text` is no size. */
export function parseSize(text: string, syntax: SizeSyntax): bigint | undefined {
  const match = /^(-?)([0-9]+)([a-z]*)$/.exec(text.trim().toLowerCase());
  if (match === null) return undefined;
  const [, sign, digits = '', unit = ''] = match;
  const factor = factorOf(unit, syntax);
  if (factor === undefined) return undefined;
  const bytes = BigInt(digits) * factor;
  return bytes > largest ? undefined : sign === '-' ? -bytes : bytes;
}

function factorOf(unit: string, syntax: SizeSyntax): bigint | undefined {
  if (unit === '') return syntax.defaultUnit === 'byte' ? 1n : kibi * kibi;
  if (unit === 'b') return 1n;
  return binaryUnits.get(unit) ?? (syntax.kubernetesUnits ? kubernetesUnits.get(unit) : undefined);
}
